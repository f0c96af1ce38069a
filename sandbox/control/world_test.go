package control_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/control"
	"github.com/chuanhuabot/bot/sandbox/kf/kftest"
	"github.com/chuanhuabot/bot/sandbox/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// desk is a world behind its API, with a clock that stands.
type desk struct {
	*world.World
	t   *testing.T
	url string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	w := world.New(world.Options{Clock: clock.NewMoved(noon)})
	mux := http.NewServeMux()
	mux.Handle("/mp/", http.StripPrefix("/mp", w.MP))
	mux.Handle("/kf/", http.StripPrefix("/kf", w.KF))
	mux.Handle("/api/", control.New(w))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(w.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return &desk{w, t, server.URL}
}

// bot is a server that answers every callback of a path.
func (d *desk) bot(answer http.HandlerFunc) string {
	d.t.Helper()
	server := httptest.NewServer(answer)
	d.t.Cleanup(server.Close)
	return server.URL + "/wx"
}

// mp adds an Official Account whose bot repeats what it got, in plain mode.
func (d *desk) mp(name string) object {
	d.t.Helper()
	return d.ok("POST", "/api/accounts", object{"platform": "mp", "name": name, "kind": "verified", "url": d.bot(repeat)})
}

// repeat answers with a text: the body between two marks, as far as it is one.
func repeat(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	field := func(name string) string {
		_, rest, _ := strings.Cut(string(body), "<"+name+"><![CDATA[")
		value, _, _ := strings.Cut(rest, "]]>")
		return value
	}
	fmt.Fprintf(w, "<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>1790000000</CreateTime>"+
		"<MsgType>text</MsgType><Content>%s</Content></xml>", field("FromUserName"), field("ToUserName"), "you: "+field("Content")+field("Event"))
}

// kf adds a customer service account with the tests' own bot behind it.
func (d *desk) kf(name string) object {
	d.t.Helper()
	var bot *kftest.Echo
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { bot.ServeHTTP(w, r) }))
	made := d.ok("POST", "/api/accounts", object{"platform": "kf", "name": name, "url": server.URL + "/kf"})
	bot = kftest.NewEcho(kftest.Options{
		APIBase: made["api_base"].(string), CorpID: made["corp_id"].(string), Secret: made["secret"].(string),
		Token: made["token"].(string), AESKey: made["aes_key"].(string),
	})
	d.t.Cleanup(bot.Close)
	d.t.Cleanup(server.Close)
	return made
}

// object is JSON.
type object = map[string]any

// do makes a request of the API.
func (d *desk) do(method, path string, body any) (int, object) {
	d.t.Helper()
	data, raw := body.([]byte)
	if !raw && body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			d.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, bytes.NewReader(data))
	if err != nil {
		d.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer object
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		d.t.Fatalf("%s %s: %s, %v", method, path, response.Status, err)
	}
	return response.StatusCode, answer
}

// ok makes a request that works.
func (d *desk) ok(method, path string, body any) object {
	d.t.Helper()
	status, answer := d.do(method, path, body)
	if status != http.StatusOK {
		d.t.Fatalf("%s %s: %d %v", method, path, status, answer)
	}
	return answer
}

// wrong makes a request that is refused with a text that has all the words.
func (d *desk) wrong(method, path string, body any, words string) {
	d.t.Helper()
	status, answer := d.do(method, path, body)
	text, _ := answer["error"].(string)
	if status < 400 || status > 499 {
		d.t.Errorf("%s %s %v: %d %v", method, path, body, status, answer)
	}
	for word := range strings.FieldsSeq(words) {
		if !strings.Contains(text, word) {
			d.t.Errorf("%s %s %v: no %q in %q", method, path, body, word, text)
		}
	}
}

// transcript writes down what one person said and saw.
func (d *desk) transcript(account, person string) string {
	d.t.Helper()
	var lines []string
	for _, e := range d.ok("GET", "/api/transcript?account="+account+"&person="+url.QueryEscape(person), nil)["entries"].([]any) {
		e := e.(object)
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", e["kind"], e["type"], e["text"])))
	}
	return strings.Join(lines, " | ")
}

// sees waits until a person sees a text.
func (d *desk) sees(account, person, text string) {
	d.t.Helper()
	after := 0.0
	for {
		entries := d.ok("GET", fmt.Sprintf("/api/transcript?account=%s&person=%s&kind=saw&wait=20s&after=%.0f", account, url.QueryEscape(person), after), nil)["entries"].([]any)
		if len(entries) == 0 {
			d.t.Fatalf("%s does not see %q but %s", person, text, d.transcript(account, person))
		}
		for _, e := range entries {
			e := e.(object)
			if after = e["number"].(float64); strings.Contains(e["text"].(string), text) {
				return
			}
		}
	}
}
