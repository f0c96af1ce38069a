package kf

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// sealMark stands inside everything that a seal wrote, so that nobody can make such a text up.
const sealMark = 0x6b66a11c

// seal writes numbers as texts that say nothing to bots. It is safe for concurrent use.
type seal struct{ block cipher.Block }

// newSeal returns a seal that reads only what one of the same parts wrote.
func newSeal(parts ...string) seal {
	key := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	block, _ := aes.NewCipher(key[:]) // Every 32 bytes are a key.
	return seal{block}
}

func (s seal) write(number uint64, note uint32) string {
	var b [aes.BlockSize]byte
	binary.BigEndian.PutUint64(b[:], number)
	binary.BigEndian.PutUint32(b[8:], note)
	binary.BigEndian.PutUint32(b[12:], sealMark)
	s.block.Encrypt(b[:], b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (s seal) read(text string) (number uint64, note uint32, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != aes.BlockSize {
		return 0, 0, false
	}
	s.block.Decrypt(b, b)
	return binary.BigEndian.Uint64(b), binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:]) == sealMark
}
