package kftest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sandbox/kf/kftest"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	corpID = "ww0123456789abcdef"
	token  = "testtoken"
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// call is what the bot asked of the API.
type call struct {
	path string
	body map[string]any
}

// stage is an API that answers from a script, and the bot before it.
type stage struct {
	t     *testing.T
	bot   *kftest.Echo
	calls chan call
}

// newStage takes what each path answers, in its order; the last answer stays.
func newStage(t *testing.T, script map[string][]string) *stage {
	t.Helper()
	s := &stage{t: t, calls: make(chan call, 1000)}
	script["/cgi-bin/gettoken"] = []string{`{"errcode":0,"access_token":"T"}`}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body) // A GET has none.
		answers := script[r.URL.Path]             // The bot makes one call at a time.
		if len(answers) > 1 {
			script[r.URL.Path] = answers[1:]
		}
		if len(answers) == 0 {
			answers = []string{`{"errcode":0}`}
		}
		s.calls <- call{r.URL.Path + "?" + r.URL.RawQuery, body}
		_, _ = io.WriteString(w, answers[0])
	}))
	s.bot = kftest.NewEcho(kftest.Options{APIBase: api.URL, CorpID: corpID, Secret: "secret", Token: token, AESKey: aesKey})
	t.Cleanup(api.Close)
	t.Cleanup(s.bot.Close)
	return s
}

// ask makes a signed request with what is encrypted in it, and returns status and body.
func (s *stage) ask(method, plain string, change func(url.Values)) (int, string) {
	s.t.Helper()
	cipher, err := wire.NewCipher(aesKey, corpID)
	if err != nil {
		s.t.Fatal(err)
	}
	sealed, err := cipher.Seal(strings.NewReader("0123456789abcdef"), []byte(plain))
	if err != nil {
		s.t.Fatal(err)
	}
	q := url.Values{"timestamp": {"1"}, "nonce": {"2"}, "msg_signature": {wire.Sign(token, "1", "2", sealed)}}
	if change != nil {
		change(q)
	}
	body := wire.Line(wire.Text("ToUserName", corpID), wire.Text("Encrypt", sealed))
	if method == http.MethodGet {
		q.Set("echostr", sealed)
		body = nil
	}
	w := httptest.NewRecorder()
	s.bot.ServeHTTP(w, httptest.NewRequest(method, "/kf?"+q.Encode(), strings.NewReader(string(body))))
	return w.Code, w.Body.String()
}

// ring rings the bell of an account.
func (s *stage) ring(bellToken, account string) {
	s.t.Helper()
	plain := wire.Line(wire.Text("Event", "kf_msg_or_event"), wire.Text("Token", bellToken), wire.Text("OpenKfId", account))
	if status, body := s.ask(http.MethodPost, string(plain), nil); status != http.StatusOK || body != "" {
		s.t.Errorf("the bell: %d %q", status, body)
	}
}

// called returns the next n calls: their paths, and what identifies them.
func (s *stage) called(n int) (all []string) {
	for range n {
		c := <-s.calls
		name, _, _ := strings.Cut(strings.TrimPrefix(c.path, "/cgi-bin/"), "?")
		if text, ok := c.body["text"].(map[string]any); ok {
			name += fmt.Sprint(" ", text["content"])
		}
		if c.body["open_kfid"] != nil && c.body["touser"] == nil {
			name += fmt.Sprint(" ", c.body["open_kfid"], "/", c.body["cursor"], "/", c.body["token"])
		}
		all = append(all, name)
	}
	return all
}

const (
	send   = "/cgi-bin/kf/send_msg"
	pull   = "/cgi-bin/kf/sync_msg"
	expire = `{"errcode":42001,"errmsg":"access_token expired"}`
)

func text(content string, origin int) string {
	return fmt.Sprintf(`{"external_userid":"wm1","origin":%d,"msgtype":"text","text":{"content":%q}}`, origin, content)
}

func page(cursor string, more int, messages ...string) string {
	return fmt.Sprintf(`{"errcode":0,"next_cursor":%q,"has_more":%d,"msg_list":[%s]}`, cursor, more, strings.Join(messages, ","))
}

func TestEcho_ProvesWhoItIs(t *testing.T) {
	s := newStage(t, map[string][]string{})
	if status, body := s.ask(http.MethodGet, "1616140317555161061", nil); status != http.StatusOK || body != "1616140317555161061" {
		t.Errorf("%d %q", status, body)
	}
	for name, change := range map[string]func(url.Values){
		"no signature": func(q url.Values) { q.Del("msg_signature") }, "wrong signature": func(q url.Values) { q.Set("msg_signature", strings.Repeat("0", 40)) },
		"another nonce": func(q url.Values) { q.Set("nonce", "3") },
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if status, _ := s.ask(method, "x", change); status != http.StatusForbidden {
				t.Errorf("%s, %s: %d", method, name, status)
			}
		}
	}
}

// TestEcho_RawPlus is a proxy that undoes the escapes of a URL: a plus becomes a space on the way.
func TestEcho_RawPlus(t *testing.T) {
	s := newStage(t, map[string][]string{})
	const sealed = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
	bot := kftest.NewEcho(kftest.Options{CorpID: "wx5823bf96d3bd56c7", Token: "QDG6eK", AESKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"})
	t.Cleanup(bot.Close)
	w := httptest.NewRecorder()
	bot.ServeHTTP(w, httptest.NewRequest(http.MethodGet,
		"/?msg_signature=5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3&timestamp=1409659589&nonce=263014780&echostr="+sealed, nil))
	if w.Code != http.StatusOK || w.Body.String() != "1616140317555161061" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if s.bot.Err() != nil {
		t.Error(s.bot.Err())
	}
}

func TestEcho_PullsEveryPage(t *testing.T) {
	s := newStage(t, map[string][]string{
		pull: {expire, page("c1", 1), page("c2", 1, text("a", 3), text("b", 3)), page("c3", 0, text("c", 3)), page("c4", 0)},
		send: {`{"errcode":0}`},
	})
	s.ring("K", "wk1")
	want := []string{
		"kf/sync_msg wk1//K", "gettoken", "kf/sync_msg wk1//K", "kf/sync_msg wk1/c1/K", "kf/send_msg echo: a", "kf/send_msg echo: b",
		"kf/sync_msg wk1/c2/K", "kf/send_msg echo: c",
	}
	if got := s.called(len(want)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	s.ring("L", "wk1")
	s.ring("M", "wk2")
	got := s.called(2)
	if slices.Sort(got); !slices.Equal(got, []string{"kf/sync_msg wk1/c3/L", "kf/sync_msg wk2//M"}) {
		t.Errorf("got %q", got)
	}
}

func TestEcho_AnswersCustomersOnly(t *testing.T) {
	s := newStage(t, map[string][]string{
		pull: {page("c", 0, text("a servicer's", 5), `{"msgtype":"odd","odd":1}`, `{"origin":3,"msgtype":"image","image":{"media_id":"M"}}`,
			`{"origin":4,"msgtype":"event","event":{"event_type":"enter_session","welcome_code":"W"}}`,
			`{"msgtype":"event","event":{"event_type":"enter_session"}}`, text("a customer's", 3))},
	})
	s.ring("K", "wk1")
	want := []string{"kf/sync_msg wk1//K", "kf/send_msg_on_event welcome", "kf/send_msg echo: a customer's"}
	if got := s.called(len(want)); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestEcho_OldBellToken(t *testing.T) {
	s := newStage(t, map[string][]string{
		pull: {`{"errcode":95007,"errmsg":"invalid msg token"}`, page("c1", 1), page("c2", 0, text("a", 3))},
	})
	s.ring("K", "wk1")
	want := []string{"kf/sync_msg wk1//K", "kf/sync_msg wk1//", "kf/sync_msg wk1/c1/", "kf/send_msg echo: a"}
	if got := s.called(len(want)); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestEcho_GoesOnAfterARefusal holds that one answer that is refused costs no other, and one page that is refused is read again.
func TestEcho_GoesOnAfterARefusal(t *testing.T) {
	s := newStage(t, map[string][]string{
		pull: {`{"errcode":-1,"errmsg":"system error"}`, page("c1", 0, text("a", 3), text("b", 3))},
		send: {`{"errcode":95018,"errmsg":"send msg session status invalid"}`, `no JSON`},
	})
	s.ring("K", "wk1")
	if got := s.called(1); !slices.Equal(got, []string{"kf/sync_msg wk1//K"}) {
		t.Errorf("got %q", got)
	}
	s.ring("L", "wk1")
	want := []string{"kf/sync_msg wk1//L", "kf/send_msg echo: a", "kf/send_msg echo: b"}
	if got := s.called(len(want)); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	s.bot.Close()
	if err := s.bot.Err(); err == nil || !strings.Contains(err.Error(), "send_msg") {
		t.Errorf("got %v", err)
	}
}

func TestEcho_OtherCallbacks(t *testing.T) {
	s := newStage(t, map[string][]string{})
	for _, plain := range []string{"<xml><Event>kf_account_auth_change</Event></xml>", "no XML", ""} {
		if status, _ := s.ask(http.MethodPost, plain, nil); status != http.StatusOK {
			t.Errorf("%q: %d", plain, status)
		}
	}
	s.bot.Close()
	s.ring("K", "wk1") // Acknowledged, and nothing else.
	if len(s.calls) != 0 {
		t.Errorf("%q", s.called(1))
	}
}
