package mp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/mp"
)

// arrive waits for n callbacks and returns them.
func (w *world) arrive(n int) []*http.Request {
	var all []*http.Request
	for range n {
		all = append(all, <-w.arrived)
	}
	return all
}

func TestPush_SilenceIsAskedThreeTimesAndEndsInTheBanner(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, hangs)
	done := w.push(t, mp.Push{Person: ann, Content: mp.Text("hello")})
	var addresses []string
	for range 3 {
		addresses = append(addresses, w.arrive(1)[0].RequestURI)
		w.clock.Advance(5 * time.Second)
	}
	out := <-done
	if len(out.Tries) != 3 || !out.Fault || out.Answered || out.Reply != nil || !strings.Contains(out.Why, "in time") {
		t.Errorf("%+v", out)
	}
	for i, try := range out.Tries {
		if !try.TimedOut || try.Took != 5*time.Second || try.Status != 0 || addresses[i] != addresses[0] || w.sent()[i] != w.sent()[0] {
			t.Errorf("try %d: %+v", i+1, try)
		}
	}
	if got := seen(w.account.Transcript(ann)); got != "said text hello | fault text 该公众号提供的服务出现故障，请稍后再试" {
		t.Error(got)
	}
}

func TestPush_TheLastTryCarriesTheAnswer(t *testing.T) {
	var n atomic.Int64 // A try may begin while the handler of the one before ends.
	w := newWorld(t, settings("plain"), mp.Rules{}, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) < 3 {
			hangs(w, r)
			return
		}
		says(textReply("late"))(w, r)
	})
	done := w.push(t, mp.Push{Person: ann, Content: mp.Text("hello")})
	for range 2 {
		w.arrive(1)
		w.clock.Advance(5 * time.Second)
	}
	if out := <-done; out.Fault || !out.Answered || len(out.Tries) != 3 || out.Reply.Content != "late" {
		t.Errorf("%+v", out)
	}
	if got := seen(w.account.Transcript(ann)); got != "said text hello | saw text late" {
		t.Error(got)
	}
}

func TestPush_AnyStatusBut200IsAskedFourTimesAtOnce(t *testing.T) {
	for _, status := range []int{201, 204, 302, 403, 404, 500, 503} {
		w := newWorld(t, settings("plain"), mp.Rules{}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		})
		out := w.say(t, mp.Text("hello"))
		if len(out.Tries) != 4 || !out.Fault || out.Tries[3].Status != status || !strings.Contains(out.Why, "200") {
			t.Errorf("%d: %+v", status, out)
		}
	}
}

func TestPush_ConnectionThatFailsIsAskedFourTimesAtOnce(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if out := w.say(t, mp.Text("hello")); len(out.Tries) != 4 || !out.Fault || out.Tries[0].TimedOut || out.Tries[0].Err == "" {
		t.Errorf("%+v", out)
	}
}

func TestPush_ErrorAfterSilence(t *testing.T) {
	var n atomic.Int64 // A try may begin while the handler of the one before ends.
	hanging := make(chan struct{})
	w := newWorld(t, settings("plain"), mp.Rules{}, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			close(hanging)
			hangs(w, r)
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
	})
	done := w.push(t, mp.Push{Person: ann, Content: mp.Text("hello")})
	w.arrive(1)
	<-hanging // It has arrived before that, and the second try might be the first to be counted.
	w.clock.Advance(5 * time.Second)
	if out := <-done; len(out.Tries) != 4 || !out.Tries[0].TimedOut || out.Tries[1].TimedOut {
		t.Errorf("%+v", out)
	}
}

func TestPush_HalfAnAnswerIsNone(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "success")
		_ = http.NewResponseController(w).Flush()
		hangs(w, r)
	})
	done := w.push(t, mp.Push{Person: ann, Content: mp.Text("hello")})
	w.arrive(1)
	w.clock.Advance(5 * time.Second)
	if out := <-done; out.Answered || !out.Tries[0].TimedOut {
		t.Errorf("%+v", out)
	}
}

func TestPush_InvalidAnswerIsNotAskedAgain(t *testing.T) {
	for again, tries := range map[bool]int{false: 1, true: 3} {
		w := newWorld(t, settings("plain"), mp.Rules{RetryInvalid: again}, says(`{"ok":true}`))
		if out := w.say(t, mp.Text("hello")); len(out.Tries) != tries || !out.Fault {
			t.Errorf("%t: %+v", again, out)
		}
	}
}

func TestPush_NewQuery(t *testing.T) {
	w := newWorld(t, settings("safe"), mp.Rules{NewQuery: true}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	w.say(t, mp.Text("hello"))
	all := w.arrive(4)
	if all[0].RequestURI == all[1].RequestURI || w.sent()[0] != w.sent()[1] {
		t.Errorf("%s, %s", all[0].RequestURI, all[1].RequestURI)
	}
}

func TestPush_NobodySeesAFaultForASilentEvent(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, says("{}"))
	for _, in := range []mp.Inbound{mp.ReportLocation(1, 2, 3), mp.View("u", "1"), mp.TemplateSent("1", "success"), mp.Unsubscribe()} {
		if out := w.say(t, in); out.Fault || out.Why == "" {
			t.Errorf("%s: %+v", in.Event, out)
		}
	}
	for _, in := range []mp.Inbound{mp.Subscribe(), mp.Click("K")} {
		if out := w.say(t, in); !out.Fault {
			t.Errorf("%s: %+v", in.Event, out)
		}
	}
}

func TestPush_WhoHasLeft(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, says(textReply("bye")))
	out := w.say(t, mp.Unsubscribe())
	if out.Reply != nil || !out.Answered || !strings.Contains(out.Why, "left") || w.account.Follows(ann) {
		t.Errorf("%+v", out)
	}
	if _, err := w.account.Say(t.Context(), ann, mp.Text("still here")); !errors.Is(err, mp.ErrNotFollowing) {
		t.Errorf("got %v", err)
	}
	if out := w.say(t, mp.Subscribe()); out.Reply == nil || !w.account.Follows(ann) {
		t.Errorf("%+v", out)
	}
}

func TestPush_EndsWithItsContext(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, hangs)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := w.account.Say(ctx, ann, mp.Text("hello"))
		done <- err
	}()
	w.arrive(1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := seen(w.account.Transcript(ann)); got != "said text hello" {
		t.Error(got)
	}
}
