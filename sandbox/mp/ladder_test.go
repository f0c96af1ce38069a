package mp_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/mp"
)

const (
	waitingText = "saw text 还在处理，请稍后点击" // How what saw shows of it begins.
	third       = "saw text third third third th"
)

// tap lets the person tap the link that they were shown.
func (b *realBot) tap(t *testing.T) *mp.Outcome {
	t.Helper()
	return b.push(t, mp.Push{Content: mp.MenuText("查看", "2100000001")})
}

// fetch taps until what the person reads contains text.
func (b *realBot) fetch(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		out := b.tap(t)
		if out.Reply == nil {
			t.Fatalf("the tap shows nothing: %s", out.Why)
		}
		if strings.Contains(mp.Words(out.Reply), text) {
			return
		}
	}
	t.Errorf("%q never came", text)
}

// TestBot_UnverifiedAccountsAnswerByTheLadder is about plugins that take 3, 7, 12 and 60 of the platform's seconds, at a fifth of their
// length, for an account that may not send customer-service messages: one answer and three. The plugin runs once for each.
func TestBot_UnverifiedAccountsAnswerByTheLadder(t *testing.T) {
	for wait, tries := range map[string]int{"600ms": 1, "1400ms": 2, "2200ms": 3, "12s": 3} {
		t.Run(wait, func(t *testing.T) {
			t.Parallel()
			b := start(t, "safe", time.Second, bothKeys)
			b.push(t, mp.Push{Content: mp.Text("1ms")})
			if out := b.push(t, mp.Push{Content: mp.Text(wait)}); len(out.Tries) != tries {
				t.Errorf("answered in try %d, want %d", len(out.Tries), tries)
			}
			if wait == "12s" {
				b.fetch(t, "waited "+wait)
			}
			b.push(t, mp.Push{Content: mp.Text(wait + " thrice")})
			if wait == "12s" {
				b.fetch(t, "first")
			}
			b.fetch(t, "second")
			b.fetch(t, "third")
			b.fetch(t, "third")
			read := slices.DeleteFunc(b.saw(), func(line string) bool { return strings.HasPrefix(line, waitingText) })
			want := []string{"saw text waited 1ms", "saw text waited " + wait, "saw text first", "saw news second", third, third}
			for i := range read { // A hint may stand behind a text.
				read[i], _, _ = strings.Cut(read[i], "\n")
			}
			if !slices.Equal(read, want) {
				t.Errorf("the person read %q", read)
			}
			if got, want := b.ran(t), "1ms\n"+wait+"\n"+wait+" thrice\n"; got != want {
				t.Errorf("the plugin was asked %q", got)
			}
			b.noBanner(t)
			if got := b.failures(t); got != "" {
				t.Errorf("on record: %s", got)
			}
		})
	}
}

// TestBot_RefusedLateAnswersWaitToBeFetched is about an account whose window is used up, or that may not send after all.
func TestBot_RefusedLateAnswersWaitToBeFetched(t *testing.T) {
	for _, code := range []int{45015, 45047, 48001} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			t.Parallel()
			b := start(t, "plain", time.Second, verified)
			b.platform.Host().Fail(apihost.Failure{Path: "/cgi-bin/message/custom/send", Code: code})
			b.push(t, mp.Push{Content: mp.Text("3s")})
			time.Sleep(700 * time.Millisecond)
			if out := b.tap(t); out.Reply == nil || mp.Words(out.Reply) != "waited 3s" {
				t.Errorf("%+v", out)
			}
			if got := b.failures(t); got != "" {
				t.Errorf("on record: %s", got)
			}
			b.noBanner(t)
		})
	}
}
