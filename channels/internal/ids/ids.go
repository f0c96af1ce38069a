// Package ids makes ids of what a platform tells about a message: the same of the same parts, and different ones of different parts.
package ids

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
)

// Join joins parts so that different parts never make the same text, and so that the usual ones stay readable. A part that is very long
// is hashed.
func Join(parts ...string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = url.PathEscape(p)
		if len(escaped[i]) > 128 {
			escaped[i] = "%~" + Hash(p) // PathEscape never writes %~
		}
	}
	return strings.Join(escaped, "/")
}

// Hash returns 32 hexadecimal digits that stand for s.
func Hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}
