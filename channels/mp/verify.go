package mp

import (
	"net/http"
	"net/url"

	"github.com/chuanhuabot/bot/channels/internal/callback"
)

const page = `<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>WeChat</title></head>
<body><p>此地址工作正常，供微信公众平台调用。请把它填入公众号的服务器配置。</p>
<p lang="en">This address works. It is for WeChat to call: enter it in the server settings of the Official Account.</p></body></html>
`

// verify answers the request that the platform makes when the owner saves the server settings: echostr, byte for byte, and
// never decrypted, whatever the mode (developers.weixin.qq.com/doc/subscription/guide/dev/push/).
func (c *Channel) verify(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	w.Header().Set("X-Content-Type-Options", "nosniff") // echostr is not covered by the signature
	if !isVerification(q) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		c.writeBody(w, []byte(page))
		return
	}
	if !c.guard.verified(q) {
		c.refuse(w, errSignature)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.writeBody(w, []byte(q.Get("echostr")))
}

func isVerification(q url.Values) bool {
	return q.Has("signature") || q.Has("timestamp") || q.Has("nonce") || q.Has("echostr")
}

// refuse answers what is not proved to come from the platform.
func (c *Channel) refuse(w http.ResponseWriter, err error) {
	c.refusals.Add(err)
	w.WriteHeader(http.StatusForbidden)
}

// success is the answer that shows nothing to the person and stops the platform's retries. It is never encrypted.
func (c *Channel) success(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.writeBody(w, []byte("success"))
}

// writeBody writes the whole body of an answer.
func (c *Channel) writeBody(w http.ResponseWriter, body []byte) {
	if err := callback.WriteBody(w, body); err != nil {
		c.log.Debug("response not written: the other side hung up", "err", err)
	}
}
