package config

import (
	"crypto/rand"
	"regexp"

	"github.com/chuanhuabot/bot/channels/mp"
	"github.com/chuanhuabot/bot/sdk"
)

var (
	credential = regexp.MustCompile(`^channels\.[^.]+\.[a-z]+\.(token|aes_key|previous_aes_key|app_secret|secret)$`)
	unused     = regexp.MustCompile(`^(channels\.[^.]+\.[a-z]+\.proxy|nats\.url)$`)
)

// madeUp returns a value for a secret that the file refers to and that is not there. A proxy or a cluster that nobody will
// use needs no more than the right form.
func madeUp(field string) (string, bool) {
	if unused.MatchString(field) {
		return "http://127.0.0.1:9", true
	}
	found := credential.FindStringSubmatch(field)
	if found == nil {
		return "", false
	}
	if found[1] == "token" {
		return rand.Text(), true
	}
	return madeUpKey(), true
}

// madeUpKey has 43 letters and digits, as an EncodingAESKey.
func madeUpKey() string { return (rand.Text() + rand.Text())[:43] }

// makeUp gives channels the credentials that the file does not mention.
func (c *Config) makeUp() {
	for _, e := range c.Channels {
		if m := e.Value.MP; m != nil {
			fill(&m.AppSecret)
			if m.Mode != mp.ModePlain {
				fill(&m.AESKey)
			}
		}
		if k := e.Value.KF; k != nil {
			fill(&k.Secret)
		}
	}
}

func fill(s *sdk.Secret) {
	if s.Empty() {
		*s = sdk.NewSecret(madeUpKey())
	}
}
