package mp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	wechat "github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sdk"
)

// sawBeginnings waits until the person has seen as much as they should have, and holds how it begins: two letters each.
func (w *onPlatform) sawBeginnings(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for deadline := time.Now().Add(10 * time.Second); len(got) < len(want) && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		got = nil
		for _, e := range w.account.Transcript(person) {
			if e.Kind == transcript.Saw && e.Type != "Typing" {
				got = append(got, e.Text[:min(2, len(e.Text))])
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the person saw %q\nwant %q", got, want)
	}
}

// TestOrder_NewerAnswerWaitsForTheRestOfTheOlder is about two questions close together: the passive reply to the second one is quicker
// than what the first one had no room for.
func TestOrder_NewerAnswerWaitsForTheRestOfTheOlder(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	w.handles(t, func(_ context.Context, m *sdk.Message, r sdk.Responder) error {
		var long strings.Builder
		for n := range 3 {
			long.WriteString(m.Text() + strings.Repeat(fmt.Sprint(n), 2046))
		}
		return r.Reply(sdk.Text{Text: long.String()})
	})
	var people sync.WaitGroup
	for _, text := range []string{"a:", "b:"} {
		people.Go(func() {
			if _, err := w.account.Say(t.Context(), person, wechat.Text(text)); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(50 * time.Millisecond) // One after the other, as people write.
	}
	people.Wait()
	w.sawBeginnings(t, "a:", "a:", "a:", "b:", "b:", "b:")
}

// TestOrder_FreedLettersGoBeforeWhatIsNewer is a person for whom the rest of an answer waits, and who writes: it goes first, also
// before the new passive reply.
func TestOrder_FreedLettersGoBeforeWhatIsNewer(t *testing.T) {
	long := strings.Repeat("x", 1500)
	w := chatty(t, "1", "2", "3", "4"+long, "5"+long)
	if _, err := w.account.Say(t.Context(), person, wechat.Text("go")); err != nil {
		t.Fatal(err)
	}
	first := []string{"fi", "se", "1", "2", "3", "4x"}
	w.sawBeginnings(t, first...)
	began := time.Now()
	if _, err := w.account.Say(t.Context(), person, wechat.Text("go")); err != nil {
		t.Fatal(err)
	}
	w.sawBeginnings(t, append(first, "xx", "fi", "se", "1", "2", "3\n")...)
	if took := time.Since(began); took > calmTime+time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestOrder_OlderYieldsToNothingNewer holds what precedes means.
func TestOrder_OlderYieldsToNothingNewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSlots()
		now := time.Now()
		of := func(id string, age time.Duration) *core.Delivery {
			return &core.Delivery{ID: id, InReplyTo: "none", Created: now.Add(-age), Content: sdk.Text{Text: "x"}}
		}
		s.free("", []*core.Delivery{of("middle", time.Minute)})
		for id, want := range map[string]error{"older": errNotOpen, "middle": errNotOpen, "newer": errBehind} {
			age := map[string]time.Duration{"older": time.Hour, "middle": time.Minute, "newer": time.Second}[id]
			d := of(id, age)
			if err := s.hold("none", item{d, d.Content}); !errors.Is(err, want) {
				t.Errorf("%s: %v", id, err)
			}
		}
		s.settled("")
		s.gone(of("middle", time.Minute))
		if len(s.tails) != 0 {
			t.Error("the tail is left")
		}
	})
}
