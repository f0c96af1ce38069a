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

	"github.com/chuanhuabot/bot/channels/internal/compose"
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
			if err := s.hold("none", compose.Item{Delivery: d, Shown: d.Content}); !errors.Is(err, want) {
				t.Errorf("%s: %v", id, err)
			}
		}
		s.settled("")
		s.gone(of("middle", time.Minute), false)
		if len(s.tails) != 0 {
			t.Error("the tail is left")
		}
	})
}

// oneLetter is a ladder on which something waits to be fetched, until it is taken.
type oneLetter struct {
	noLadder
	letter *core.Delivery
	back   int
}

func (l *oneLetter) fetches() bool      { return true }
func (l *oneLetter) unread(string) bool { return true }
func (l *oneLetter) putBack(all []*core.Delivery) {
	l.back += len(all)
}

func (l *oneLetter) takeUnread(string) []*core.Delivery {
	if l.letter == nil {
		return nil
	}
	taken := []*core.Delivery{l.letter}
	l.letter = nil
	return taken
}

// TestUnread_SomebodyElseHasTakenIt is an answer that is about to take what waits, which somebody else takes in the same moment.
func TestUnread_SomebodyElseHasTakenIt(t *testing.T) {
	s := newTestSlots()
	l := &oneLetter{}
	s.ladder = l
	r := s.join(received("m"), time.Now())
	defer r.leave()
	if err := s.hold("m", held("m", strings.Repeat("x", 5000))); err != nil {
		t.Fatal(err)
	}
	if a := r.end(false); a.content == nil || l.back != 0 {
		t.Errorf("got %+v, and %d letters are back", a, l.back)
	}
}

// TestUnread_IsSettledWithTheAnswer holds that what an answer takes with it is settled as its own deliveries are, by age.
func TestUnread_IsSettledWithTheAnswer(t *testing.T) {
	s := newTestSlots()
	older := held("before", "older").Delivery
	older.Created = time.Now().Add(-time.Hour)
	s.ladder = &oneLetter{letter: older}
	r := s.join(received("m"), time.Now())
	defer r.leave()
	own := held("m", "newer")
	own.Created = time.Now()
	if err := s.hold("m", own); err != nil {
		t.Fatal(err)
	}
	a := r.end(false)
	if a.content != (sdk.Text{Text: "older\nnewer"}) && a.content != (sdk.Text{Text: "older\nnewer\n" + s.hints.more}) {
		t.Errorf("the answer is %q", a.content)
	}
	if len(a.fates) != 2 || a.fates[0].Delivery != older || a.fates[0].Err != nil || a.fates[1].Err != nil {
		t.Errorf("the fates are %+v", a.fates)
	}
}

// TestUnread_IsNotPutBeforeWhatAReaderHas is a letter that comes after a reader has taken the others: it is newer.
func TestUnread_IsNotPutBeforeWhatAReaderHas(t *testing.T) {
	s := newTestSlots()
	newer := held("after", "newer").Delivery
	s.ladder = &oneLetter{letter: newer}
	r := s.join(received("m"), time.Now())
	defer r.leave()
	r.startedFirst(newReading(received("m")))
	if err := s.hold("m", held("before", "older")); err != nil {
		t.Fatal(err)
	}
	if a := r.end(false); len(a.fates) != 1 || !strings.HasPrefix(a.content.(sdk.Text).Text, "older") {
		t.Errorf("got %+v", a)
	}
}

// TestCalm_DoesNotWaitForWhatIsNotOnItsWay is a rest that waits for a later try: only those answers wait for it that come at once.
func TestCalm_DoesNotWaitForWhatIsNotOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSlots()
		s.free("", []*core.Delivery{{ID: "waits for an hour"}})
		s.settled("")
		for _, want := range []time.Duration{calmTime, 0, 0} {
			began := time.Now()
			if !s.calm(t.Context(), &slot{deadline: began.Add(time.Minute)}) || time.Since(began) != want {
				t.Errorf("waited for %s, want %s", time.Since(began), want)
			}
		}
	})
}

// TestGone_LeavesWhatWasFreedAgain is a delivery that is held, and freed before its try has returned.
func TestGone_LeavesWhatWasFreedAgain(t *testing.T) {
	s := newTestSlots()
	d := &core.Delivery{ID: "d"}
	s.free("", []*core.Delivery{d})
	s.gone(d, true)
	if s.tails[""] == nil || s.tails[""].rests["d"] == nil {
		t.Error("nothing waits for it any more")
	}
	s.settled("")
	s.gone(d, false)
	if len(s.tails) != 0 {
		t.Error("the tail is left")
	}
}
