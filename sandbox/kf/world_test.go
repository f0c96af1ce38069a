package kf_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ann      = "wmTestUser00000000000000000001"
	bob      = "wmTestUser00000000000000000002"
	stranger = "wmNobody"
	zhang    = "zhangsan"
	li       = "lisi"
	aesKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	oldKey   = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
)

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

func settings() kf.Settings {
	return kf.Settings{CorpID: "ww0123456789abcdef", Secret: "secret", Token: "testtoken", AESKey: aesKey, PreviousAESKey: oldKey}
}

// world is a platform whose clock is moved, with one account, two servicers, and a client of the API.
type world struct {
	*kf.Platform
	t       *testing.T
	corp    *kf.Corp
	account *kf.Account
	clock   *clock.Moved
	traffic *traffic.Log
	arrived chan *http.Request // Each callback, with its body read, before the bot answers.
	host    string
	token   string
	began   uint64 // The number of the exchange that made the world.

	mu     sync.Mutex
	bodies []string // Of the callbacks.
}

// newWorld takes what the bot answers to a callback; with nil the corp has no URL.
func newWorld(t *testing.T, s kf.Settings, rules kf.Rules, answer http.HandlerFunc) *world {
	t.Helper()
	return worldAt(t, noon, s, rules, answer)
}

func worldAt(t *testing.T, now time.Time, s kf.Settings, rules kf.Rules, answer http.HandlerFunc) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewMoved(now), traffic: traffic.New(1000), arrived: make(chan *http.Request, 1000)}
	w.Platform = kf.New(kf.Options{Clock: w.clock, Traffic: w.traffic, Rules: rules})
	t.Cleanup(w.Platform.Close)
	if answer != nil {
		bot := httptest.NewServer(w.recording(answer))
		t.Cleanup(bot.Close)
		s.URL = bot.URL + "/kf"
	}
	var err error
	if w.corp, err = w.AddCorp(s); err != nil {
		t.Fatal(err)
	}
	w.account = w.corp.AddAccount("客服小助手")
	w.corp.AddServicer(zhang, "张三")
	w.corp.AddServicer(li, "李四")
	host := httptest.NewServer(w.Platform)
	t.Cleanup(host.Close)
	w.host = host.URL
	w.login()
	w.began = w.exchanged(0)[0].Number
	return w
}

// quiet is a world whose bot polls: no bell rings.
func quiet(t *testing.T, rules kf.Rules) *world {
	t.Helper()
	return newWorld(t, settings(), rules, nil)
}

func (w *world) recording(answer http.HandlerFunc) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // The platform hung up while it sent.
		}
		w.mu.Lock()
		w.bodies = append(w.bodies, string(body))
		w.mu.Unlock()
		w.arrived <- r
		answer(out, r)
	}
}

// sent returns the bodies of the callbacks that have arrived.
func (w *world) sent() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.bodies)
}

func (w *world) arrive(n int) (all []*http.Request) {
	for range n {
		all = append(all, <-w.arrived)
	}
	return all
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// hangs answers nothing until the platform hangs up.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// fails answers with a status.
func fails(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// push says something in the background; the outcome comes when the platform has it.
func (w *world) push(push kf.Push) <-chan *kf.Outcome {
	done := make(chan *kf.Outcome, 1)
	go func() {
		out, err := w.account.Push(w.t.Context(), push)
		if err != nil {
			w.t.Errorf("push: %v", err)
		}
		done <- out
	}()
	return done
}

func (w *world) say(customer string, in kf.Inbound) *kf.Outcome {
	w.t.Helper()
	return <-w.push(kf.Push{Customer: customer, Content: in})
}

// did holds that what a servicer did worked.
func (w *world) did(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// exchanged returns what went over the wire behind the exchange with the given number, once there is something: nothing of the
// calls that made the world.
func (w *world) exchanged(n uint64) []traffic.Exchange {
	w.t.Helper()
	for {
		all, more := w.traffic.After(w.began + n)
		if len(all) > 0 {
			return all
		}
		<-more
	}
}

// object is JSON.
type object = map[string]any

// do makes a call and returns its response, read.
func (w *world) do(method, path, kind string, body []byte, headers ...string) (*http.Response, []byte) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.host+strings.Replace(path, "TOKEN", w.token, 1), bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response, data
}

// decoded is the answer of a call, which is a 200 and JSON.
func (w *world) decoded(response *http.Response, data []byte) object {
	w.t.Helper()
	var answer object
	if err := json.Unmarshal(data, &answer); err != nil || response.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %s, %v, %q", response.Request.URL.Path, response.Status, err, data)
	}
	return answer
}

func (w *world) get(path string) object {
	w.t.Helper()
	return w.decoded(w.do("GET", "/cgi-bin/"+path, "", nil))
}

// post makes a call with the token of w. The body is JSON as it is, or something that becomes JSON.
func (w *world) post(path string, body any) object {
	w.t.Helper()
	data, ok := body.(string)
	if !ok {
		text, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		data = string(text)
	}
	return w.decoded(w.do("POST", "/cgi-bin/"+path+"?access_token=TOKEN", "application/json", []byte(data)))
}

func (w *world) login() {
	w.t.Helper()
	w.token, _ = w.get("gettoken?corpid=ww0123456789abcdef&corpsecret=secret")["access_token"].(string)
}

var refusalText = regexp.MustCompile(`^\S.*, hint: \[\d+\], from ip: 127\.0\.0\.1, more info at https://open\.work\.weixin\.qq\.com/devtool/query\?e=(-?\d+)$`)

// refused holds that an answer is a refusal as the platform writes them.
func (w *world) refused(answer object, code int) {
	w.t.Helper()
	text, _ := answer["errmsg"].(string)
	found := refusalText.FindStringSubmatch(text)
	if answer["errcode"] != float64(code) || found == nil || found[1] != fmt.Sprint(code) {
		w.t.Errorf("got %v, want %d", answer, code)
	}
}

func (w *world) accepted(answer object) object {
	w.t.Helper()
	if answer["errcode"] != 0.0 || answer["errmsg"] != "ok" {
		w.t.Errorf("got %v", answer)
	}
	return answer
}

// message is a message of the bot to ann.
func (w *world) message(kind string, body any) object {
	return object{"touser": ann, "open_kfid": w.account.ID(), "msgtype": kind, kind: body}
}

func (w *world) sendText(text string) object {
	w.t.Helper()
	return w.post("kf/send_msg", w.message("text", object{"content": text}))
}

// pull makes one call of sync_msg, with more fields than the account's id.
func (w *world) pull(fields object) object {
	w.t.Helper()
	body := object{"open_kfid": w.account.ID()}
	for name, value := range fields {
		body[name] = value
	}
	return w.post("kf/sync_msg", body)
}

// messages returns the whole log. It pulls with a token, as often as it likes.
func (w *world) messages() (all []object) {
	w.t.Helper()
	cursor := ""
	for {
		page := w.accepted(w.pull(object{"cursor": cursor}))
		all = append(all, list(page)...)
		cursor, _ = page["next_cursor"].(string)
		if page["has_more"] != 1.0 {
			return all
		}
	}
}

func list(page object) (all []object) {
	items, _ := page["msg_list"].([]any)
	for _, item := range items {
		all = append(all, item.(object))
	}
	return all
}

// last is the newest entry of the log.
func (w *world) last() object {
	w.t.Helper()
	all := w.messages()
	if len(all) == 0 {
		w.t.Fatal("the log is empty")
	}
	return all[len(all)-1]
}

func (w *world) state(customer string) string {
	is := w.account.Session(customer)
	return strings.TrimSpace(fmt.Sprint(is.State, " ", is.Servicer))
}

func (w *world) trans(state int, servicer string) object {
	w.t.Helper()
	return w.post("kf/service_state/trans", object{
		"open_kfid": w.account.ID(), "external_userid": ann, "service_state": state, "servicer_userid": servicer,
	})
}

func (w *world) upload(kind, field, name string, data []byte) object {
	w.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		w.t.Fatal(err)
	}
	_, _ = part.Write(data) // Into memory.
	_ = form.Close()
	return w.decoded(w.do("POST", "/cgi-bin/media/upload?access_token=TOKEN&type="+kind, form.FormDataContentType(), b.Bytes()))
}

// seen writes down a transcript: kinds, types and texts.
func seen(entries []transcript.Entry) string {
	var lines []string
	for _, e := range entries {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Kind, e.Type, e.Text)))
	}
	return strings.Join(lines, " | ")
}

// free is rules that let tests pull as they like.
func free() kf.Rules { return kf.Rules{SyncsWithoutToken: -1} }
