package mp

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

// request is one push as it goes over the wire, as often as it takes: its retries have the same bytes.
type request struct {
	push     Push
	settings Settings
	current  *wire.Cipher // What replies are encrypted with: the key of the push.
	rules    Rules
	message  string // What the transcript calls it: the MsgId, or a number of the sandbox's own for an event.
	plain    []byte
	body     []byte // As sent.
	sealed   string
	query    string
}

// newRequest numbers, dates and writes a push.
func (a *Account) newRequest(push Push) (*request, error) {
	a.mu.Lock()
	r := &request{push: push, settings: a.settings, current: a.current, rules: a.platform.Rules()}
	if push.Fault.OldKey {
		r.current = a.previous
	}
	a.mu.Unlock()
	if r.settings.URL == "" {
		return nil, errors.New("the account has no URL to push to")
	}
	if r.settings.Mode != ModePlain && r.current == nil {
		return nil, errors.New("the account has no previous AESKey")
	}
	r.message = fmt.Sprint(a.platform.ids.Add(1))
	if push.Content.Type == event {
		r.message = "event-" + r.message
	}
	return r, a.write(r)
}

func (a *Account) write(r *request) error {
	created := a.platform.stamp.Now()
	fields := r.push.Content.fields(r.settings.ID, r.push.Person, created.Unix(), r.message)
	r.plain = wire.Body(fields...)
	r.body = r.plain
	if r.settings.Mode != ModePlain {
		if err := r.seal(fields); err != nil {
			return err
		}
	}
	r.body = r.push.Fault.Spoil(r.body)
	return r.sign(created)
}

func (r *request) seal(fields []wire.Field) error {
	c := r.current
	if r.push.Fault.WrongID {
		var err error
		if c, err = cipherOf(r.settings.AESKey, "wxffffffffffffffff"); err != nil {
			return err
		}
	}
	// The platform's random is 16 hex digits in every published example.
	sealed, err := c.Seal(strings.NewReader(wire.RandomHex()), r.plain)
	if err != nil {
		return err
	}
	r.sealed = sealed
	r.body = wire.SafeBody(r.settings.ID, sealed)
	if r.settings.Mode == ModeCompatible {
		r.body = wire.Body(append(fields, wire.Text("Encrypt", sealed))...)
	}
	return nil
}

// sign makes the query, in the order that was observed.
func (r *request) sign(now time.Time) error {
	token := r.settings.Token
	if r.push.Fault.WrongSignature {
		token = "another" + token
	}
	timestamp, nonce, err := stamp(now)
	if err != nil {
		return err
	}
	r.query = signedQuery(token, timestamp, nonce) + "&openid=" + url.QueryEscape(r.push.Person)
	if r.settings.Mode != ModePlain {
		r.query += "&encrypt_type=aes&msg_signature=" + wire.Sign(token, timestamp, nonce, r.sealed)
	}
	return nil
}

// stamp returns a timestamp and a nonce, of nine or ten digits.
func stamp(now time.Time) (timestamp, nonce string, err error) {
	n, err := rand.Int(rand.Reader, big.NewInt(2_000_000_000))
	if err != nil {
		return "", "", err
	}
	return fmt.Sprint(now.Unix()), fmt.Sprint(n.Int64() + 100_000_000), nil
}

func signedQuery(token, timestamp, nonce string) string {
	return "signature=" + wire.Sign(token, timestamp, nonce) + "&timestamp=" + timestamp + "&nonce=" + nonce
}

// firstID is where the numbers of messages begin: as long as those of the platform, and none that an earlier run had.
func firstID(now time.Time) int64 { return 24_180_351_648_420_000 + now.Unix()%1_000_000_000*100_000 }
