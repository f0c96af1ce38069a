package wire

import (
	"crypto/sha1"
	"crypto/subtle"
	"fmt"
	"io"
	"sort"
)

// Sign returns the signature over parts in any order: token, timestamp and nonce for `signature`, and the encrypted text
// besides for `msg_signature` (developers.weixin.qq.com/doc/subscription/guide/dev/push/). It is safe for concurrent use.
func Sign(parts ...string) string {
	ordered := sort.StringSlice(append([]string(nil), parts...))
	ordered.Sort()
	digest := sha1.New()
	for _, part := range ordered {
		_, _ = io.WriteString(digest, part) // A hash takes everything.
	}
	return fmt.Sprintf("%x", digest.Sum(nil))
}

// Signed tells whether signature is that of parts: 40 digits, lower case. It is safe for concurrent use.
func Signed(signature string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(signature), []byte(Sign(parts...))) == 1
}
