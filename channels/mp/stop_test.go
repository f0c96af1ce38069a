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
	"github.com/chuanhuabot/bot/sdk"
)

func TestStoppingBotAcknowledgesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(0, "hi"))
		defer s.stop()
		s.in.refuse = fmt.Errorf("receive: %w", core.ErrStopping)
		one := s.ask(textBody(1, "hello"), time.Now())
		if !one.hung || one.w.Body.Len() > 0 || len(s.slots.byID) > 0 {
			t.Errorf("got %q after %s, %d slots are left", one.w.Body, one.took, len(s.slots.byID))
		}
		if log := s.log.String(); strings.Contains(log, "ERROR") {
			t.Errorf("stopping is no error: %s", log)
		}
	})
}

func TestMessageThatWasNotTakenIsNotAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(0, "hi"))
		defer s.stop()
		s.in.refuse = errors.New("broken")
		first := time.Now()
		if one := s.ask(textBody(1, "hello"), first); !one.hung || one.w.Body.Len() > 0 {
			t.Errorf("got %q", one.w.Body)
		}
		s.in.refuse = nil
		wantText(t, s.ask(textBody(1, "hello"), first).w, "hi")
		if log := s.log.String(); !strings.Contains(log, "message not taken") {
			t.Errorf("got the log %s", log)
		}
	})
}

func TestRequestBeforeRunWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChannel(t, config(ModePlain), &safeBuffer{})
		in := newInbox(func(m *sdk.Message) { _ = c.Send(context.Background(), reply(m, sdk.Text{Text: "hi"})) })
		var request sync.WaitGroup
		request.Go(func() { wantText(t, callPlain(context.Background(), c, textBody(1, "early")), "hi") })
		time.Sleep(3 * time.Second)
		stop := started(t, c, in)
		request.Wait()
		stop()
		if err := c.Run(context.Background(), in); err == nil {
			t.Error("a second Run was accepted")
		}
	})
}

func TestRequestAfterRunIsHeldUntilThePlatformHangsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(0, "hi"))
		s.stop()
		one := s.ask(textBody(1, "late"), time.Now())
		if !one.hung || one.w.Body.Len() > 0 || len(s.slots.byID) > 0 {
			t.Errorf("got %q, %d slots are left", one.w.Body, len(s.slots.byID))
		}
	})
}

func TestStopKeepsMessagesInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(12*time.Second, "hi"))
		var want []string
		for i := range 20 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			call(ctx, s.Channel, plainQuery(time.Now()), textBody(i, "hello"))
			cancel()
			want = append(want, s.in.last(t).ID)
		}
		s.stop()
		if got := s.in.order; !slices.Equal(got, want) {
			t.Errorf("kept in the order %v, want %v", got, want)
		}
		time.Sleep(time.Minute)
	})
}

func TestStopKeepsEveryMessageThatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow(t, after(12*time.Second, "hi"))
		first := time.Now()
		s.ask(textBody(1, "hung up before the stop"), first)
		var request sync.WaitGroup
		request.Go(func() { s.ask(textBody(2, "hangs up after it"), first) })
		request.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			wantSuccess(t, call(ctx, s.Channel, plainQuery(first), textBody(3, "stays"))) // At once: who asks again may find nobody.
		})
		time.Sleep(time.Second)
		s.stop()
		if len(s.in.order) != 3 {
			t.Errorf("kept %v at the stop, want all three", s.in.order)
		}
		request.Wait()
		time.Sleep(time.Minute) // The turns end.
	})
}

// TestKeptEventIsAcknowledgedInSilence is about an event that its person hardly knows of: nobody tells them to wait for an answer.
func TestKeptEventIsAcknowledgedInSilence(t *testing.T) {
	for event, want := range map[string]string{"VIEW": "", "LOCATION": "", "CLICK": later, "subscribe": later} {
		synctest.Test(t, func(t *testing.T) {
			s := &slow{Channel: newChannel(t, fetchingConfig(), &safeBuffer{}), in: newInbox(func(*sdk.Message) { t.Error("it was handled") })}
			s.in.refuse, s.in.drains = core.ErrStopping, true
			defer started(t, s.Channel, s.in)()
			if got := contentOf(t, s.ask(eventBody(event, "<EventKey>K</EventKey>"), time.Now()).w); got != want {
				t.Errorf("%s: %q", event, got)
			}
		})
	}
}

// TestKeptMessageIsAcknowledged is about a message that comes while the bot stops: its person is told that the answer takes longer, and
// WeChat need not ask again.
func TestKeptMessageIsAcknowledged(t *testing.T) {
	for read, want := range map[bool]string{true: later, false: ""} {
		synctest.Test(t, func(t *testing.T) {
			c := fetchingConfig()
			c.Late.Read = read
			s := &slow{Channel: newChannel(t, c, &safeBuffer{}), in: newInbox(func(*sdk.Message) { t.Error("it was handled") })}
			s.in.refuse, s.in.drains = core.ErrStopping, true
			defer started(t, s.Channel, s.in)()
			first := time.Now()
			for range 2 { // WeChat's repeat gets the same.
				one := s.ask(textBody(1, "hello"), first)
				if got := contentOf(t, one.w); got != want || one.hung || one.took > time.Second {
					t.Errorf("got %q after %s", got, one.took)
				}
			}
		})
	}
}
