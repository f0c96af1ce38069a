package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// vector is one published example: developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption (V3, V4),
// /miniprogram/dev/framework/server-ability/message-push (V5, V6), the official sample code (V7, V8, V10).
type vector struct {
	Name, Token, Key, ID, Timestamp, Nonce, Signature, Random, Encrypted, Message string
	Size, Pad                                                                     int
}

func vectors(t testing.TB) map[string]vector {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(text, &list); err != nil || len(list) != 7 {
		t.Fatalf("%d vectors, %v", len(list), err)
	}
	all := map[string]vector{}
	for _, v := range list {
		all[v.Name] = v
	}
	return all
}

func mustCipher(t testing.TB, key, id string) *Cipher {
	t.Helper()
	c, err := NewCipher(key, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSign_PublishedVectors(t *testing.T) {
	tests := map[string]struct {
		parts []string
		want  string
	}{
		"S1": {[]string{"AAAAA", "1714036504", "1514711492"}, "f464b24fc39322e44b38aa78f5edd27bd1441696"},
		"S2": {[]string{"AAAAA", "1714037059", "486452656"}, "899cf89e464efb63f54ddac96b0a0a235f53aa78"},
		"S3": {[]string{"AAAAA", "1714112445", "415670741"}, "6c5c811b55cc85e0e1b54100749188c20beb3f5d"},
		"S4": {[]string{"hello2019", "1558082859", "2133759430"}, "25454995cc1b3d1f136cc441d9239ddd631d4729"},
		"S5": {[]string{"test", "1410685589", "test"}, "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff"},
		"S6": {[]string{"RMNlACHlV5ThzfRlVS4D4", "timestamp", "nonce", "encrypt"}, "8edac0945683c119ee71c9f6256d76c48aa08a96"},
		"S7": {[]string{"789", "456", "123"}, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
		"S8": {[]string{"a", "b", "c"}, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		"S9": {[]string{"spamtest", "1409735669", "1320562132"}, "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a"},
	}
	for name, test := range tests {
		if got := Sign(test.parts...); got != test.want || !Signed(test.want, test.parts...) {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
	for _, wrong := range []string{"", "a9993e364706816aba3e25717850c26c9cd0d89", "A9993E364706816ABA3E25717850C26C9CD0D89D"} {
		if Signed(wrong, "a", "b", "c") {
			t.Errorf("%q passes", wrong)
		}
	}
}

func TestCipher_PublishedVectors(t *testing.T) {
	for name, v := range vectors(t) {
		t.Run(name, func(t *testing.T) {
			c := mustCipher(t, v.Key, v.ID)
			got, err := c.Open(v.Encrypted)
			if err != nil || string(got) != v.Message || len(got) != v.Size {
				t.Errorf("opened %d bytes, %q, %v", len(got), got, err)
			}
			sealed, err := c.Seal(strings.NewReader(v.Random), []byte(v.Message))
			if err != nil || sealed != v.Encrypted {
				t.Errorf("sealed %q, %v", sealed, err)
			}
			if pad := 32 - (20+v.Size+len(v.ID))%32; pad != v.Pad {
				t.Errorf("pad %d", pad)
			}
			if v.Signature != "" && !Signed(v.Signature, v.Token, v.Timestamp, v.Nonce, v.Encrypted) {
				t.Error("the signature does not fit")
			}
		})
	}
}

func TestCipher_NegativeVectors(t *testing.T) {
	all := vectors(t)
	v3, v10 := all["V3"], all["V10"]
	if Signed(v10.Signature, v10.Token, v10.Timestamp, v10.Nonce, "i"+v10.Encrypted[1:]) {
		t.Error("a changed text passes")
	}
	if Signed("16120ec1b8dbb870f510d87ce6bc2463eae6ca1a", v10.Token, v10.Timestamp, v10.Nonce, v10.Encrypted) {
		t.Error("the plain signature passes for the other")
	}
	blocks, err := base64.StdEncoding.DecodeString(v3.Encrypted)
	if err != nil {
		t.Fatal(err)
	}
	cut := func(n int) string { return base64.StdEncoding.EncodeToString(blocks[:len(blocks)-n]) }
	for name, text := range map[string]string{
		"empty": "", "no Base64": "%%%", "last block removed": cut(16), "half a block": cut(8), "one block": cut(len(blocks) - 16),
	} {
		if got, err := mustCipher(t, v3.Key, v3.ID).Open(text); !errors.Is(err, ErrEnvelope) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := mustCipher(t, v3.Key, "wx0000000000000000").Open(v3.Encrypted); !errors.Is(err, ErrEnvelope) || !strings.Contains(err.Error(), "id") {
		t.Errorf("another id: %v", err)
	}
	if _, err := mustCipher(t, v10.Key, v3.ID).Open(v3.Encrypted); !errors.Is(err, ErrEnvelope) {
		t.Errorf("another key: %v", err)
	}
}

// TestCipher_LengthBeyondTheData opens an envelope whose length says more than there is: the id takes part of the place.
func TestCipher_LengthBeyondTheData(t *testing.T) {
	key := strings.Repeat("A", 43)
	sealed, err := mustCipher(t, key, "\xff").Seal(strings.NewReader(strings.Repeat("x", 16)), nil)
	if err != nil {
		t.Fatal(err)
	}
	// In CBC a change in one block of the text changes the same bits of the next block's plain text: here the length's.
	data, _ := base64.StdEncoding.DecodeString(sealed)
	data[0] ^= 0x80
	if _, err := mustCipher(t, key, "\xff").Open(base64.StdEncoding.EncodeToString(data)); !errors.Is(err, ErrEnvelope) || !strings.Contains(err.Error(), "length") {
		t.Errorf("got %v", err)
	}
}

func TestCipher_KeysAndRandom(t *testing.T) {
	for _, last := range []string{"G", "C", "R", "y"} {
		if _, err := NewCipher(strings.Repeat("a", 42)+last, "wx"); err != nil {
			t.Errorf("a key that ends with %s: %v", last, err)
		}
	}
	for _, key := range []string{"", strings.Repeat("a", 42), strings.Repeat("a", 44), strings.Repeat("!", 43)} {
		if _, err := NewCipher(key, "wx"); err == nil {
			t.Errorf("key %q is taken", key)
		}
	}
	c := mustCipher(t, strings.Repeat("a", 43), "wx1")
	if _, err := c.Seal(bytes.NewReader(nil), nil); err == nil {
		t.Error("sealed without random")
	}
	if printed := fmt.Sprintf("%v %+v %#v", c, c, c); printed != "cipher of wx1 cipher of wx1 cipher of wx1" {
		t.Errorf("prints %s", printed)
	}
}
