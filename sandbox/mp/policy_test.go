package mp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// TestRules_Numbers changes what tests in a hurry change.
func TestRules_Numbers(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{TryTimeout: time.Second, Tries: 2, TextLimit: 10}, hangs)
	done := w.push(t, mp.Push{Person: ann, Content: mp.Text("hello")})
	for range 2 {
		w.arrive(1)
		w.clock.Advance(time.Second)
	}
	if out := <-done; len(out.Tries) != 2 || out.Tries[0].Took != time.Second || !out.Fault {
		t.Errorf("%+v", out)
	}
	w = newWorld(t, settings("plain"), mp.Rules{TriesOnError: 1}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	if out := w.say(t, mp.Text("hello")); len(out.Tries) != 1 || !out.Fault {
		t.Errorf("%+v", out)
	}
	w = newWorld(t, settings("plain"), mp.Rules{TextLimit: 10}, says(textReply("12345678901")))
	if out := w.say(t, mp.Text("hello")); !out.Fault || !strings.Contains(out.Why, "11 bytes") {
		t.Errorf("%+v", out)
	}
}

// TestOutcome_SaysWhatHappened is what a page shows beside the chat.
func TestOutcome_SaysWhatHappened(t *testing.T) {
	w := newWorld(t, settings("safe"), mp.Rules{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		says(sealed(t, textReply("hi"), 1790000000))(w, r)
	})
	out := w.say(t, mp.Text("hello"))
	try := out.Tries[0]
	if try.Status != 200 || try.Header["Content-Type"][0] != "text/xml" || string(try.Plain) != textReply("hi") || !try.Began.Equal(noon) {
		t.Errorf("%+v", try)
	}
	if !strings.Contains(try.URL, "msg_signature=") || !strings.Contains(string(out.Plain), "hello") || string(out.Request) != w.sent()[0] {
		t.Errorf("%+v", out)
	}
	entries := w.account.Transcript(ann)
	if len(entries) != 2 || entries[0].Kind != transcript.Said || entries[1].Kind != transcript.Saw {
		t.Fatalf("%+v", entries)
	}
	for _, e := range entries {
		if e.Message != out.Message || !e.Time.Equal(noon) || e.Account != "gh_0123456789ab" || e.Person != ann {
			t.Errorf("%+v", e)
		}
	}
}

// TestPlatform_SharesItsTranscript waits for an entry as a page or a test does.
func TestPlatform_SharesItsTranscript(t *testing.T) {
	log := transcript.New(10)
	p := mp.New(mp.Options{Transcript: log, Clock: clock.NewMoved(noon)})
	defer p.Close()
	if p.Transcript() != log {
		t.Error("it has another transcript")
	}
	w := newWorld(t, settings("plain"), mp.Rules{}, says(textReply("hi")))
	done := w.push(t, mp.Push{Person: ann, Content: mp.Text("hello")})
	e, err := w.Transcript().Wait(t.Context(), 0, func(e transcript.Entry) bool { return e.Kind == transcript.Saw })
	if err != nil || e.Text != "hi" {
		t.Errorf("%+v, %v", e, err)
	}
	<-done
}

func TestReply_RemarkOnArticlesThatAreDropped(t *testing.T) {
	article := "<item><Title>T</Title><Description>D</Description><PicUrl>p</PicUrl><Url>u</Url></item>"
	body := reply("<MsgType>news</MsgType><ArticleCount>9</ArticleCount><Articles>" + strings.Repeat(article, 9) + "</Articles>")
	for most, in := range map[int]mp.Inbound{1: mp.Text("hello"), 8: mp.Click("K")} {
		w := newWorld(t, settings("plain"), mp.Rules{}, says(body))
		out := w.say(t, in)
		if out.Fault || len(out.Reply.Articles) != most {
			t.Errorf("%d: %+v", most, out)
		}
		if why := w.account.Transcript(ann)[1].Why; !strings.Contains(why, "9 articles") {
			t.Errorf("the developer reads %q", why)
		}
	}
}

func TestReply_VideoAndMusic(t *testing.T) {
	for kind, element := range map[string]string{
		"video": "<Video><MediaId>VID</MediaId><Title>T</Title></Video>", "music": "<Music><Title>T</Title><ThumbMediaId>THUMB</ThumbMediaId></Music>",
	} {
		var body string
		w := newWorld(t, settings("plain"), mp.Rules{}, func(w http.ResponseWriter, r *http.Request) { says(body)(w, r) })
		video, thumb := w.account.Keep("video", "a.mp4", []byte("mp4")), w.account.Keep("thumb", "a.jpg", []byte("jpg"))
		body = reply("<MsgType>" + kind + "</MsgType>" + strings.NewReplacer("VID", video, "THUMB", thumb).Replace(element))
		if out := w.say(t, mp.Text("hello")); out.Fault || out.Reply.Title != "T" || (out.Reply.MediaID != video && out.Reply.MediaID != thumb) {
			t.Errorf("%s: %+v", kind, out)
		}
		body = strings.NewReplacer(video, thumb, thumb, video).Replace(body)
		if out := w.say(t, mp.Text("hello")); !out.Fault || !strings.Contains(out.Why, "of type") {
			t.Errorf("%s: %+v", kind, out)
		}
	}
}
