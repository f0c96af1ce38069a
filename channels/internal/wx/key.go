package wx

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
)

// keyLength is the length of an EncodingAESKey in characters.
const keyLength = 43

// Key is an EncodingAESKey, ready to use. It is safe for concurrent use and prints as "***".
type Key struct {
	block cipher.Block
	iv    [aes.BlockSize]byte
}

// ErrKey is returned for an EncodingAESKey that is not 43 characters of A-Z, a-z and 0-9.
var ErrKey = errors.New("not an EncodingAESKey: 43 letters and digits are needed")

// NewKey returns the key that the platform shows as text. The last character may have bits that mean nothing, and often
// has (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption).
func NewKey(text string) (*Key, error) {
	if len(text) != keyLength || !alphanumeric(text) {
		return nil, ErrKey
	}
	raw, err := base64.StdEncoding.DecodeString(text + "=") // not Strict: see above
	if err != nil {
		return nil, ErrKey // the decoder's error would tell a character of the secret
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, ErrKey
	}
	return &Key{block: block, iv: [aes.BlockSize]byte(raw)}, nil
}

// Format prints "***", whatever the verb.
func (k *Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "***") }

// LogValue logs "***".
func (k *Key) LogValue() slog.Value { return slog.StringValue("***") }

// decrypt works in place. The length of data must be a multiple of the block size.
func (k *Key) decrypt(data []byte) {
	cipher.NewCBCDecrypter(k.block, k.iv[:]).CryptBlocks(data, data)
}

// encrypt works in place, as decrypt.
func (k *Key) encrypt(data []byte) {
	cipher.NewCBCEncrypter(k.block, k.iv[:]).CryptBlocks(data, data)
}

func alphanumeric(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
