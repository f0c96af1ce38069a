package mp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// settlements is what slots have said of deliveries, by text.
type settlements struct {
	mu  sync.Mutex
	all []string
}

func (s *settlements) settle(d *core.Delivery, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := "sent"
	switch {
	case errors.Is(err, core.ErrMore) && d.Progress == 0:
		words = "again"
	case errors.Is(err, core.ErrMore):
		words = "rest"
	case errors.Is(err, core.ErrOpen):
		return // It is on record.
	}
	s.all = append(s.all, fmt.Sprintf("%.5s %s", d.Content.(sdk.Text).Text, words))
}

func (s *settlements) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.all, ", ")
}

// watched returns slots, and what they say of deliveries.
func watched() (*slots, *settlements) {
	s, seen := newTestSlots(), &settlements{}
	s.settle = seen.settle
	return s, seen
}

// TestUnseen is about a platform that hangs up while its answer is made: whether a retry comes for it, another request has it, or nobody.
func TestUnseen(t *testing.T) {
	retry := func(s *slots) answer {
		r := s.join(received("m"), time.Now())
		defer r.leave()
		a, _ := r.answered()
		return a
	}
	for name, test := range map[string]struct {
		text string
		then func(s *slots, a answer)
		want string
		last string // What who asks at the end is told, or a part of it.
	}{
		"a retry has it":           {"first", func(s *slots, a answer) { s.unseen(a); s.sent(retry(s)); s.sent(retry(s)) }, "first sent", "first"},
		"nobody comes":             {"first", func(s *slots, a answer) { s.unseen(a); time.Sleep(time.Minute) }, "first again", ""},
		"the retry hangs up too":   {"first", func(s *slots, a answer) { s.unseen(a); s.unseen(retry(s)); time.Sleep(time.Minute) }, "first again", ""},
		"a third one has it":       {"first", func(s *slots, a answer) { s.unseen(a); s.unseen(retry(s)); s.sent(retry(s)) }, "first sent", "first"},
		"another request was here": {"first", func(s *slots, a answer) { s.sent(retry(s)); s.unseen(a) }, "first sent", "first"},
		"another one comes by":     {"first", func(s *slots, a answer) { b := retry(s); s.unseen(a); s.sent(b); time.Sleep(time.Minute) }, "first sent", "first"},
		"the bot stops":            {"first", func(s *slots, a answer) { s.unseen(a); s.stop() }, "first again", ""},
		"the bot has stopped":      {"first", func(s *slots, a answer) { s.stop(); s.unseen(a) }, "first again", ""},
		"long, a retry has it":     {"first" + strings.Repeat("长", 2000), func(s *slots, a answer) { s.unseen(a); s.sent(retry(s)) }, "first rest", "first"},
		"long, and nobody comes":   {"first" + strings.Repeat("长", 2000), func(s *slots, a answer) { s.unseen(a); time.Sleep(time.Minute) }, "first again", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, seen := watched()
				r := s.join(received("m"), time.Now())
				if err := s.hold("m", held("m", test.text)); err != nil {
					t.Fatal(err)
				}
				a := r.end(false)
				r.leave()
				test.then(s, a)
				if seen.String() != test.want {
					t.Errorf("settled: %q, want %q", seen, test.want)
				}
				if got := fmt.Sprint(retry(s).content); !strings.Contains(got, test.last) || test.last == "" && got != "<nil>" {
					t.Errorf("at the end it is answered with %.40q", got)
				}
				for conversation, tail := range s.tails {
					if tail.settling != 0 {
						t.Errorf("what follows in %q waits for ever", conversation)
					}
				}
				s.stop()
			})
		})
	}
}

// TestUnread_IsNotRiskedLate holds that what waits to be fetched goes along only with an answer that is in time for this try: if the
// platform hung up with it on the way, nobody would have it.
func TestUnread_IsNotRiskedLate(t *testing.T) {
	for after, want := range map[time.Duration]int{4 * time.Second: 2, 4600 * time.Millisecond: 1} {
		synctest.Test(t, func(t *testing.T) {
			s := newTestSlots()
			l := &oneLetter{letter: held("before", "older").Delivery}
			s.ladder = l
			r := s.join(received("m"), time.Now())
			defer r.leave()
			time.Sleep(after)
			if err := s.hold("m", held("m", "newer")); err != nil {
				t.Fatal(err)
			}
			if a := r.end(false); len(a.fates) != want || (l.letter == nil) != (want == 2) {
				t.Errorf("after %s the answer is made of %d, and the letter is %+v", after, len(a.fates), l.letter)
			}
		})
	}
}

// TestReading_ThatHangsUpHoldsNothingBack is about a person whose tap fails, and who writes again: what they see then is in order.
func TestReading_ThatHangsUpHoldsNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, seen := watched()
		r := s.join(received("tap"), time.Now())
		r.startedFirst(newReading(received("tap")))
		if err := s.hold("tap", held("m", "first")); err != nil {
			t.Fatal(err)
		}
		r.leave()
		synctest.Wait()
		if seen.String() != "first again" {
			t.Errorf("what it held is %q", seen)
		}
		if err := s.hold("tap", held("m", "second")); err == nil {
			t.Error("it takes more")
		}
		again := s.join(received("tap"), time.Now())
		defer again.leave()
		if _, ended := again.answered(); ended || again.turn() != nil {
			t.Error("the retry does not read anew")
		}
		s.stop()
	})
}

// TestReading_NobodyWaitsForTakesNothing is the same for what comes after the person has hung up.
func TestReading_NobodyWaitsForTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := watched()
		r := s.join(received("tap"), time.Now())
		r.startedFirst(newReading(received("tap")))
		r.leave()
		if err := s.hold("tap", held("m", "first")); !errors.Is(err, errNotOpen) {
			t.Errorf("got %v", err)
		}
		again := s.join(received("tap"), time.Now())
		if err := s.hold("tap", held("m", "first")); err != nil {
			t.Errorf("a retry is there: %v", err)
		}
		again.end(false)
		again.leave()
		s.stop()
	})
}

// TestCarried_IsNotAcknowledgedBeforeTheAnswerIsThere is about a request beside a newer one: the bot may be killed before that has the
// answer, and `success` for the first would have been the end of the message.
func TestCarried_IsNotAcknowledgedBeforeTheAnswerIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := watched()
		older, newer := s.join(received("m"), time.Now()), s.join(received("m"), time.Now())
		if err := s.hold("m", held("m", "first")); err != nil {
			t.Fatal(err)
		}
		if _, carries := older.take(false, false); carries {
			t.Fatal("the older one carries the answer")
		}
		acknowledged := make(chan bool, 2)
		go func() { acknowledged <- s.carried(t.Context(), older.slot) }()
		hungUp, hangUp := context.WithCancel(t.Context())
		hangUp()
		if s.carried(hungUp, older.slot) {
			t.Error("one that hung up is acknowledged")
		}
		a := newer.end(false)
		synctest.Wait()
		select {
		case <-acknowledged:
			t.Error("acknowledged while the answer is on its way")
		default:
		}
		s.sent(a)
		if !<-acknowledged {
			t.Error("not acknowledged")
		}
		older.leave()
		newer.leave()
		s.stop()
	})
}

// TestUnseen_NoticeHoldsNothingUp is about a person who is to be told that it takes longer, and whose platform has hung up: what comes later
// must not wait for that word for ever.
func TestUnseen_NoticeHoldsNothingUp(t *testing.T) {
	for _, stopped := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, _ := watched()
			r := s.join(received("m"), time.Now())
			s.notice("m", "it takes longer")
			a := r.end(true)
			r.leave()
			if a.content == nil || len(a.fates) != 0 {
				t.Fatalf("%+v", a)
			}
			if stopped {
				s.stop()
			}
			s.unseen(a)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if !s.follow(ctx, &core.Delivery{ID: "d", InReplyTo: "m"}) {
				t.Error("it waits for ever")
			}
			s.stop()
		})
	}
}
