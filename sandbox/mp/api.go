package mp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxCall is the most bytes of a call: more than the largest upload.
const maxCall = 16 << 20

// endpoint is one call of the API. do gets no account if open is set; else the one whose token the call carries.
type endpoint struct {
	method string
	open   bool
	do     func(*call) (any, *refusal)
}

// call is one call that is under way.
type call struct {
	account *Account
	now     time.Time
	host    string
	query   url.Values
	header  http.Header
	body    []byte
}

// file is an answer that is not JSON.
type file struct {
	kind, name string
	data       []byte
}

// done is the answer of calls that have nothing to say.
type done struct {
	Code int    `json:"errcode"`
	Text string `json:"errmsg"`
}

var errLarge = errors.New("the call is too large")

func (p *Platform) endpoints() map[string]endpoint {
	return map[string]endpoint{
		"/cgi-bin/token":                 {http.MethodGet, true, p.classicToken},
		"/cgi-bin/stable_token":          {http.MethodPost, true, p.stableToken},
		"/cgi-bin/message/custom/send":   {http.MethodPost, false, p.customSend},
		"/cgi-bin/message/custom/typing": {http.MethodPost, false, p.customTyping},
		"/cgi-bin/media/upload":          {http.MethodPost, false, p.upload},
		"/cgi-bin/media/get":             {http.MethodGet, false, p.download},
		"/sandbox/video":                 {http.MethodGet, true, p.video},
		"/cgi-bin/ticket/getticket":      {http.MethodGet, false, p.ticket},
		"/cgi-bin/getcallbackip":         {http.MethodGet, false, p.addresses},
		"/cgi-bin/get_api_domain_ip":     {http.MethodGet, false, p.addresses},
		"/cgi-bin/clear_quota":           {http.MethodPost, false, p.clearQuota},
		"/cgi-bin/clear_quota/v2":        {http.MethodPost, true, p.clearQuotaV2},
	}
}

// ServeHTTP is api.weixin.qq.com for the accounts of p. Refusals are JSON with errcode at status 200, as the platform
// gives them; only an address that it does not have is a 404.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, ok := p.calls[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, err := readCall(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	c := &call{now: p.clock.Now(), host: r.Host, query: r.URL.Query(), header: r.Header, body: body}
	answer, refused := p.answer(e, c, r)
	if refused != nil {
		p.log.Info("API call refused", "path", r.URL.Path, "errcode", refused.code)
		answer = done{refused.code, refused.text() + rid()}
	}
	write(w, answer)
}

func (p *Platform) answer(e endpoint, c *call, r *http.Request) (any, *refusal) {
	if refused := p.failing(r.URL.Path); refused != nil {
		return nil, refused
	}
	if e.method != r.Method {
		return nil, refuse(map[string]int{http.MethodGet: codeNeedsGET, http.MethodPost: codeNeedsPOST}[e.method])
	}
	if !e.open {
		var refused *refusal
		if c.account, refused = p.byToken(c.query.Get("access_token"), c.now); refused != nil {
			return nil, refused
		}
	}
	return e.do(c)
}

func readCall(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCall+1))
	if err == nil && len(body) > maxCall {
		err = errLarge
	}
	return body, err
}

func write(w http.ResponseWriter, answer any) {
	if f, ok := answer.(file); ok {
		w.Header().Set("Content-Type", f.kind)
		w.Header().Set("Content-disposition", fmt.Sprintf("attachment; filename=%q", f.name))
		_, _ = w.Write(f.data) // The bot has hung up if it fails.
		return
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	_, _ = w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n"))) // As above.
}

// rid is what the platform ends each errmsg with, for its own support.
func rid() string {
	hex := randomHex() + randomHex()
	return " rid: " + strings.Join([]string{hex[:8], hex[8:16], hex[16:24]}, "-")
}

// read reads the JSON of a call. The platform refuses characters that are written as \u escapes.
func (c *call) read(v any) *refusal {
	if escaped(c.body) {
		return refuse(codeCharset)
	}
	if err := json.Unmarshal(c.body, v); err != nil {
		return refuse(codeJSON)
	}
	return nil
}

func escaped(body []byte) bool {
	for i := 0; i+1 < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if body[i+1] == 'u' {
			return true
		}
		i++ // What is escaped escapes nothing.
	}
	return false
}

// accepted is the answer of a call that worked and has nothing to say.
func accepted() (any, *refusal) { return done{0, "ok"}, nil }
