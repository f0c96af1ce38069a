package kf_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

// vector is one example: A1 to A3 are of the official sample code, C1 and C2 of wechatpy's tests, F1 of another SDK's; S1 was made
// with the official @wecom/crypto.
type vector struct{ ID, TS, Nonce, Sig, Encrypt, Random, Plain string }

// sets are token, EncodingAESKey and receiveid by the first letter of an id.
var sets = map[string][3]string{
	"A": {"QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"},
	"C": {"123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a"},
	"F": {"ovAkP0Tb", "", ""},
	"S": {"QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ww12345678910"},
}

func vectors(t *testing.T) map[string]vector {
	t.Helper()
	file, err := os.Open("testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all := map[string]vector{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all[v.ID] = v
	}
	if len(all) != 7 {
		t.Fatalf("%d vectors", len(all))
	}
	return all
}

func mustCipher(t *testing.T, key, id string) *wire.Cipher {
	t.Helper()
	c, err := wire.NewCipher(key, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestVectors_SignOpenAndSeal(t *testing.T) {
	for id, v := range vectors(t) {
		t.Run(id, func(t *testing.T) {
			set := sets[id[:1]]
			if !wire.Signed(v.Sig, set[0], v.TS, v.Nonce, v.Encrypt) {
				t.Error("the signature does not fit")
			}
			if set[1] == "" {
				return
			}
			c := mustCipher(t, set[1], set[2])
			if got, err := c.Open(v.Encrypt); err != nil || string(got) != v.Plain {
				t.Errorf("opened %q, %v", got, err)
			}
			random, err := hex.DecodeString(v.Random)
			if err != nil {
				t.Fatal(err)
			}
			if sealed, err := c.Seal(strings.NewReader(string(random)), []byte(v.Plain)); err != nil || sealed != v.Encrypt {
				t.Errorf("sealed %q, %v", sealed, err)
			}
		})
	}
}

func TestVectors_DerivedChecks(t *testing.T) {
	all := vectors(t)
	a1, c1, set := all["A1"], all["C1"], sets["A"]
	const escaped = "P9nAzCzyDtyTWESHep1vC5X9xho%2FqYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp%2B4RPcs8TgAE7OaBO%2BFZXvnaqQ%3D%3D"
	if got := url.QueryEscape(a1.Encrypt); got != escaped {
		t.Errorf("A1 in a URL: %s", got)
	}
	if wire.Signed(c1.Sig, sets["C"][0], c1.TS, "437374424", c1.Encrypt) {
		t.Error("C1 passes with another nonce")
	}
	for _, id := range []string{"", "wx5823bf96d3bd56c8", "ww12345678910"} {
		if _, err := mustCipher(t, set[1], id).Open(a1.Encrypt); !errors.Is(err, wire.ErrEnvelope) {
			t.Errorf("A1 opens for %q: %v", id, err)
		}
	}
	for _, letter := range []string{"A", "C"} { // Their keys are no canonical Base64.
		mustCipher(t, sets[letter][1], "")
	}
}

// TestVectors_ABellIsLaidOutAsS1 writes S1's fields.
func TestVectors_ABellIsLaidOutAsS1(t *testing.T) {
	got := wire.Line(wire.Text("ToUserName", "ww12345678910"), wire.Number("CreateTime", "1348831860"), wire.Text("MsgType", "event"),
		wire.Text("Event", "kf_msg_or_event"), wire.Text("Token", "ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR"), wire.Text("OpenKfId", "wkxxxxxxx"))
	if want := vectors(t)["S1"].Plain; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
