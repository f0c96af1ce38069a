package wx

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"slices"
)

// Signature returns what the platform calls a signature: the parts sorted bytewise, joined without a separator, as SHA-1
// in lower-case hex. For a plain callback the parts are token, timestamp and nonce; for an encrypted one also the text of
// Encrypt (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption). parts is sorted in place.
func Signature(parts ...string) string {
	slices.Sort(parts)
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	joined := make([]byte, 0, size)
	for _, p := range parts {
		joined = append(joined, p...)
	}
	sum := sha1.Sum(joined)
	return hex.EncodeToString(sum[:])
}

// Signed tells whether signature is that of parts, in a time that says nothing about how much of it is right.
func Signed(signature string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(Signature(parts...)), []byte(signature)) == 1
}
