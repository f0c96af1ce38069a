package mp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

func newTestSlots() *slots {
	return newSlots(config(ModePlain), noLadder{}, func(*core.Delivery, error) {}, slog.New(slog.DiscardHandler))
}

// noLadder has no way for what finds no room in an answer.
type noLadder struct{}

func (noLadder) sends() bool                        { return false }
func (noLadder) fetches() bool                      { return false }
func (noLadder) unread(string) bool                 { return false }
func (noLadder) takeUnread(string) []*core.Delivery { return nil }
func (noLadder) putBack([]*core.Delivery)           {}
func (noLadder) told(string)                        {}

// received is a message that somebody sent.
func received(id string) *sdk.Message {
	return &sdk.Message{ID: id, Sender: person, Content: sdk.Text{Text: "hello"}}
}

// held is a text in answer to a message.
func held(id, text string) compose.Item {
	c := sdk.Text{Text: text}
	return compose.Item{Delivery: &core.Delivery{InReplyTo: id, Content: c}, Shown: c}
}

// answeredSlot makes a slot that has ended with text.
func answeredSlot(t testing.TB, s *slots, id, text string) {
	t.Helper()
	r := s.join(received(id), time.Now())
	if err := s.hold(id, held(id, text)); err != nil {
		t.Fatal(err)
	}
	r.end(false)
	r.leave()
}

func TestAnsweredSlotsAreBoundedInNumber(t *testing.T) {
	s := newTestSlots()
	for n := range rememberMost + 100 {
		answeredSlot(t, s, fmt.Sprint(n), "hi")
	}
	if len(s.byID) != rememberMost || s.ended != rememberMost {
		t.Errorf("%d slots are remembered, want %d", len(s.byID), rememberMost)
	}
	if _, there := s.byID["99"]; there {
		t.Error("the oldest was not the first to go")
	}
	if _, there := s.byID[fmt.Sprint(rememberMost+99)]; !there {
		t.Error("the newest was forgotten")
	}
}

func TestAnsweredSlotsAreBoundedInBytes(t *testing.T) {
	s := newTestSlots()
	text := strings.Repeat("x", 2048)
	for n := range 2 * rememberBytes / len(text) {
		answeredSlot(t, s, fmt.Sprint(n), text)
	}
	if want := rememberBytes / len(text); len(s.byID) != want || s.bytes != rememberBytes {
		t.Errorf("%d slots with %d bytes are remembered, want %d", len(s.byID), s.bytes, want)
	}
}

func TestAnsweredSlotsAreForgottenAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSlots()
		answeredSlot(t, s, "old", "hi")
		time.Sleep(rememberFor)
		answeredSlot(t, s, "still", "hi")
		time.Sleep(time.Second)
		answeredSlot(t, s, "new", "hi")
		if _, there := s.byID["old"]; there || len(s.byID) != 2 {
			t.Errorf("%d slots are remembered, want 2", len(s.byID))
		}
	})
}

func TestEndedSlotHoldsNothingButItsAnswer(t *testing.T) {
	s := newTestSlots()
	r := s.join(received("m"), time.Now())
	r.started(&turn{})
	if err := s.hold("m", held("m", "x")); err != nil {
		t.Error(err)
	}
	r.end(false)
	r.leave()
	one := s.byID["m"]
	if one.turn != nil || one.held != nil || one.newest != nil || one.orphaned != nil || one.requests != 0 {
		t.Errorf("got %+v", one)
	}
}

func TestSlotThatHasEndedHoldsNothing(t *testing.T) {
	s := newTestSlots()
	answeredSlot(t, s, "over", "hi")
	for _, id := range []string{"", "never", "over"} {
		if err := s.hold(id, held(id, "late")); !errors.Is(err, errNotOpen) {
			t.Errorf("%q: got %v", id, err)
		}
	}
	if got := s.byID["over"].answer; got != (sdk.Text{Text: "hi"}) {
		t.Errorf("a late delivery changed what was answered to %v", got)
	}
}

func TestSendWithoutAWayIsAFinalError(t *testing.T) {
	c := newChannel(t, config(ModePlain), &safeBuffer{})
	defer started(t, c, newInbox(func(*sdk.Message) {}))()
	err := c.Send(t.Context(), &core.Delivery{InReplyTo: "never", Content: sdk.Text{Text: "late"}})
	if !errors.Is(err, errWindowOver) || errors.As(err, new(*core.RetryError)) {
		t.Errorf("got %v", err)
	}
}

func TestOlderRequestCannotEndTheSlot(t *testing.T) {
	s := newTestSlots()
	older := s.join(received("m"), time.Now())
	newer := s.join(received("m"), time.Now())
	if err := s.hold("m", held("m", "hi")); err != nil {
		t.Fatal(err)
	}
	if a, took := older.endIfAnswered(); older.end(false).content != nil || a.content != nil || took {
		t.Error("the older request took the answer")
	}
	older.leave()
	if got := newer.end(false).content; got != (sdk.Text{Text: "hi"}) {
		t.Errorf("the newer request got %v", got)
	}
	newer.leave()
}

func TestHangingStoreDoesNotHangTheStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSlots()
		for n := range 10 {
			r := s.join(received(fmt.Sprint(n)), time.Now())
			r.started(hanging{})
			r.leave()
		}
		start := time.Now()
		s.stop()
		if took := time.Since(start); took != keepTime {
			t.Errorf("took %s, want %s", took, keepTime)
		}
	})
}

// hanging is a turn that never ends in a store that never answers.
type hanging struct{}

func (hanging) Done() <-chan struct{} { return nil }

func (hanging) Keep(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// TestEverythingAtOnce is for the race detector: requests that come, go and come again, deliveries, timers and the stop.
func TestEverythingAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, func(c *Channel, m *sdk.Message) {
			for n := range 3 {
				time.Sleep(time.Duration(len(m.ID)+n) * 100 * time.Millisecond)
				_ = c.Send(context.Background(), reply(m, sdk.Text{Text: "x"}))
			}
		})
		var people sync.WaitGroup
		for n := range 40 {
			people.Go(func() {
				time.Sleep(time.Duration(n) * 100 * time.Millisecond)
				s.askThrice(textBody(n%20, "hello")) // half of them are the same message
			})
		}
		people.Go(func() { time.Sleep(6 * time.Second); s.stop() })
		people.Wait()
		time.Sleep(time.Minute)
		s.slots.mu.Lock()
		defer s.slots.mu.Unlock()
		for id, one := range s.slots.byID {
			if one.ended.IsZero() || one.requests != 0 {
				t.Errorf("slot %s was left open: %+v", id, one)
			}
		}
	})
}
