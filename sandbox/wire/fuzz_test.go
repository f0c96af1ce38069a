package wire

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzCipher holds that no text ends the platform, and that what is sealed comes back.
func FuzzCipher(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Encrypted, []byte(v.Message))
	}
	c := mustCipher(f, strings.Repeat("A", 43), "wxba5fad812f8e6fb9")
	f.Fuzz(func(t *testing.T, text string, message []byte) {
		if got, err := c.Open(text); err != nil && (got != nil || !errors.Is(err, ErrEnvelope)) {
			t.Errorf("opened %q, %v", got, err)
		}
		sealed, err := c.Seal(rand.Reader, message)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Open(sealed); err != nil || !bytes.Equal(got, message) {
			t.Errorf("opened %q, %v", got, err)
		}
	})
}

// FuzzBody holds that a text that a person can send comes out of the body as it went in.
func FuzzBody(f *testing.F) {
	for _, text := range []string{"hello", "]]>", "<&>", "好\n", "]]]]>>"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, notXML) {
			return
		}
		root, err := parse(Body(Text("Content", text), Number("MsgId", "1")))
		if err != nil || len(root.children) != 2 || root.children[0].text != text {
			t.Errorf("%+v, %v", root, err)
		}
	})
}

// notXML tells a character that XML cannot carry, or that a reader of XML changes.
func notXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError
}
