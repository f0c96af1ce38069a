package voice_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// cloud is what aliyun's two services are.
type cloud struct {
	*fake
	t      *testing.T
	mu     sync.Mutex
	tokens int           // How many were given.
	lasts  time.Duration // How long a token is said to last.
	bad    int           // So many of the first tokens are not taken.
	status int           // What recognition answers.
	refuse string        // What the token service answers instead of a token.
	data   []byte        // What was recognised last.
	query  url.Values
}

func newCloud(t *testing.T) *cloud {
	c := &cloud{t: t, lasts: 36 * time.Hour, status: 20000000}
	c.fake = newFake(t, c.serve)
	return c
}

func (c *cloud) config() string {
	return fmt.Sprintf(`{"backend":"aliyun","url":"%s/asr","token_url":"%s/token/","access_key_id":"id","access_key_secret":"hush","app_key":"app"}`, c.URL, c.URL)
}

func (c *cloud) serve(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.URL.Path == "/token/" {
		c.token(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/asr" || r.Header.Get("Content-Type") != "application/octet-stream" {
		c.t.Errorf("%s %s %v %v", r.Method, r.URL, r.Header, err)
	}
	c.data, c.query = body, r.URL.Query()
	status := c.status
	if r.Header.Get("X-NLS-Token") != fmt.Sprint("token-", c.tokens) || c.tokens <= c.bad {
		status = 40000001
	}
	if status != 20000000 {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"task_id":"task-9","result":"","status":%d,"message":"Gateway:WHY"}`, status)
		return
	}
	fmt.Fprint(w, `{"task_id":"task-9","result":" 北京的天气 ","status":20000000,"message":"SUCCESS"}`)
}

// token checks the signature as the other side does, written for itself.
func (c *cloud) token(w http.ResponseWriter, r *http.Request) {
	var pairs []string
	for name, values := range r.URL.Query() {
		if name != "Signature" {
			pairs = append(pairs, escape(name)+"="+escape(values[0]))
		}
	}
	slices.Sort(pairs)
	h := hmac.New(sha1.New, []byte("hush&"))
	h.Write([]byte("GET&%2F&" + escape(strings.Join(pairs, "&"))))
	q := r.URL.Query()
	switch sent, err := time.Parse(time.RFC3339, q.Get("Timestamp")); {
	case q.Get("Signature") != base64.StdEncoding.EncodeToString(h.Sum(nil)):
		c.t.Errorf("the signature is wrong: %s", r.URL)
	case err != nil || time.Since(sent).Abs() > time.Minute || q.Get("SignatureNonce") == "" || q.Get("Action") != "CreateToken" || q.Get("AccessKeyId") != "id":
		c.t.Errorf("the request is wrong: %s", r.URL)
	}
	if c.refuse != "" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, c.refuse)
		return
	}
	c.tokens++
	fmt.Fprintf(w, `{"NlsRequestId":"n","RequestId":"r","Token":{"ExpireTime":%d,"Id":"token-%d","UserId":"u"}}`, time.Now().Add(c.lasts).Unix(), c.tokens)
}

func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

func TestAliyun_Request(t *testing.T) {
	for name, want := range map[string]struct {
		format, rate string
		data         []byte
	}{"go.amr": {"amr", "8000", recording(t, "go.amr")}, "go.amrwb": {"wav", "16000", second()}, "go.mp3": {"mp3", "16000", recording(t, "go.mp3")}} {
		c := newCloud(t)
		p, log := started(t, hosting(recording(t, name), second()), c.config())
		if turn := p.Send(said()); turn.Forwarded == nil || turn.Forwarded.(sdk.Voice).Transcript != "北京的天气" {
			t.Errorf("%s: %+v %q", name, turn, log.of(t))
		}
		if got := c.query; got.Get("appkey") != "app" || got.Get("format") != want.format || got.Get("sample_rate") != want.rate || got.Get("enable_punctuation_prediction") != "true" || !bytes.Equal(c.data, want.data) {
			t.Errorf("%s: %v, %d bytes", name, got, len(c.data))
		}
	}
}

// TestAliyun_Tokens holds that a token is kept while it lasts, gotten once for a crowd, and replaced once when it is not taken.
func TestAliyun_Tokens(t *testing.T) {
	for name, c := range map[string]struct {
		lasts  time.Duration
		bad    int
		people int
		tokens int
		class  string
	}{
		"a crowd":             {36 * time.Hour, 0, 12, 1, ""},
		"it ends soon":        {time.Minute, 0, 3, 3, ""},
		"one that has ended":  {36 * time.Hour, 1, 3, 2, ""},
		"one after the other": {36 * time.Hour, 99, 1, 2, "settings"},
	} {
		t.Run(name, func(t *testing.T) {
			service := newCloud(t)
			service.lasts, service.bad = c.lasts, c.bad
			p, log := started(t, hosting(recording(t, "go.amr"), nil), service.config())
			var wg sync.WaitGroup
			for i := range c.people {
				if c.tokens > 1 {
					wg.Wait() // One by one.
				}
				wg.Go(func() {
					if turn := p.Person(fmt.Sprint(i)).Send(said()); (turn.Forwarded == nil) != (c.class != "") {
						t.Errorf("%+v", turn)
					}
				})
			}
			wg.Wait()
			if service.tokens != c.tokens {
				t.Errorf("%d tokens, want %d", service.tokens, c.tokens)
			}
			if got := log.of(t); c.class != "" && (len(got) != 1 || !strings.Contains(got[0], "class="+c.class)) || c.class == "" && len(got) > 0 {
				t.Errorf("the log says %q", got)
			}
		})
	}
}

func TestAliyun_Errors(t *testing.T) {
	for class, statuses := range map[string][]int{
		"settings": {40000002, 40000009, 40000010, 40010001, 40020105, 40020106},
		"again":    {40000004, 40000005, 50000000, 50000001, 52010001},
		"never":    {40000000, 40000003, 40270001, 40270003, 41010101},
	} {
		for _, status := range statuses {
			t.Run(fmt.Sprint(status), func(t *testing.T) {
				t.Parallel()
				c := newCloud(t)
				c.status = status
				p, log := started(t, hosting(recording(t, "go.amr"), nil), c.config())
				p.Send(said())
				if got := log.of(t); len(got) != 1 || !strings.Contains(got[0], "class="+class) || !strings.Contains(got[0], "task-9") || !strings.Contains(got[0], "Gateway:WHY") {
					t.Errorf("the log says %q, want class %s", got, class)
				}
			})
		}
	}
	c := newCloud(t)
	c.status = 40270002
	p, log := started(t, hosting(recording(t, "go.amr"), nil), c.config())
	if turn := p.Send(said()); !slices.Equal(turn.Texts(), []string{unheard}) || len(log.of(t)) > 0 {
		t.Errorf("nobody speaks: %+v %q", turn, log.of(t))
	}
}

func TestAliyun_TokenErrors(t *testing.T) {
	for body, class := range map[string]string{
		`{"Code":"InvalidAccessKeyId.NotFound","Message":"no such key"}`: "settings",
		`{"Code":"SignatureDoesNotMatch","Message":"wrong"}`:             "settings",
		`{"Code":"InvalidTimeStamp.Expired","Message":"clock"}`:          "settings",
		`{"Code":"Forbidden.RAM","Message":"not allowed"}`:               "settings",
		`{"Code":"Throttling.User","Message":"slowly"}`:                  "again",
		`{"Code":"ServiceUnavailable","Message":"later"}`:                "again",
		`<html>`: "never",
	} {
		c := newCloud(t)
		c.refuse = body
		p, log := started(t, hosting(recording(t, "go.amr"), nil), c.config())
		p.Send(said())
		if got := log.of(t); len(got) != 1 || !strings.Contains(got[0], "class="+class) || !strings.Contains(got[0], "get a token") || strings.Contains(got[0], "hush") {
			t.Errorf("%s: the log says %q", body, got)
		}
	}
}
