package wx

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func mustKey(t testing.TB, text string) *Key {
	t.Helper()
	key, err := NewKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (v vector) envelope(t testing.TB) (*Envelope, *Key) {
	key := mustKey(t, v.key)
	return NewEnvelope(v.id, fixed(v.random), key), key
}

func TestEnvelopeOpensVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			e, key := v.envelope(t)
			message, used, err := e.Open(v.encrypted)
			if err != nil {
				t.Fatal(err)
			}
			if string(message) != v.message || len(message) != v.size || used != key {
				t.Errorf("got %d bytes %q, want %d bytes %q", len(message), message, v.size, v.message)
			}
		})
	}
}

// random is the source outside of vectors.
func random(b []byte) { _, _ = rand.Read(b) }

// fixed is a source that always gives text.
func fixed(text string) func([]byte) { return func(b []byte) { copy(b, text) } }

func TestEnvelopeSealsVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			e, key := v.envelope(t)
			encrypted := e.Seal(key, []byte(v.message))
			if encrypted != v.encrypted {
				t.Errorf("got %s, want %s", encrypted, v.encrypted)
			}
		})
	}
}

func TestPaddingOfVectorsIsAsPublished(t *testing.T) {
	for _, v := range vectors {
		data, err := base64.StdEncoding.DecodeString(v.encrypted)
		if err != nil {
			t.Fatal(err)
		}
		mustKey(t, v.key).decrypt(data)
		if got := int(data[len(data)-1]); got != v.pad {
			t.Errorf("%s: pad %d, want %d", v.name, got, v.pad)
		}
	}
}

// sealed encrypts data as it is, with V3's key.
func sealed(t testing.TB, data []byte) string {
	t.Helper()
	data = bytes.Clone(data)
	mustKey(t, vectors[0].key).encrypt(data)
	return base64.StdEncoding.EncodeToString(data)
}

// inside lays out what Seal encrypts, with any length.
func inside(length uint32, rest string) []byte {
	data := binary.BigEndian.AppendUint32(make([]byte, randomSize), length)
	return append(data, rest...)
}

func TestEnvelopeRefuses(t *testing.T) {
	v := vectors[0]
	withoutLastBlock := func() string {
		data, _ := base64.StdEncoding.DecodeString(v.encrypted)
		return base64.StdEncoding.EncodeToString(data[:len(data)-16])
	}
	wrongPad := pad(inside(2, "hi"+v.id))
	wrongPad[len(wrongPad)-2]++
	cases := []struct {
		name, encrypted string
		want            error
	}{
		{"nothing", "", ErrCiphertext},
		{"not base64", "%%%%", ErrCiphertext},
		{"base64 without padding", strings.TrimRight(v.encrypted, "="), ErrCiphertext},
		{"not a multiple of 16", base64.StdEncoding.EncodeToString(make([]byte, 31)), ErrCiphertext},
		{"last block removed", withoutLastBlock(), ErrPadding},
		{"pad of 0", sealed(t, make([]byte, 32)), ErrPadding},
		{"pad of 33", sealed(t, bytes.Repeat([]byte{33}, 64)), ErrPadding},
		{"pad longer than the data", sealed(t, bytes.Repeat([]byte{17}, 16)), ErrPadding},
		{"one byte of the pad differs", sealed(t, wrongPad), ErrPadding},
		{"all pad", sealed(t, bytes.Repeat([]byte{32}, 32)), ErrLength},
		{"no room for a length", sealed(t, append(make([]byte, 19), bytes.Repeat([]byte{13}, 13)...)), ErrLength},
		{"length one too big", sealed(t, pad(inside(uint32(len(v.id)+3), "hi"+v.id))), ErrLength},
		{"biggest length", sealed(t, pad(inside(1<<32-1, "hi"+v.id))), ErrLength},
		{"length beyond 31 bits", sealed(t, pad(inside(1<<31, "hi"+v.id))), ErrLength},
		{"length one too small", sealed(t, pad(inside(1, "hi"+v.id))), ErrID},
		{"no id", sealed(t, pad(inside(2, "hi"))), ErrID},
		{"id with more behind it", sealed(t, pad(inside(2, "hi"+v.id+"0"))), ErrID},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e, _ := v.envelope(t)
			message, key, err := e.Open(c.encrypted)
			if !errors.Is(err, c.want) || message != nil || key != nil {
				t.Errorf("got %q, %v, want %v", message, err, c.want)
			}
		})
	}
}

func TestEnvelopeOfAnotherAccountIsRefused(t *testing.T) {
	e := NewEnvelope("wx0000000000000000", random, mustKey(t, vectors[0].key))
	if _, _, err := e.Open(vectors[0].encrypted); !errors.Is(err, ErrID) {
		t.Errorf("got %v, want %v", err, ErrID)
	}
}

func TestPreviousKeyStillOpensAndIsNamed(t *testing.T) {
	v := vectors[0]
	current, previous := mustKey(t, strings.Repeat("B", 43)), mustKey(t, v.key)
	e := NewEnvelope(v.id, random, current, previous)
	message, used, err := e.Open(v.encrypted)
	if err != nil || string(message) != v.message {
		t.Fatalf("got %q, %v", message, err)
	}
	if used != previous {
		t.Error("the reply would use the key that the platform does not have")
	}
	reply := e.Seal(used, []byte("reply"))
	if got, _, err := NewEnvelope(v.id, random, previous).Open(reply); err != nil || string(got) != "reply" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEverySizeRoundTrips(t *testing.T) {
	e := NewEnvelope("wx", random, mustKey(t, vectors[0].key))
	for size := range 100 {
		message := strings.Repeat("x", size)
		encrypted := e.Seal(e.keys[0], []byte(message))
		if got, _, err := e.Open(encrypted); err != nil || string(got) != message {
			t.Fatalf("size %d: got %q, %v", size, got, err)
		}
	}
}

func TestSealUsesANewRandomEachTime(t *testing.T) {
	e := NewEnvelope("wx", random, mustKey(t, vectors[0].key))
	one, two := e.Seal(e.keys[0], []byte("same")), e.Seal(e.keys[0], []byte("same"))
	if one == two {
		t.Errorf("got %s twice", one)
	}
}

func TestKeyWithTrailingBitsIsAccepted(t *testing.T) {
	for _, last := range "GCRy" {
		if _, err := NewKey(strings.Repeat("a", 42) + string(last)); err != nil {
			t.Errorf("key that ends in %c: %v", last, err)
		}
	}
}

func TestNewKeyRefuses(t *testing.T) {
	good := vectors[0].key
	for name, text := range map[string]string{
		"empty": "", "short": good[:42], "long": good + "A", "with its =": good[:42] + "=", "with +": good[:42] + "+",
		"with a newline": good[:42] + "\n", "not ASCII": good[:41] + "é",
	} {
		if key, err := NewKey(text); !errors.Is(err, ErrKey) || key != nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestKeyIsNeverPrinted(t *testing.T) {
	key := mustKey(t, vectors[4].key)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", key)
	printed := log.String() + fmt.Sprintf("%v %+v %#v %s %x %d", key, key, key, key, key, key)
	if strings.Count(printed, "***") != 7 || strings.Contains(printed, "69b71d") {
		t.Errorf("got %s", printed)
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.encrypted, []byte(v.message))
	}
	f.Add("", []byte(nil))
	e := NewEnvelope(vectors[0].id, random, mustKey(f, vectors[0].key))
	f.Fuzz(func(t *testing.T, encrypted string, raw []byte) {
		if message, key, err := e.Open(encrypted); (err == nil) != (key != nil) || err != nil && message != nil {
			t.Errorf("Open: %q, %v, %v", message, key, err)
		}
		for len(raw)%16 != 0 {
			raw = append(raw, 1)
		}
		if _, _, err := e.Open(sealed(t, raw)); err == nil && !bytes.Contains(raw, []byte(e.id)) {
			t.Error("opened without our id inside")
		}
		again := e.Seal(e.keys[0], raw)
		if got, _, err := e.Open(again); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("round trip: %q, %v", got, err)
		}
	})
}
