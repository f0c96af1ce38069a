package kf_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/kf/kftest"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// TestLog_IsBounded writes more than the log keeps, and pulls the oldest that is left.
func TestLog_IsBounded(t *testing.T) {
	w := quiet(t, free())
	const kept = 100_000
	for i := range kept + 10 {
		if _, err := w.account.Begin(kf.Push{Customer: ann, Content: kf.Text(fmt.Sprint(i))}); err != nil {
			t.Fatal(err)
		}
	}
	page := w.accepted(w.pull(nil))
	if got := list(page); len(got) != 1000 || contents(got[:1]) != "10" || page["has_more"] != 1.0 {
		t.Errorf("%d messages, the first is %s", len(got), contents(got[:1]))
	}
}

// FuzzSend posts anything to every path that takes JSON: each answer is a 200 with an errcode.
func FuzzSend(f *testing.F) {
	p := kf.New(kf.Options{Rules: kf.Rules{SyncsWithoutToken: -1, CallsPerMinute: -1, AsyncFailures: true, SendTakes: true, TransToEnd: true}})
	f.Cleanup(p.Close)
	corp, err := p.AddCorp(settings())
	if err != nil {
		f.Fatal(err)
	}
	a := corp.AddAccount("客服")
	corp.AddServicer(zhang, "张三")
	paths := []string{
		"kf/sync_msg", "kf/send_msg", "kf/send_msg_on_event", "kf/service_state/get", "kf/service_state/trans", "kf/account/list", "kf/account/add",
		"kf/account/update", "kf/add_contact_way", "kf/servicer/add", "kf/servicer/del", "kf/customer/batchget",
		"kf/customer/upgrade_service", "kf/customer/cancel_upgrade_service", "kf/get_corp_qualification", "media/upload",
	}
	for i, body := range []string{
		`{"open_kfid":"ID","cursor":"x","limit":3}`, `{"touser":"` + ann + `","open_kfid":"ID","msgtype":"text","text":{"content":"hi"}}`,
		`{"code":"CODE","msgtype":"msgmenu","msgmenu":{"list":[{"type":"click","click":{}}]}}`, `{"open_kfid":"ID","external_userid":"` + ann + `"}`,
		`{"open_kfid":"ID","external_userid":"` + ann + `","service_state":3,"servicer_userid":"zhangsan"}`, `{"offset":1}`, `{"name":"a"}`,
		`{"open_kfid":"ID","name":"b"}`, `{"open_kfid":"ID","scene":"s"}`, `{"open_kfid":"ID","userid_list":["zhangsan"]}`, `{"open_kfid":"ID"}`,
		`{"external_userid_list":["` + ann + `"]}`, `{"open_kfid":"ID","external_userid":"` + ann + `","type":1}`, `{`, `null`, `[]`,
		`{"touser":"` + ann + `","open_kfid":"ID","msgtype":"msgmenu","msgmenu":{"list":[{"type":"view"},{"type":"text"},{}]}}`,
		`{"touser":"` + ann + `","open_kfid":"ID","msgtype":"location","location":{"latitude":null}}`,
	} {
		f.Add(i, strings.ReplaceAll(body, "ID", a.ID()))
	}
	f.Fuzz(func(t *testing.T, which int, body string) {
		if _, err := a.Begin(kf.Push{Customer: ann, Content: kf.Text("hello")}); err != nil {
			t.Fatal(err)
		}
		address := "/cgi-bin/" + paths[uint(which)%uint(len(paths))] + "?type=file&access_token=" + tokenFor(t, p)
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest("POST", address, strings.NewReader(body)))
		var answer struct {
			Code *int `json:"errcode"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK || answer.Code == nil {
			t.Errorf("%s: %d %q, %v", address, w.Code, w.Body, err)
		}
	})
}

// FuzzQuery asks for media and tokens with anything in the query and in Range.
func FuzzQuery(f *testing.F) {
	p := kf.New(kf.Options{Rules: kf.Rules{CallsPerMinute: -1}})
	f.Cleanup(p.Close)
	corp, err := p.AddCorp(settings())
	if err != nil {
		f.Fatal(err)
	}
	media := corp.Keep("file", "a\r\nb", []byte("0123456789"))
	for _, wanted := range []string{"", "bytes=0-4", "bytes=-3", "bytes=4-", "bytes=--", "bytes=9-1", "x"} {
		f.Add(media, wanted)
	}
	f.Fuzz(func(t *testing.T, id, wanted string) {
		r := httptest.NewRequest("GET", "/cgi-bin/media/get", nil)
		q := r.URL.Query()
		q.Set("media_id", id)
		q.Set("access_token", tokenFor(t, p))
		r.URL.RawQuery = q.Encode()
		r.Header.Set("Range", wanted)
		w := httptest.NewRecorder()
		if p.ServeHTTP(w, r); w.Code != http.StatusOK && (w.Code != http.StatusPartialContent || wanted == "") {
			t.Errorf("%q: %d", wanted, w.Code)
		}
	})
}

// tokenFor logs in.
func tokenFor(t testing.TB, p http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest("GET", "/cgi-bin/"+login, nil))
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Token == "" {
		t.Fatalf("%s, %v", w.Body, err)
	}
	return answer.Token
}

// BenchmarkBell is how many bells the engine rings at a bot that costs nothing; the goal is 1,000 a second on two cores.
func BenchmarkBell(b *testing.B) {
	for _, alive := range []bool{true, false} {
		b.Run(fmt.Sprintf("keep-alive=%t", alive), func(b *testing.B) {
			p := kf.New(kf.Options{Rules: kf.Rules{KeepAlive: alive}})
			defer p.Close()
			server := httptest.NewServer(says(""))
			defer server.Close()
			s := settings()
			s.URL = server.URL
			corp, err := p.AddCorp(s)
			if err != nil {
				b.Fatal(err)
			}
			a := corp.AddAccount("客服")
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if out, err := a.Say(context.Background(), ann, kf.Text("hello")); err != nil || !out.Answered {
						b.Errorf("%+v, %v", out, err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "bells/s")
		})
	}
}

// BenchmarkSyncAndSend is a message in the log, a pull and an answer, each by HTTP; the goal is 1,000 a second on two cores.
func BenchmarkSyncAndSend(b *testing.B) {
	p := kf.New(kf.Options{Rules: kf.Rules{SyncsWithoutToken: -1, CallsPerMinute: -1}})
	defer p.Close()
	corp, err := p.AddCorp(settings())
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(p)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	token := tokenFor(b, p)
	post := func(path, body string) []byte {
		response, err := client.Post(server.URL+"/cgi-bin/kf/"+path+"?access_token="+token, "application/json", strings.NewReader(body))
		if err != nil {
			b.Error(err)
			return nil
		}
		defer response.Body.Close()
		answer, err := io.ReadAll(response.Body)
		if err != nil || !bytes.HasPrefix(answer, []byte(`{"errcode":0,`)) {
			b.Errorf("%s: %s, %v", path, answer, err)
		}
		return answer
	}
	var customers atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		who, cursor := fmt.Sprint("wm", customers.Add(1)), ""
		a := corp.AddAccount(who)
		for pb.Next() {
			if _, err := a.Begin(kf.Push{Customer: who, Content: kf.Text("hello")}); err != nil {
				b.Error(err)
			}
			var page struct {
				Next string `json:"next_cursor"`
			}
			if err := json.Unmarshal(post("sync_msg", `{"open_kfid":"`+a.ID()+`","cursor":"`+cursor+`"}`), &page); err != nil {
				b.Error(err)
			}
			cursor = page.Next
			post("send_msg", `{"open_kfid":"`+a.ID()+`","touser":"`+who+`","msgtype":"text","text":{"content":"hi"}}`)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}

// BenchmarkPath is the whole path with the least bot: bell, pull, answer.
func BenchmarkPath(b *testing.B) {
	p := kf.New(kf.Options{Transcript: transcript.New(1 << 20), Rules: kf.Rules{CallsPerMinute: -1, KeepAlive: true}})
	host := httptest.NewServer(p)
	s := settings()
	echo := kftest.NewEcho(kftest.Options{APIBase: host.URL, CorpID: s.CorpID, Secret: s.Secret, Token: s.Token, AESKey: s.AESKey})
	bot := httptest.NewServer(echo)
	defer func() {
		echo.Close()
		bot.Close()
		host.Close()
		p.Close()
	}()
	s.URL = bot.URL
	corp, err := p.AddCorp(s)
	if err != nil {
		b.Fatal(err)
	}
	a := corp.AddAccount("客服")
	var customers atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := a.Say(context.Background(), fmt.Sprint("wm", customers.Add(1)), kf.Text("hello")); err != nil {
				b.Error(err)
			}
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for answered, number := 0, uint64(0); answered < b.N; answered++ {
		e, err := p.Transcript().Wait(ctx, number, func(e transcript.Entry) bool { return e.Kind == transcript.Saw })
		if err != nil {
			b.Fatalf("%d of %d: %v, %v", answered, b.N, err, echo.Err())
		}
		number = e.Number
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}
