package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func spell(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func decode(t *testing.T, r *http.Response) object {
	t.Helper()
	var v object
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestServer_OtherWebSitesAreRefused holds that a page elsewhere cannot use a browser to get at the sandbox.
func TestServer_OtherWebSitesAreRefused(t *testing.T) {
	d := newDesk(t)
	for name, test := range map[string]struct {
		method, host string
		header       http.Header
		want         int
	}{
		"a program":               {"POST", "", nil, 200},
		"its own page":            {"POST", "", http.Header{"Sec-Fetch-Site": {"same-origin"}}, 200},
		"a form elsewhere":        {"POST", "", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"an image elsewhere":      {"GET", "", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"an old browser":          {"POST", "", http.Header{"Origin": {"https://example.com"}}, 403},
		"a name that points here": {"GET", "example.com:8081", nil, 403},
		"localhost":               {"GET", "localhost:8081", nil, 200},
		"IPv6":                    {"GET", "[::1]:8081", nil, 200},
	} {
		path := map[string]string{"GET": "/api/state", "POST": "/api/people"}[test.method]
		r, err := http.NewRequestWithContext(t.Context(), test.method, d.url+path, strings.NewReader(`{"name":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = test.host
		for key, values := range test.header {
			r.Header[key] = values
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer := decode(t, response)
		_ = response.Body.Close()
		if response.StatusCode != test.want || (test.want != 200) != (answer["error"] != nil) {
			t.Errorf("%s: %s %v", name, response.Status, answer)
		}
	}
}

func TestPeople_AreBounded(t *testing.T) {
	d := newDesk(t)
	d.ok("POST", "/api/people", object{"name": "小李"})
	d.ok("POST", "/api/people", object{"name": "小李"})
	if people := spell(d.state()["people"]); people != `["小明","小红","小李"]` {
		t.Error(people)
	}
	d.wrong("POST", "/api/people", object{"name": ""}, "name")
	d.wrong("POST", "/api/people", object{"name": strings.Repeat("长", 41)}, "40")
	for i := range 997 {
		d.ok("POST", "/api/people", object{"name": fmt.Sprint("p", i)})
	}
	d.wrong("POST", "/api/people", object{"name": "one too many"}, "too many")
}

func TestTranscript_WaitsAndFilters(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	d.mp("other")
	d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "one"})
	d.ok("POST", "/api/accounts/other/say", object{"person": "小明", "text": "two"})
	d.ok("POST", "/api/accounts/wx/say", object{"person": "小红", "text": "three"})
	count := func(query string) int { return len(d.ok("GET", "/api/transcript?"+query, nil)["entries"].([]any)) }
	for query, want := range map[string]int{
		"": 6, "account=wx": 4, "account=wx&person=小红": 2, "kind=saw": 3, "account=wx&kind=said&after=1": 1, "after=6": 0,
		"after=6&wait=10ms": 0, "account=wx&person=小刚": 0,
	} {
		if got := count(query); got != want {
			t.Errorf("%s: %d", query, got)
		}
	}
	found := make(chan int)
	go func() { found <- count("after=6&kind=saw&wait=20s") }()
	d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "four"})
	if got := <-found; got != 1 {
		t.Errorf("waited for %d", got)
	}
	if n := len(d.ok("GET", "/api/exchanges?account=wx&person=小明", nil)["exchanges"].([]any)); n != 2 {
		t.Errorf("%d exchanges", n)
	}
	for query, word := range map[string]string{"account=x": `"x"`, "person=小明": "account", "after=x": `"x"`, "wait=1h": "minute", "wait=x": `"x"`, "foo=1": `"foo"`} {
		d.wrong("GET", "/api/transcript?"+query, nil, word)
	}
}

// reader reads server-sent events.
type reader struct {
	lines  *bufio.Scanner
	cancel context.CancelFunc
}

func (d *desk) listen(after string) *reader {
	d.t.Helper()
	ctx, cancel := context.WithCancel(d.t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", d.url+"/api/events", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = response.Body.Close() })
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		d.t.Errorf("Content-Type %s", got)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	return &reader{lines, cancel}
}

// next returns the next event: its name, its id and its data.
func (r *reader) next(t *testing.T) (name, id, data string) {
	t.Helper()
	for r.lines.Scan() {
		key, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch key {
		case "event":
			name = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			if name != "" {
				return name, id, data
			}
		}
	}
	t.Fatalf("the stream ended: %v", r.lines.Err())
	return "", "", ""
}

func TestEvents_RememberedThenLive(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "one"})
	r := d.listen("")
	var names []string
	var id string
	for range 4 {
		var name string
		name, id, _ = r.next(t)
		names = append(names, name)
	}
	if !slices.Equal(names, []string{"entry", "entry", "exchange", "replayed"}) || id != "2.1.0."+d.Run {
		t.Errorf("remembered %v, the last is %s", names, id)
	}
	d.ok("POST", "/api/people", object{"name": "小李"})
	if name, _, _ := r.next(t); name != "state" {
		t.Errorf("somebody new is a %s", name)
	}
	d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "two"})
	for {
		name, _, data := r.next(t)
		if name == "entry" && strings.Contains(data, "you: two") {
			break
		}
	}
	r.cancel()
	again := d.listen(id)
	if name, id, data := again.next(t); name != "entry" || !strings.HasPrefix(id, "3.") || !strings.Contains(data, "two") {
		t.Errorf("after %s comes %s %s", id, name, data)
	}
	again.cancel()
	earlier := d.listen("900.900.900.another")
	if name, id, _ := earlier.next(t); name != "entry" || !strings.HasPrefix(id, "1.0.0.") {
		t.Errorf("after the id of an earlier run comes %s %s", name, id)
	}
	earlier.cancel()
}

// TestEvents_EveryChangeIsTold holds that no change of the state is lost among the entries that come with it.
func TestEvents_EveryChangeIsTold(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	r := d.listen("")
	defer r.cancel()
	for range 50 {
		d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "hi"})
		for {
			if name, _, _ := r.next(t); name == "state" {
				break
			}
		}
	}
}

// TestEvents_EndWithTheWorld holds that a page that is open does not hold the sandbox up.
func TestEvents_EndWithTheWorld(t *testing.T) {
	d := newDesk(t)
	r := d.listen("nonsense")
	d.World.Close()
	for r.lines.Scan() {
	}
	if err := r.lines.Err(); err != nil {
		t.Error(err)
	}
}
