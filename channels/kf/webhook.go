package kf

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/callback"
	"github.com/chuanhuabot/bot/channels/internal/wx"
)

const page = `<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>WeCom</title></head>
<body><p>此地址工作正常，供企业微信调用。请把它填入微信客服的回调配置。</p>
<p lang="en">This address works. It is for WeCom to call: enter it in the callback settings of customer service.</p></body></html>
`

// Paths returns the path of the URL that is set in the console.
func (c *Channel) Paths() []string { return []string{c.config.Path} }

// ServeHTTP answers the platform: GET is a check of the URL, POST a callback. It never waits for another call.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		c.verify(w, r)
	case http.MethodPost:
		c.receive(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// verify answers the check that the console makes when the owner saves the URL: what is inside echostr, byte for byte, within a
// second (page 91144).
func (c *Channel) verify(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !isVerification(q) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		c.write(w, []byte(page))
		return
	}
	plain, err := c.guard.echo(q)
	if err != nil {
		c.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.write(w, plain)
}

func isVerification(q url.Values) bool {
	return q.Has("msg_signature") || q.Has("timestamp") || q.Has("nonce") || q.Has("echostr")
}

// refuse answers what is not proved to come from the platform, or cannot be understood.
func (c *Channel) refuse(w http.ResponseWriter, err error) {
	c.refusals.Add(err)
	status := http.StatusForbidden
	if errors.Is(err, errSealed) {
		status = http.StatusBadRequest
	}
	w.WriteHeader(status)
}

// receive takes a callback. The answer says no more than that it has arrived: what it is about is asked for in the background, so
// the platform never repeats it for being answered late (page 96466).
func (c *Channel) receive(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	body, err := callback.ReadBody(w, r)
	if err != nil {
		c.refusals.Add(err)
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	root, err := c.guard.callback(r.URL.Query(), body, now)
	switch {
	case errors.Is(err, errBroken):
		c.log.Warn("callback not understood", "bytes", len(body), "err", err) // A repeat would be the same.
	case err != nil:
		c.refuse(w, err)
		return
	default:
		c.take(root, now)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.write(w, []byte("success"))
}

// The callbacks that there are (pages 94670 and 97713).
const (
	eventNews   = "kf_msg_or_event"
	eventGrants = "kf_account_auth_change"
)

// take acts on a callback. It does not block.
func (c *Channel) take(root *wx.Field, now time.Time) {
	switch event := root.Get("Event"); event {
	case eventNews:
		c.accounts.ring(root.Get("OpenKfId"), bell{token: root.Get("Token"), made: madeAt(root), at: now})
	case eventGrants:
		for _, f := range root.Fields {
			switch {
			case f.Text == "":
			case f.Name == "AuthAddOpenKfId":
				c.accounts.ring(f.Text, bell{made: madeAt(root), at: now})
			case f.Name == "AuthDelOpenKfId":
				c.log.Warn("the app may not use an account any more", "account", f.Text)
			}
		}
	default:
		c.log.Info("callback of a kind that has nothing to do with customer service", "event", event)
	}
}

// madeAt reads CreateTime, which is in seconds by the platform's clock; zero if it cannot be read.
func madeAt(root *wx.Field) time.Time {
	seconds, err := strconv.ParseInt(root.Get("CreateTime"), 10, 64)
	if err != nil || seconds < 1 || seconds >= lastSecond {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

func (c *Channel) write(w http.ResponseWriter, body []byte) {
	if err := callback.WriteBody(w, body); err != nil {
		c.log.Debug("response not written: the other side hung up", "err", err)
	}
}
