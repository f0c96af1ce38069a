package kf

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
)

// guard lets through only what is proved to come from the platform: msg_signature covers what is encrypted (page 91144).
type guard struct {
	token     string
	freshness time.Duration
	envelope  *wx.Envelope
}

// The reasons for which a request is turned away. All but the first are proved to be the platform's own words, maybe repeated by
// somebody else.
var (
	errSignature = errors.New("wrong signature: a scanner, or token differs from the console's")
	errStale     = errors.New("stale timestamp: a replay, or our clock is wrong")
	errSealed    = errors.New("it cannot be decrypted: aes_key or corp_id differs from the console's")
	errBroken    = errors.New("broken callback")
)

func newGuard(c Config) (*guard, error) {
	var keys []*wx.Key
	for _, secret := range []string{c.AESKey.Value(), c.PreviousAESKey.Value()} {
		if secret == "" {
			continue
		}
		key, err := wx.NewKey(secret)
		if err != nil {
			return nil, fmt.Errorf("aes_key: %w", err)
		}
		keys = append(keys, key)
	}
	random := func(b []byte) { _, _ = rand.Read(b) } // It never fails.
	return &guard{token: c.Token.Value(), freshness: c.Freshness, envelope: wx.NewEnvelope(c.CorpID, random, keys...)}, nil
}

// echo returns the text inside the echostr of a check of the URL. It may be old: who repeats it learns what they know already.
func (g *guard) echo(q url.Values) ([]byte, error) {
	// Base64 has no space: what stands between us and the platform has unescaped a plus.
	return g.open(q, strings.ReplaceAll(q.Get("echostr"), " ", "+"))
}

// callback returns the fields of a callback.
func (g *guard) callback(q url.Values, body []byte, now time.Time) (*wx.Field, error) {
	plain, err := g.open(q, wx.Sealed(body)) // Its signature says that nothing else in the body matters.
	if err != nil {
		return nil, err
	}
	if !wx.Fresh(q.Get("timestamp"), now, g.freshness) {
		return nil, errStale
	}
	root, err := wx.Parse(plain)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	return root, nil
}

func (g *guard) open(q url.Values, sealed string) ([]byte, error) {
	if sealed == "" || !wx.Signed(q.Get("msg_signature"), g.token, q.Get("timestamp"), q.Get("nonce"), sealed) {
		return nil, errSignature
	}
	plain, _, err := g.envelope.Open(sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSealed, err)
	}
	return plain, nil
}
