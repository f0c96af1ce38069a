package mp

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	wechat "github.com/chuanhuabot/bot/sandbox/mp"
)

// lastGoing is a person whose window has one message left, which is on its way: it returns as soon as the platform has been called for
// it, and the call ends, refused or not, when the test says so.
func lastGoing(t *testing.T, log io.Writer, refused bool) (w *onPlatform, end func()) {
	t.Helper()
	return lastGoingWith(t, log, refused, "1", "2", "3", "4", "5", "6")
}

func lastGoingWith(t *testing.T, log io.Writer, refused bool, texts ...string) (w *onPlatform, end func()) {
	t.Helper()
	w = chattyAs(t, log, texts...)
	calls, going, over := 0, make(chan struct{}), make(chan struct{})
	w.call = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != customSend {
			return false
		}
		if calls++; calls != 5 { // They come one after the other.
			return false
		}
		close(going)
		<-over
		if refused {
			_, _ = io.WriteString(rw, `{"errcode":45015,"errmsg":"response out of time limit or subscription is canceled"}`)
		}
		return refused
	}
	if _, err := w.account.Say(t.Context(), person, wechat.Text("go")); err != nil {
		t.Fatal(err)
	}
	<-going
	return w, func() { close(over) }
}

// TestQuota_NothingIsFetchedThatIsOnItsWay holds that a tap in the middle of the last message shows nothing twice.
func TestQuota_NothingIsFetchedThatIsOnItsWay(t *testing.T) {
	w, end := lastGoing(t, io.Discard, false)
	out, err := w.account.Say(t.Context(), person, wechat.MenuText("查看", readID))
	if err != nil || out.Reply == nil || wechat.Words(out.Reply) != "nothing" {
		t.Errorf("the tap shows %+v, %v", out, err)
	}
	end()
	w.saw(t, "first", "second", "1", "2", "3", "nothing", "4\n5\n6")
	if w.mailbox.has(account + "/" + person) {
		t.Error("something waits that was shown")
	}
}

// TestQuota_RefusedLastMessageWaitsAgain holds that what was to be in it is fetched instead, in order.
func TestQuota_RefusedLastMessageWaitsAgain(t *testing.T) {
	log := &safeBuffer{}
	w, end := lastGoing(t, log, true)
	end()
	w.saw(t, "first", "second", "1", "2", "3")
	out, err := w.account.Say(t.Context(), person, wechat.MenuText("查看", readID))
	if err != nil || out.Reply == nil || wechat.Words(out.Reply) != "4\n5\n6" {
		t.Errorf("the tap shows %+v, %v", out, err)
	}
	told := func() bool {
		return strings.Contains(log.String(), "waits to be fetched") && strings.Contains(log.String(), "45015")
	}
	for deadline := time.Now().Add(10 * time.Second); !told() && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
	}
	if !told() {
		t.Errorf("the operator reads %s", log)
	}
	w.mailbox.mu.Lock()
	defer w.mailbox.mu.Unlock()
	if w.mailbox.number != 0 || w.mailbox.bytes != 0 {
		t.Errorf("%d letters with %d bytes are left", w.mailbox.number, w.mailbox.bytes)
	}
}

// TestQuota_WhoWritesWhileTheLastMessageGoes gets what that has no room for, without another message.
func TestQuota_WhoWritesWhileTheLastMessageGoes(t *testing.T) {
	long := strings.Repeat("x", 1500)
	w, end := lastGoingWith(t, io.Discard, false, "1", "2", "3", "4"+long, "5"+long, "6"+long)
	if _, err := w.account.Say(t.Context(), person, wechat.Text("thanks")); err != nil {
		t.Fatal(err)
	}
	end()
	w.sawBeginnings(t, "fi", "se", "1", "2", "3", "4x", "xx", "6x")
	if w.mailbox.has(account + "/" + person) {
		t.Error("something waits still")
	}
}
