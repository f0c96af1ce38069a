package mp

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// The modes of an account's message push: how the platform writes messages and wants replies
// (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption).
const (
	ModePlain      = "plain"
	ModeCompatible = "compatible"
	ModeSafe       = "safe"
)

// Config is what bot.yaml says about one account. The tags are for its decoder: yaml is the key, default the value of a
// key that is not there, enum the values allowed, doc a sentence for people.
type Config struct {
	Path           string        `yaml:"path" required:"true" doc:"Path of the URL that is set in the WeChat console, such as /wx."`
	AppID          string        `yaml:"app_id" required:"true" doc:"AppID of the account, wx and 16 letters and digits."`
	AppSecret      sdk.Secret    `yaml:"app_secret" doc:"AppSecret of the account, for calls to the platform."`
	Token          sdk.Secret    `yaml:"token" required:"true" doc:"Token that is set in the WeChat console, 3 to 32 letters and digits."`
	AESKey         sdk.Secret    `yaml:"aes_key" doc:"EncodingAESKey that is set in the WeChat console, 43 letters and digits; for the modes compatible and safe."`
	PreviousAESKey sdk.Secret    `yaml:"previous_aes_key" doc:"EncodingAESKey that was set before, while the key is being changed."`
	Mode           string        `yaml:"mode" default:"plain" enum:"plain|compatible|safe" doc:"How messages are encrypted, as set in the WeChat console."`
	Account        string        `yaml:"account" default:"unverified" enum:"unverified|verified|test" doc:"What kind of account it is: it decides what the platform allows."`
	APIBase        string        `yaml:"api_base" default:"https://api.weixin.qq.com" doc:"Address of the platform's API, or of what stands in for it."`
	Proxy          sdk.Secret    `yaml:"proxy" doc:"HTTP or SOCKS5 proxy for calls to the platform, such as one with an address on the platform's list; a secret because it may contain a password."`
	Tries          int           `yaml:"tries" default:"3" doc:"How often the platform asks for an answer in all."`
	TryTimeout     time.Duration `yaml:"try_timeout" default:"5s" doc:"How long the platform waits for an answer each time."`
	Freshness      time.Duration `yaml:"freshness" default:"5m" doc:"How far the timestamp of a call may be from our clock."`
	Markdown       bool          `yaml:"markdown" default:"true" doc:"Turn Markdown in texts, which WeChat does not show, into plain text and links."`
	TextLimit      int           `yaml:"text_limit" default:"2048" doc:"The most bytes of UTF-8 in one text."`
	Late           Late          `yaml:"late" doc:"What becomes of answers that come too late for the passive reply, or find no room in it."`
	Menu           []Button      `yaml:"menu" doc:"The account's menu, which bot menu push puts in place; [] is for none, and without this key the menu is left as it is."`

	VoicePage  string `yaml:"voice_page" doc:"Path of a page where people speak and see what was understood, such as /wx/voice; none if it is empty."`
	PublicURL  string `yaml:"public_url" doc:"Scheme and host at which people reach the bot, such as https://bot.example.com; for the voice page."`
	OAuth      bool   `yaml:"oauth" doc:"Whether the voice page asks WeChat who the person is (snsapi_base); for a verified 服务号 and test accounts."`
	OriginalID string `yaml:"original_id" doc:"Original ID (原始ID) of the account, gh_ and more, which the WeChat console shows; for oauth."`
	OAuthBase  string `yaml:"oauth_base" default:"https://open.weixin.qq.com" doc:"Address where WeChat asks who a person is, or of what stands in for it."`
}

const (
	// minFreshness leaves room for the platform's retries, which carry the timestamp of the first try.
	minFreshness = 30 * time.Second
	// margin is what an answer needs to be back at the platform in time.
	margin = 500 * time.Millisecond
)

var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9]{3,32}$`)

// Validate returns every mistake, each with its field. The messages contain no values.
func (c *Config) Validate() sdk.Problems {
	var p sdk.Problems
	c.checkIdentity(&p)
	c.checkKeys(&p)
	c.checkAddresses(&p)
	c.checkLimits(&p)
	c.Late.validate(&p, c.TextLimit)
	c.checkMenu(&p)
	c.checkVoicePage(&p)
	return p
}

func (c *Config) checkIdentity(p *sdk.Problems) {
	if !strings.HasPrefix(c.Path, "/") || strings.ContainsAny(c.Path, "?#:* \t\r\n") {
		p.Add("path", "must start with / and have neither a query nor : or *, such as /wx")
	}
	if c.AppID == "" || strings.ContainsFunc(c.AppID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		p.Add("app_id", "must be the AppID that the WeChat console shows, such as wx0123456789abcdef")
	}
	if !tokenPattern.MatchString(c.Token.Value()) {
		p.Add("token", "must be 3 to 32 letters and digits, the same as in the WeChat console")
	}
	if !slices.Contains([]string{ModePlain, ModeCompatible, ModeSafe}, c.Mode) {
		p.Add("mode", "must be plain, compatible or safe, the same as in the WeChat console (明文, 兼容, 安全)")
	}
	if !slices.Contains([]string{"unverified", "verified", "test"}, c.Account) {
		p.Add("account", "must be unverified, verified or test")
	}
}

func (c *Config) checkKeys(p *sdk.Problems) {
	if c.AESKey.Empty() && (c.Mode == ModeCompatible || c.Mode == ModeSafe) {
		p.Add("aes_key", "is needed for the modes compatible and safe: the EncodingAESKey of the WeChat console")
	}
	checkKey(p, "aes_key", c.AESKey)
	checkKey(p, "previous_aes_key", c.PreviousAESKey)
}

func checkKey(p *sdk.Problems, field string, key sdk.Secret) {
	if key.Empty() {
		return
	}
	if _, err := wx.NewKey(key.Value()); err != nil {
		p.Add(field, "must be exactly 43 letters and digits, the same as in the WeChat console")
	}
}

func (c *Config) checkAddresses(p *sdk.Problems) {
	if !isURL(c.APIBase, "http", "https") {
		p.Add("api_base", "must be an http or https address, such as https://api.weixin.qq.com")
	}
	if !c.Proxy.Empty() && !isURL(c.Proxy.Value(), "http", "https", "socks5") {
		p.Add("proxy", "must be an http, https or socks5 address, such as http://10.0.0.1:3128")
	}
}

func isURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme)
}

func (c *Config) checkLimits(p *sdk.Problems) {
	if c.Tries < 1 || c.Tries > 10 {
		p.Add("tries", "must be 1 to 10; the platform asks 3 times")
	}
	if c.TryTimeout < 2*margin || c.TryTimeout > time.Minute {
		p.Add("try_timeout", "must be 1s to 1m; the platform waits 5s")
	}
	if c.Freshness < minFreshness {
		p.Add("freshness", "must be at least 30s, or retries of the platform would be refused; 5m is usual")
	}
	if c.TextLimit < 64 || c.TextLimit > 1<<16 {
		p.Add("text_limit", "must be 64 to 65536 bytes; 2048 is what the platform was seen to take")
	}
}
