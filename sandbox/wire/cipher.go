package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The layout inside an envelope: 16 random bytes, the length of the message in four, the message, the id; then padding
// up to a multiple of 32 (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption).
const (
	headSize  = 16 + 4
	blockSize = 32
)

// ErrEnvelope is what every error of Cipher.Open is: the text was not made with this key for this id.
var ErrEnvelope = errors.New("not an envelope of this key and id")

// Cipher seals and opens the texts of Encrypt elements with one EncodingAESKey. It is safe for concurrent use, and prints
// without its key.
type Cipher struct {
	id    string
	block cipher.Block
	iv    []byte
}

// NewCipher returns the cipher of an EncodingAESKey, 43 letters and digits, for the account with the given id, an AppID or
// a CorpID.
func NewCipher(encodingKey, id string) (*Cipher, error) {
	key, err := base64.StdEncoding.DecodeString(encodingKey + "=")
	if err != nil || len(encodingKey) != 43 {
		return nil, errors.New("an EncodingAESKey has 43 letters and digits")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("take the key: %w", err)
	}
	return &Cipher{id: id, block: block, iv: key[:block.BlockSize()]}, nil
}

// String says whose cipher it is.
func (c *Cipher) String() string { return "cipher of " + c.id }

// GoString is String.
func (c *Cipher) GoString() string { return c.String() }

// Seal encrypts a message with 16 bytes from random, whose error it returns.
func (c *Cipher) Seal(random io.Reader, message []byte) (string, error) {
	inner := len(message) + len(c.id)
	pad := blockSize - (headSize+inner)%blockSize
	data := make([]byte, headSize, headSize+inner+pad)
	if _, err := io.ReadFull(random, data[:16]); err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	binary.BigEndian.PutUint32(data[16:], uint32(len(message)))
	data = append(append(data, message...), c.id...)
	for range pad {
		data = append(data, byte(pad))
	}
	cipher.NewCBCEncrypter(c.block, c.iv).CryptBlocks(data, data)
	return base64.StdEncoding.EncodeToString(data), nil
}

// Open decrypts what Seal or the other side made. It checks the padding, the length and the id; every error is
// ErrEnvelope.
func (c *Cipher) Open(text string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) < blockSize || len(data)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: not the Base64 of whole blocks", ErrEnvelope)
	}
	cipher.NewCBCDecrypter(c.block, c.iv).CryptBlocks(data, data)
	end, ok := unpadded(data)
	if !ok || end < headSize {
		return nil, fmt.Errorf("%w: wrong padding", ErrEnvelope)
	}
	size, rest := int64(binary.BigEndian.Uint32(data[16:headSize])), data[headSize:end]
	if size > int64(len(rest)) {
		return nil, fmt.Errorf("%w: the length inside is too large", ErrEnvelope)
	}
	if string(rest[size:]) != c.id {
		return nil, fmt.Errorf("%w: the id inside is another one", ErrEnvelope)
	}
	return rest[:size], nil
}

// unpadded returns where the padding begins.
func unpadded(data []byte) (int, bool) {
	pad := int(data[len(data)-1])
	end := len(data) - pad
	if pad < 1 || pad > blockSize || end < 0 {
		return 0, false
	}
	for _, b := range data[end:] {
		if int(b) != pad {
			return 0, false
		}
	}
	return end, true
}

// RandomHex returns 16 hex digits, which is what the platforms' random bytes are in most published examples.
func RandomHex() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // It never fails.
	return fmt.Sprintf("%x", b)
}
