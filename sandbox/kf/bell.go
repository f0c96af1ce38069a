package kf

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// bell is one callback as it goes over the wire, as often as it takes: its retries have the same bytes (page 96466).
type bell struct {
	settings                   Settings
	rules                      Rules
	fault                      Fault
	account, customer, message string // For those who look on.
	plain                      []byte
	body                       []byte // As sent.
	url                        string
}

// newBell returns the bell for news of an account, with a token of its own (page 94670).
func (a *Account) newBell(customer string, fault Fault) (*bell, error) {
	p := a.corp.platform
	token := "ENC" + a.keys.write(uint64(a.now().UnixNano()), uint32(p.ids.Add(1)))
	b := &bell{account: a.id, customer: customer, fault: fault}
	return b, a.corp.write(b, "kf_msg_or_event", wire.Text("Token", token), wire.Text("OpenKfId", a.id))
}

// write fills in the rest of a bell: an event with the fields behind the common ones.
func (c *Corp) write(b *bell, name string, fields ...wire.Field) error {
	if b.fault == (Fault{}) {
		b.fault = c.Faults.Next()
	}
	c.mu.Lock()
	b.settings, b.rules = c.settings, c.platform.Rules()
	key := c.current
	if b.fault.OldKey {
		key = c.previous
	}
	c.mu.Unlock()
	if key == nil {
		return errors.New("the corp has no previous AESKey")
	}
	now := c.platform.stamp.Now()
	all := []wire.Field{wire.Text("ToUserName", b.settings.CorpID)}
	if name == "kf_account_auth_change" {
		all = append(all, wire.Text("FromUserName", "sys"))
	}
	all = append(all, wire.Number("CreateTime", fmt.Sprint(now.Unix())), wire.Text("MsgType", event), wire.Text("Event", name))
	b.plain = wire.Line(append(all, fields...)...)
	return b.seal(key, now)
}

// seal encrypts and signs.
func (b *bell) seal(key *wire.Cipher, now time.Time) error {
	if b.fault.WrongID {
		var err error
		if key, err = cipherOf(b.settings.AESKey, "wwffffffffffffffff"); err != nil {
			return err
		}
	}
	sealed, err := key.Seal(strings.NewReader(wire.RandomHex()), b.plain)
	if err != nil {
		return err
	}
	outer := []wire.Field{wire.Text("ToUserName", b.settings.CorpID), wire.Text("AgentID", ""), wire.Text("Encrypt", sealed)}
	if b.rules.NoAgentID {
		outer = append(outer[:1], outer[2])
	}
	b.body = b.fault.Spoil(wire.Line(outer...))
	token := b.settings.Token
	if b.fault.WrongSignature {
		token = "another" + token
	}
	query, err := signedQuery(token, sealed, now)
	b.url = callback.WithQuery(b.settings.URL, query)
	return err
}

// signedQuery returns the query of a callback, with a nonce of nine or ten digits.
func signedQuery(token, sealed string, now time.Time) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(2_000_000_000))
	if err != nil {
		return "", err
	}
	timestamp, nonce := fmt.Sprint(now.Unix()), fmt.Sprint(n.Int64()+100_000_000)
	return "msg_signature=" + wire.Sign(token, timestamp, nonce, sealed) + "&timestamp=" + timestamp + "&nonce=" + nonce, nil
}

// echostr returns a text and its envelope for a query, which always has a %2B in it: bots that decode twice make a space of it.
func echostr(key *wire.Cipher, text string) (sealed, escaped string, err error) {
	for !strings.Contains(escaped, "%2B") {
		if sealed, err = key.Seal(strings.NewReader(wire.RandomHex()), []byte(text)); err != nil {
			return "", "", err
		}
		escaped = url.QueryEscape(sealed)
	}
	return sealed, escaped, nil
}

// newID returns the id of a message.
func (p *Platform) newID(prefix string) string { return prefix + fmt.Sprint(p.ids.Add(1)) }
