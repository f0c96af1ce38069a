package mp

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
)

// guard lets through only what is proved to come from the platform. Each mode has its own proof
// (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption): a plain callback is signed with the token, which
// says nothing about its body; an encrypted one has a msg_signature that covers the body.
type guard struct {
	mode      string
	token     string
	freshness time.Duration
	envelope  *wx.Envelope // nil in plain mode
}

// inbound is a callback that the guard let through.
type inbound struct {
	root  *wx.Field
	key   *wx.Key // what its reply must be encrypted with; nil for a plain one
	nonce string
}

// The reasons for which the guard turns a callback away. errBroken is the only one that is proved to come from the platform.
var (
	errSignature = errors.New("wrong signature: a scanner, or token differs from the WeChat console's")
	errStale     = errors.New("stale timestamp: a replay, or our clock is wrong")
	errEncrypted = errors.New("an encrypted message in plain mode: set mode to what the WeChat console says")
	errPlain     = errors.New("a plain message where an encrypted one is due: forged, or mode differs from the WeChat console's")
	errBroken    = errors.New("broken message")
)

func newGuard(c Config) (*guard, error) {
	g := &guard{mode: c.Mode, token: c.Token.Value(), freshness: c.Freshness}
	if c.Mode == ModePlain {
		return g, nil
	}
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
	g.envelope = wx.NewEnvelope(c.AppID, func(b []byte) { _, _ = rand.Read(b) }, keys...) // It never fails.
	return g, nil
}

// verified tells whether the signature of a plain callback, or of the verification of the URL, is right.
func (g *guard) verified(q url.Values) bool {
	return wx.Signed(q.Get("signature"), g.token, q.Get("timestamp"), q.Get("nonce"))
}

// open checks a callback that came at now. An error that is errBroken is about a message of the platform itself; every
// other one says that it may be anybody's.
func (g *guard) open(q url.Values, body []byte, now time.Time) (inbound, error) {
	if g.mode == ModePlain {
		if q.Get("encrypt_type") == "aes" {
			return inbound{}, errEncrypted
		}
		return g.openPlain(q, body, now)
	}
	if !g.proved(q, body) {
		return inbound{}, errSignature // Before anything is done for it: it may be anybody's.
	}
	root, err := wx.Parse(body)
	switch {
	case err != nil:
		return inbound{}, g.broken(q, now, err)
	case root.Get("Encrypt") == "":
		return inbound{}, errPlain
	default:
		return g.openSealed(q, root.Get("Encrypt"), now)
	}
}

// proved tells whether one of the signatures on the URL is right, and nothing about the rest.
func (g *guard) proved(q url.Values, body []byte) bool {
	return g.verified(q) ||
		wx.Signed(q.Get("msg_signature"), g.token, q.Get("timestamp"), q.Get("nonce"), wx.Sealed(body))
}

// broken tells a body that arrived empty or damaged from one that anybody may have sent. The URL's own signature is proof
// enough here, in every mode: there is nothing in the body to be believed.
func (g *guard) broken(q url.Values, now time.Time, err error) error {
	if err := g.signed(q, now); err != nil {
		return err
	}
	return fmt.Errorf("%w: %w", errBroken, err)
}

// signed checks the URL's own signature and its age.
func (g *guard) signed(q url.Values, now time.Time) error {
	if !g.verified(q) {
		return errSignature
	}
	if !wx.Fresh(q.Get("timestamp"), now, g.freshness) {
		return errStale
	}
	return nil
}

func (g *guard) openPlain(q url.Values, body []byte, now time.Time) (inbound, error) {
	if err := g.signed(q, now); err != nil {
		return inbound{}, err
	}
	root, err := wx.Parse(body)
	if err != nil {
		return inbound{}, fmt.Errorf("%w: %w", errBroken, err)
	}
	if root.Find("MsgType") == nil && root.Find("Encrypt") != nil {
		return inbound{}, errEncrypted
	}
	return inbound{root: root}, nil
}

func (g *guard) openSealed(q url.Values, encrypted string, now time.Time) (inbound, error) {
	timestamp, nonce := q.Get("timestamp"), q.Get("nonce")
	if !wx.Signed(q.Get("msg_signature"), g.token, timestamp, nonce, encrypted) {
		return inbound{}, errSignature
	}
	if !wx.Fresh(timestamp, now, g.freshness) {
		return inbound{}, errStale
	}
	message, key, err := g.envelope.Open(encrypted)
	if err != nil {
		return inbound{}, err
	}
	root, err := wx.Parse(message)
	if err != nil {
		return inbound{}, fmt.Errorf("%w: %w", errBroken, err)
	}
	return inbound{root: root, key: key, nonce: nonce}, nil
}
