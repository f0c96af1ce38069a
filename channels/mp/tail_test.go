package mp

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// ends ends the answer to a new message that holds some texts, of which the last is too long for it if long is true.
func ends(t *testing.T, s *slots, id string, long bool) answer {
	t.Helper()
	r := s.join(received(id), time.Now())
	size := 10
	if long {
		size = 3000
	}
	c := sdk.Text{Text: string(make([]byte, size)) + "x"}
	if err := s.hold(id, compose.Item{Delivery: &core.Delivery{ID: id, InReplyTo: id, Content: c}, Shown: c}); err != nil {
		t.Fatal(err)
	}
	a := r.end(false)
	r.leave()
	return a
}

// TestTail_AnswerThatLeavesNothingSettlesForNoOther holds that a newer reply waits for the rest of the answer that has one, also if
// another answer is settled meanwhile.
func TestTail_AnswerThatLeavesNothingSettlesForNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSlots()
		fits := ends(t, s, "fits", false)
		rest := ends(t, s, "rest", true)
		yielded := make(chan bool, 1)
		go func() { yielded <- s.yield(t.Context(), &core.Delivery{ID: "newer"}) }()
		s.sent(fits)
		synctest.Wait()
		select {
		case <-yielded:
			t.Error("it goes although the core does not have the rest yet")
		default:
		}
		s.sent(rest)
		if !<-yielded {
			t.Error("it never goes")
		}
	})
}

// TestTail_IsForgottenIfTheRestNeverGoes holds that nothing grows with what is discarded, or too old to be sent.
func TestTail_IsForgottenIfTheRestNeverGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSlots()
		s.sent(ends(t, s, "rest", true))
		s.sweepTails()
		if len(s.tails) != 1 {
			t.Errorf("%d tails while the rest may go", len(s.tails))
		}
		time.Sleep(rememberFor + time.Second)
		s.sweepTails()
		if len(s.tails) != 0 {
			t.Errorf("%d tails are left", len(s.tails))
		}
	})
}

// TestMailbox_ForgetsWhatNeverRipens is about what was taken out to be sent, and took another way.
func TestMailbox_ForgetsWhatNeverRipens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newMailbox(48 * time.Hour)
		if err := b.put(&core.Delivery{ID: "1", Conversation: "c", Created: time.Now(), Content: sdk.Text{Text: "x"}}); err != nil {
			t.Fatal(err)
		}
		d := b.ripen("c")
		b.expired(time.Now())
		if len(b.ripened) != 1 {
			t.Error("forgotten at once")
		}
		time.Sleep(ripeFor + time.Second)
		b.expired(time.Now())
		if len(b.ripened) != 0 || b.ripe(d) {
			t.Errorf("%d are left", len(b.ripened))
		}
	})
}
