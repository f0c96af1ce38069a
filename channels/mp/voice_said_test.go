package mp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

func TestVoice_WhatIsSaidIsAMessage(t *testing.T) {
	c, in, _ := answering(t, voiceConfig(), sdk.Text{Text: "晴<b>"}, sdk.Text{Text: "二十度"})
	v := visitorOf(t, c)
	wantReplies(t, v.say(saidID, " 今天天气\x00怎么样 "), true, "晴<b>", "二十度")
	m := in.last(t)
	if got := voiceOf(t, m); got.Media.ID != "SERVER_1" || got.Transcript != "今天天气怎么样" {
		t.Errorf("the voice is %+v", got)
	}
	if !strings.HasPrefix(m.Sender, guest) || m.Account != testApp || m.Conversation != testApp+"/"+m.Sender || m.Channel != "wx" ||
		m.ID != m.Conversation+"/voice/"+saidID || time.Since(m.Time) > time.Minute {
		t.Errorf("the message is %+v", m)
	}
	wantReplies(t, v.post("/said", "application/json", `{"id": "`+saidID+`x", "text": "", "serverId": "S-2"}`), true, "晴<b>", "二十度")
	if got := voiceOf(t, in.last(t)); got.Media.ID != "S-2" || got.Transcript != "" {
		t.Errorf("without a transcript the voice is %+v", got)
	}
}

func TestVoice_WhatTheBrowserRecordedIsAMessage(t *testing.T) {
	c, in, _ := answering(t, voiceConfig(), sdk.Text{Text: "ok"})
	v := visitorOf(t, c)
	wav := recorded(1)
	for range 2 { // A repeat neither runs nor is kept again.
		wantReplies(t, v.post("/recording?id="+saidID, "audio/wav", wav), true, "ok")
	}
	voice := voiceOf(t, in.last(t))
	data, err := c.OpenMedia(t.Context(), voice.Media) // As plugins do.
	if err != nil || voice.Media.Format != "wav" || voice.Transcript != "" || len(c.voice.recordings.byID) != 1 {
		t.Fatalf("the voice is %+v, of %d recordings, %v", voice, len(c.voice.recordings.byID), err)
	}
	if got, err := io.ReadAll(data); err != nil || string(got) != wav || data.Size != int64(len(wav)) || data.Type != "audio/wav" {
		t.Errorf("%d bytes, %v, of %+v", len(got), err, data)
	}
	if err := data.Close(); err != nil {
		t.Error(err)
	}
}

// TestVoice_RepeatsJoin: a message runs once, however often it comes, and each session has messages of its own.
func TestVoice_RepeatsJoin(t *testing.T) {
	c, in, _ := answering(t, voiceConfig(), sdk.Text{Text: "one"})
	v := visitorOf(t, c)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			wantReplies(t, (&visitor{t: t, c: c, cookie: v.cookie, headers: v.headers}).say(saidID, "hi"), true, "one")
		})
	}
	all.Wait()
	wantReplies(t, v.say(saidID, "hi"), true, "one")
	wantReplies(t, visitorOf(t, c).say(saidID, "hi"), true, "one")
	if turns, received := in.count(); turns != 2 || received != 2 {
		t.Errorf("%d turns of %d messages, want 2", turns, received)
	}
}

// TestVoice_RepliesComeWhenTheyAreThere: the first one does not wait for the end of the turn.
func TestVoice_RepliesComeWhenTheyAreThere(t *testing.T) {
	log, second := &safeBuffer{}, make(chan bool)
	c := newChannel(t, voiceConfig(), log)
	in := newInbox(func(m *sdk.Message) {
		for _, text := range []string{"first", "second"} {
			if err := c.Send(context.Background(), reply(m, sdk.Text{Text: text})); err != nil {
				t.Errorf("send: %v", err)
			}
			<-second
		}
	})
	t.Cleanup(started(t, c, in))
	v := visitorOf(t, c)
	wantReplies(t, v.say(saidID, "hi"), false, "first")
	go func() { second <- true }()
	wantReplies(t, v.get("/replies?from=1&id="+saidID), false, "second")
	go func() { second <- true }()
	wantReplies(t, v.get("/replies?from=2&id="+saidID), true)
	wantReplies(t, v.get("/replies?from=0&id="+saidID), true, "first", "second") // The answer was lost on its way.
	wantFailure(t, visitorOf(t, c).get("/replies?from=0&id="+saidID), http.StatusNotFound, "unknown")
	wantFailure(t, v.get("/replies?from=-1&id="+saidID), http.StatusBadRequest, "broken")
	wantFailure(t, v.get("/replies?from=99999999&id="+saidID), http.StatusBadRequest, "broken")
}

// TestVoice_RefusesWhatIsNotFromThePage is what strangers may send.
func TestVoice_RefusesWhatIsNotFromThePage(t *testing.T) {
	c, in, _ := answering(t, voiceConfig(), sdk.Text{Text: "no"})
	good := said(saidID, "hi")
	for name, test := range map[string]struct {
		path, kind, body string
		header, value    string
		status           int
	}{
		"another site":            {"/said", "application/json", good, "Sec-Fetch-Site", "cross-site", 403},
		"a neighbour of the site": {"/said", "application/json", good, "Sec-Fetch-Site", "same-site", 403},
		"a form":                  {"/said", "text/plain", good, "", "", 415},
		"no type":                 {"/said", "", good, "", "", 415},
		"no cookie":               {"/said", "application/json", good, "Cookie", "", 401},
		"a huge body":             {"/said", "application/json", `{"text": "` + strings.Repeat("x", saidMost), "", "", 413},
		"no JSON":                 {"/said", "application/json", `hello`, "", "", 400},
		"a list":                  {"/said", "application/json", `[]`, "", "", 400},
		"nothing said":            {"/said", "application/json", `{"id": "` + saidID + `", "text": " "}`, "", "", 400},
		"a long text":             {"/said", "application/json", said(saidID, strings.Repeat("长", 2000)), "", "", 400},
		"no id":                   {"/said", "application/json", said("", "hi"), "", "", 400},
		"a strange id":            {"/said", "application/json", said("0123456789abcde/", "hi"), "", "", 400},
		"a recording's id":        {"/said", "application/json", `{"id": "` + saidID + `", "serverId": "recording/ABC"}`, "", "", 400},
		"no recording":            {"/recording?id=" + saidID, "audio/wav", "RIFF", "", "", 400},
		"a recording without id":  {"/recording", "audio/wav", recorded(1), "", "", 400},
		"a long recording":        {"/recording?id=" + saidID, "audio/wav", recorded(62), "", "", 400},
		"a huge recording":        {"/recording?id=" + saidID, "audio/wav", recorded(70), "", "", 413},
		"a recording as a form":   {"/recording?id=" + saidID, "multipart/form-data", recorded(1), "", "", 415},
		"no such place":           {"/else", "application/json", good, "", "", 405},
	} {
		t.Run(name, func(t *testing.T) {
			v := visitorOf(t, c)
			v.headers[test.header] = test.value
			if test.header == "Cookie" {
				v.cookie = ""
			}
			delete(v.headers, "")
			if w := v.post(test.path, test.kind, test.body); w.Code != test.status || strings.Contains(w.Body.String(), "replies") {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, test.status)
			}
		})
	}
	if turns, _ := in.count(); turns != 0 || len(c.voice.recordings.byID) != 0 {
		t.Errorf("%d messages, %d recordings", turns, len(c.voice.recordings.byID))
	}
}

// TestVoice_OriginOfOlderBrowsers, which say nothing of the site but the origin of a post. The proxy has changed Host.
func TestVoice_OriginOfOlderBrowsers(t *testing.T) {
	conf := voiceConfig()
	conf.PublicURL = "https://public.example.com/"
	c, _, _ := answering(t, conf, sdk.Text{Text: "ok"})
	for origin, status := range map[string]int{
		"https://public.example.com": 200, "http://bot.example.com": 200, "https://evil.example.com": 403, "null": 403, "http://public.example.com": 403,
	} {
		v := visitorOf(t, c)
		v.headers = map[string]string{"Origin": origin}
		if w := v.say(saidID, "hi"); w.Code != status {
			t.Errorf("from %s: got %d, want %d", origin, w.Code, status)
		}
	}
}

// endless is a body that comes as long as it is read.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) { e.read += len(p); return len(p), nil }

func TestVoice_EndlessBodyIsNotRead(t *testing.T) {
	c, _, _ := answering(t, voiceConfig())
	v := visitorOf(t, c)
	body := &endless{}
	wantFailure(t, v.do(t.Context(), http.MethodPost, "/recording?id="+saidID, "audio/wav", body), http.StatusRequestEntityTooLarge, "large")
	if body.read > 2*recordingMost {
		t.Errorf("read %d bytes", body.read)
	}
}

func TestVoice_TooManyUploadsAtOnce(t *testing.T) {
	c, _, _ := answering(t, voiceConfig(), sdk.Text{Text: "ok"})
	v := visitorOf(t, c)
	for range uploadsAtOnce {
		c.voice.uploads <- struct{}{}
	}
	wantFailure(t, v.post("/recording?id="+saidID, "audio/wav", recorded(1)), http.StatusServiceUnavailable, "busy")
	<-c.voice.uploads
	wantReplies(t, v.post("/recording?id="+saidID, "audio/wav", recorded(1)), true, "ok")
}

func TestVoice_TooManyMessages(t *testing.T) {
	c, in, _ := answering(t, voiceConfig(), sdk.Text{Text: "ok"})
	v := visitorOf(t, c)
	for range rateOne {
		wantReplies(t, v.say(saidID, "hi"), true, "ok")
	}
	wantFailure(t, v.say(saidID, "hi"), http.StatusTooManyRequests, "busy")
	wantReplies(t, visitorOf(t, c).say(saidID, "hi"), true, "ok")
	if turns, _ := in.count(); turns != 2 {
		t.Errorf("%d turns", turns)
	}
}

// TestVoice_WhatTheInboxRefuses may be said again.
func TestVoice_WhatTheInboxRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		what string
	}{"stopping": {core.ErrStopping, "stopping"}, "busy": {core.ErrBusy, "busy"}, "broken": {errors.New("x"), "busy"}} {
		t.Run(name, func(t *testing.T) {
			c, in, log := answering(t, voiceConfig(), sdk.Text{Text: "ok"})
			v := visitorOf(t, c)
			in.mu.Lock()
			in.refuse = test.err
			in.mu.Unlock()
			wantFailure(t, v.post("/recording?id="+saidID, "audio/wav", recorded(1)), http.StatusServiceUnavailable, test.what)
			if warned := strings.Contains(log.String(), "not taken"); warned != (name == "broken") || len(c.voice.recordings.byID) != 0 {
				t.Errorf("%d recordings; the log: %s", len(c.voice.recordings.byID), log)
			}
			in.mu.Lock()
			in.refuse = nil
			in.mu.Unlock()
			wantReplies(t, v.post("/recording?id="+saidID, "audio/wav", recorded(1)), true, "ok")
		})
	}
}

func TestVoice_BeforeAndAfterRun(t *testing.T) {
	c := newChannel(t, voiceConfig(), io.Discard)
	v := visitorOf(t, c)
	wantFailure(t, v.say(saidID, "hi"), http.StatusServiceUnavailable, "stopping")
	started(t, c, newInbox(func(*sdk.Message) {}))()
	wantFailure(t, v.say(saidID, "hi"), http.StatusServiceUnavailable, "stopping")
}

func TestVoice_RecordingsFull(t *testing.T) {
	c, _, _ := answering(t, voiceConfig(), sdk.Text{Text: "ok"})
	v := visitorOf(t, c)
	id, err := c.voice.recordings.add(make([]byte, recordingsBytes))
	if err != nil {
		t.Fatal(err)
	}
	wantFailure(t, v.post("/recording?id="+saidID, "audio/wav", recorded(1)), http.StatusServiceUnavailable, "busy")
	c.voice.recordings.remove(id)
	wantReplies(t, v.post("/recording?id="+saidID, "audio/wav", recorded(1)), true, "ok")
}
