package kf

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// says answers "go" with texts, and everything else with one.
func says(texts ...string) sdk.HandlerFunc {
	return func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if m.Text() != "go" {
			return echo(ctx, m, r)
		}
		for _, text := range texts {
			if err := r.Reply(sdk.Text{Text: text}); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestQuota_LastMessageTakesAllThatIsLeft is about five messages that are used up by the first ones of many: the platform refuses none,
// and nothing is lost.
func TestQuota_LastMessageTakesAllThatIsLeft(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(says("1", "2", "3", "4", "5", "6", "7", "8"))
	s.say(ann, wecom.Text("go"))
	s.sees(ann, "1", "2", "3", "4", "5\n6\n7\n8")
	s.deliveries(0)
}

// TestQuota_LongAnswerGoesOnWhenTheCustomerWrites has more than five messages can carry: the last one says how to get the rest, which
// comes before the answer to what the customer writes then.
func TestQuota_LongAnswerGoesOnWhenTheCustomerWrites(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	piece := 2048 - len("\nmore")
	var long strings.Builder
	for n := range 6 {
		long.WriteString(strings.Repeat(fmt.Sprint(n), piece))
	}
	long.WriteString("6")
	s.start(says(long.String(), "end"))
	s.say(ann, wecom.Text("go"))
	first := []string{strings.Repeat("0", piece), strings.Repeat("1", piece), strings.Repeat("2", piece), strings.Repeat("3", piece),
		strings.Repeat("4", piece) + "\nmore"}
	s.sees(ann, first...)
	s.deliveries(2, core.StatusQueued)
	s.logged("waits for its customer to write")
	s.later()
	s.say(ann, wecom.Text("on"))
	s.sees(ann, append(first, strings.Repeat("5", piece), "6\nend", "re on")...)
	s.deliveries(0)
}

// TestQuota_IsCountedOverRestarts holds that what waits for the customer survives the process, and is not tried in vain.
func TestQuota_IsCountedOverRestarts(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	handle := says("1", "2", "3", "4", strings.Repeat("x", 2043), "rest")
	s.start(handle)
	s.say(ann, wecom.Text("go"))
	want := []string{"1", "2", "3", "4", strings.Repeat("x", 2043) + "\nmore"}
	s.sees(ann, want...)
	for range 2 {
		s.deliveries(1, core.StatusQueued)
		s.stop()
		s.start(handle)
	}
	s.say(ann, wecom.Text("on"))
	s.sees(ann, append(want, "rest", "re on")...)
	s.deliveries(0)
}

// TestQuota_UsedUpByOthers is about a platform that has counted messages of which the bot knows nothing.
func TestQuota_UsedUpByOthers(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(says("1", "2"))
	s.intercept(refuseOnce("/cgi-bin/kf/send_msg", 95001))
	s.say(ann, wecom.Text("go"))
	if !s.until(func() bool { return s.bot.channel.waiting.count(s.account.ID()+"/"+ann) == 2 }) {
		t.Fatalf("what was refused does not wait: %s", s.log.String())
	}
	s.logged("95001")
	s.later()
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "1\n2", "re hello")
}

// TestQuota_WindowIsOver is an answer that comes when the platform takes none any more.
func TestQuota_WindowIsOver(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(says("late"))
	s.intercept(refuseOnce("/cgi-bin/kf/send_msg", 95002))
	s.say(ann, wecom.Text("go"))
	if !s.until(func() bool {
		return strings.Contains(s.deliveries(1, core.StatusQueued)[0].Reason, "goes when the customer writes")
	}) {
		t.Errorf("the operator reads %q", s.deliveries(1)[0].Reason)
	}
	s.later()
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "late", "re hello")
}

// TestQuota_NothingWaitsForAnswersToEvents holds that a greeting that cannot be said does not use up a message later.
func TestQuota_NothingWaitsForAnswersToEvents(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if _, isEvent := m.Content.(sdk.Event); isEvent {
			return r.Reply(sdk.Text{Text: "welcome"})
		}
		return echo(ctx, m, r)
	})
	s.say(ann, wecom.Enter("", ""))
	s.sees(ann, "welcome")
	s.say(ann, wecom.Enter("", "")) // Without a welcome_code this time.
	if d := s.deliveries(1, core.StatusFailed)[0]; !strings.Contains(d.Reason, errNoRight.Error()) {
		t.Errorf("the operator reads %q", d.Reason)
	}
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "welcome", "re hello")
}

// TestQuota_WaitsForTheEndOfTheTurnAndNotForEver is a plugin that says four things at once and a fifth much later: the fourth does not
// wait for it.
func TestQuota_WaitsForTheEndOfTheTurn(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	more := make(chan struct{})
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		for n := range 5 {
			_ = r.Reply(sdk.Text{Text: fmt.Sprint(n)})
		}
		<-more
		return r.Reply(sdk.Text{Text: "end"})
	})
	s.say(ann, wecom.Text("go"))
	s.sees(ann, "0", "1", "2", "3")
	if !s.until(func() bool { return strings.Contains(s.deliveries(5, core.StatusQueued)[4].Reason, errNotYet.Error()) }) {
		t.Errorf("the operator reads %q", s.deliveries(5)[4].Reason)
	}
	close(more)
	s.sees(ann, "0", "1", "2", "3", "4\nend")
}

// TestQuota_Burst is a customer who sends nine pictures at once: the fifth message takes all answers that are left, whatever the platform
// does with a sixth.
func TestQuota_Burst(t *testing.T) {
	for _, rules := range []wecom.Rules{{}, {AsyncFailures: true, FailAfter: 1}} {
		s := newStage(t, rules)
		s.start(echo)
		var want []string
		for n := range 9 {
			s.say(ann, wecom.Text(fmt.Sprint(n)))
			want = append(want, fmt.Sprint("re ", n))
		}
		if !s.until(func() bool { return strings.Contains(strings.Join(s.seen(ann), "\n"), "re 4") }) {
			t.Fatalf("the customer saw %q", s.seen(ann))
		}
		time.Sleep(2 * gathering) // More would come soon.
		s.say(ann, wecom.Text("last"))
		want = append(want, "re last")
		if !s.until(func() bool {
			return strings.ReplaceAll(strings.Join(s.seen(ann), "\n"), "\nmore", "") == strings.Join(want, "\n")
		}) {
			t.Errorf("%+v: the customer saw %q\n%s", rules, s.seen(ann), s.log.String())
		}
		if n, err := s.store.Deliveries(t.Context(), core.StatusFailed); err != nil || len(n) > 0 {
			t.Errorf("%+v: %d have failed, %v", rules, len(n), err)
		}
	}
}
