package voice

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// tc3 signs calls to Tencent Cloud: TC3-HMAC-SHA256 (cloud.tencent.com/document/api/1093/35641).
type tc3 struct {
	id      string
	key     sdk.Secret
	service string
}

// sign sets the headers that payload needs, which is the body of r.
func (t tc3) sign(r *http.Request, payload []byte, now time.Time) {
	const kind = "application/json; charset=utf-8"
	stamp, day := strconv.FormatInt(now.Unix(), 10), now.UTC().Format(time.DateOnly)
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	const signed = "content-type;host"
	canonical := strings.Join([]string{
		r.Method, path, r.URL.RawQuery, "content-type:" + kind + "\nhost:" + r.URL.Host + "\n", signed, hash(payload),
	}, "\n")
	scope := day + "/" + t.service + "/tc3_request"
	text := strings.Join([]string{"TC3-HMAC-SHA256", stamp, scope, hash([]byte(canonical))}, "\n")
	key := []byte("TC3" + t.key.Value())
	for _, part := range []string{day, t.service, "tc3_request", text} {
		key = mac(key, part)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-TC-Timestamp", stamp)
	r.Header.Set("Authorization", fmt.Sprintf("TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s", t.id, scope, signed, hex.EncodeToString(key)))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
