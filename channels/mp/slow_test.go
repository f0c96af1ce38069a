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

func TestRetryJoinsTheTurnThatRuns(t *testing.T) {
	for seconds, want := range map[int]int{1: 1, 4: 1, 6: 2, 9: 2, 11: 3, 14: 3} {
		t.Run(fmt.Sprint(seconds, "s"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSlow(t, after(time.Duration(seconds)*time.Second, "at last"))
				defer s.stop()
				tries := s.askThrice(textBody(1, "think"))
				if len(tries) != want {
					t.Errorf("answered in try %d, want %d", len(tries), want)
				}
				wantText(t, tries[len(tries)-1].w, "at last")
				if turns, received := s.in.count(); turns != 1 || received != 1 {
					t.Errorf("%d turns for one message, received %d times", turns, received)
				}
				if s.in.kept() != 0 {
					t.Error("a message answered in time was stored")
				}
			})
		})
	}
}

// TestLostTriesShortenTheWait is about a try that is the first to arrive, and by its timestamp is not the first one: WeChat does not ask
// as often any more.
func TestLostTriesShortenTheWait(t *testing.T) {
	for ago, want := range map[time.Duration]time.Duration{
		0: 14500 * time.Millisecond, 2 * time.Second: 14500 * time.Millisecond, 5 * time.Second: 9500 * time.Millisecond,
		10 * time.Second: 4500 * time.Millisecond, 16 * time.Second: 14500 * time.Millisecond, -time.Minute: 14500 * time.Millisecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newSlow(t, after(20*time.Second, "too late"))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			began := time.Now()
			wantSuccess(t, call(ctx, s.Channel, plainQuery(began.Add(-ago)), textBody(1, "think")))
			if took := time.Since(began); took != want {
				t.Errorf("first asked %s ago: acknowledged after %s, want %s", ago, took, want)
			}
			s.stop()
			time.Sleep(time.Minute)
		})
	}
}

func TestReplayOfAKnownSignatureIsARetryNotAnAttack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(0, "hi"))
		defer s.stop()
		first := time.Now()
		for range 3 {
			wantText(t, s.ask(textBody(1, "hello"), first).w, "hi")
			time.Sleep(6 * time.Second)
		}
		if turns, _ := s.in.count(); turns != 1 {
			t.Errorf("%d turns for one message", turns)
		}
	})
}

func TestAnswerBetweenTwoTriesWaitsForTheRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(5500*time.Millisecond, "hi"))
		defer s.stop()
		first := time.Now()
		if one := s.ask(textBody(1, "hello"), first); !one.hung {
			t.Fatalf("answered after %s", one.took)
		}
		time.Sleep(time.Second)
		two := s.ask(textBody(1, "hello"), first)
		wantText(t, two.w, "hi")
		if two.took > 0 {
			t.Errorf("waited %s for an answer that was there", two.took)
		}
	})
}

func TestMessageIsKeptBeforeItIsAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := make(chan error, 1)
		s := newSlow(t, func(c *Channel, m *sdk.Message) {
			time.Sleep(20 * time.Second)
			sent <- c.Send(context.Background(), reply(m, sdk.Text{Text: "too late"}))
		})
		defer s.stop()
		tries := s.askThrice(textBody(1, "think"))
		last := tries[len(tries)-1]
		wantSuccess(t, last.w)
		if len(tries) != 3 || last.took != 4500*time.Millisecond || s.in.kept() != 1 {
			t.Errorf("%d tries, the last took %s, kept %d times", len(tries), last.took, s.in.kept())
		}
		late := <-sent
		if !errors.Is(late, errWindowOver) {
			t.Errorf("Send after the window said %v", late)
		}
		if retry := new(core.RetryError); errors.As(late, &retry) {
			t.Error("the error is not final")
		}
	})
}

func TestWhatIsThereIsSentWhenTheWindowCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, func(c *Channel, m *sdk.Message) {
			_ = c.Send(context.Background(), reply(m, sdk.Text{Text: "first half"}))
			time.Sleep(20 * time.Second)
		})
		tries := s.askThrice(textBody(1, "think"))
		wantText(t, tries[2].w, "first half")
		if s.in.kept() != 1 {
			t.Errorf("kept %d times", s.in.kept())
		}
		s.stop()
		time.Sleep(10 * time.Second)
	})
}

func TestAnswerAfterAFailedKeepStillGoesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(14700*time.Millisecond, "just in time"))
		defer s.stop()
		s.failKeeps()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		began := time.Now()
		wantText(t, call(ctx, s.Channel, plainQuery(began), textBody(1, "think")), "just in time")
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestOlderRequestCarriesTheAnswerIfTheNewerHangsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(3*time.Second, "hi"))
		defer s.stop()
		var older sync.WaitGroup
		older.Go(func() { wantText(t, callPlain(context.Background(), s.Channel, textBody(1, "hello")), "hi") })
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if w := call(ctx, s.Channel, plainQuery(time.Now()), textBody(1, "hello")); w.Body.Len() > 0 {
			t.Errorf("the newer one got %q", w.Body)
		}
		older.Wait()
	})
}

func TestMessageThatCannotBeKeptIsNotAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(30*time.Second, "too late"))
		defer s.stop()
		first := time.Now()
		s.failKeeps()
		for range 3 {
			if one := s.ask(textBody(1, "think"), first); !one.hung || one.w.Body.Len() > 0 {
				t.Errorf("answered %q", one.w.Body)
			}
		}
		time.Sleep(20 * time.Second)
		if log := s.log.String(); !strings.Contains(log, "disk full") {
			t.Errorf("got the log %s", log)
		}
	})
}

func TestPlatformThatDoesNotComeBackLeavesAKeptMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(30*time.Second, "too late"))
		defer s.stop()
		s.ask(textBody(1, "think"), time.Now())
		time.Sleep(9 * time.Second)
		if s.in.kept() != 0 {
			t.Error("kept while the platform may still ask again")
		}
		time.Sleep(time.Second)
		if s.in.kept() != 1 {
			t.Error("lost: nobody waits and nothing is kept")
		}
		time.Sleep(20 * time.Second)
	})
}

func TestAnswerThatNobodyFetchedIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(6*time.Second, "hi"))
		defer s.stop()
		s.ask(textBody(1, "hello"), time.Now())
		time.Sleep(15 * time.Second)
		if log := s.log.String(); !strings.Contains(log, "did not come back for the answer") {
			t.Errorf("got the log %s", log)
		}
	})
}

func TestOnlyTheNewestRequestCarriesTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(3*time.Second, "hi"))
		defer s.stop()
		var requests sync.WaitGroup
		results := make([]try, 3)
		first := time.Now()
		for i := range results {
			requests.Go(func() { results[i] = s.ask(textBody(1, "hello"), first) })
			time.Sleep(time.Second)
		}
		requests.Wait()
		wantSuccess(t, results[0].w)
		wantSuccess(t, results[1].w)
		wantText(t, results[2].w, "hi")
	})
}

func TestLateRetryGetsTheSameAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(0, "hi"))
		defer s.stop()
		first := time.Now()
		for range 4 {
			wantText(t, s.ask(textBody(1, "hello"), first).w, "hi")
			time.Sleep(19 * time.Second)
		}
		if _, received := s.in.count(); received != 1 {
			t.Errorf("the inbox was asked %d times", received)
		}
	})
}

func TestFourImmediateRetriesMakeOneTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(time.Second, "hi"))
		defer s.stop()
		var requests sync.WaitGroup
		var mu sync.Mutex
		answers := 0
		first := time.Now()
		for range 4 {
			requests.Go(func() {
				one := s.ask(textBody(1, "hello"), first)
				mu.Lock()
				defer mu.Unlock()
				if strings.Contains(one.w.Body.String(), "hi") {
					answers++
				}
			})
		}
		requests.Wait()
		if turns, _ := s.in.count(); turns != 1 || answers != 1 {
			t.Errorf("%d turns and %d answers for one message", turns, answers)
		}
	})
}
