package mp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// delivery is a text in answer to a message of the page.
func delivery(id, to, text string) *core.Delivery {
	return &core.Delivery{ID: id + "/0", InReplyTo: id, Recipient: to, Content: sdk.Text{Text: text}}
}

// ended is a turn that is over or not.
type endedTurn struct {
	done chan struct{}
	kept int
	err  error
}

func (e *endedTurn) Done() <-chan struct{}      { return e.done }
func (e *endedTurn) Keep(context.Context) error { e.kept++; return e.err }

// TestExchanges_PageGone: a reply waits for a page that may come again, and then goes another way, if there is one.
func TestExchanges_PageGone(t *testing.T) {
	for name, test := range map[string]struct {
		to   string
		done bool
		err  error
	}{
		"a guest":        {guest + "ABC", true, errPageGone},
		"a known person": {person, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := newExchanges()
				one, _ := x.join("m", !test.done)
				x.begin(one, &endedTurn{done: make(chan struct{})})
				began := time.Now()
				done, err := x.deliver(t.Context(), delivery("m", test.to, "hi"))
				if done != test.done || !errors.Is(err, test.err) || time.Since(began) != pagePatience {
					t.Errorf("got %v, %v after %s", done, err, time.Since(began))
				}
				began = time.Now()
				if done, err := x.deliver(t.Context(), delivery("m", test.to, "hi")); done != test.done || !errors.Is(err, test.err) || time.Since(began) != 0 {
					t.Errorf("the next one: %v, %v after %s", done, err, time.Since(began))
				}
				if replies, over, err := x.wait(t.Context(), one, 0, time.Second); len(replies) != 0 || over || err != nil {
					t.Errorf("the page is back and gets %v, %v, %v", replies, over, err)
				}
				if one.gone {
					t.Error("the page is back, and nobody knows")
				}
			})
		})
	}
}

// TestExchanges_PageComesBack in time, and takes what waits.
func TestExchanges_PageComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExchanges()
		one, _ := x.join("m", false)
		result := make(chan error, 1)
		go func() {
			_, err := x.deliver(t.Context(), delivery("m", guest+"A", "hi"))
			result <- err
		}()
		time.Sleep(pagePatience - time.Second)
		replies, over, err := x.wait(t.Context(), one, 0, time.Second)
		if len(replies) != 1 || replies[0].Text != "hi" || over || err != nil {
			t.Errorf("got %v, %v, %v", replies, over, err)
		}
		if err := <-result; err != nil {
			t.Error(err)
		}
	})
}

func TestExchanges_DeliverEndsWithItsContext(t *testing.T) {
	x := newExchanges()
	one, _ := x.join("m", false)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(core.ErrStopping)
	var again *core.RetryError
	if done, err := x.deliver(ctx, delivery("m", guest+"A", "hi")); !done || !errors.As(err, &again) || !errors.Is(err, core.ErrStopping) || len(one.replies) != 0 {
		t.Errorf("got %v, %v; %d replies", done, err, len(one.replies))
	}
	if done, err := x.deliver(t.Context(), delivery("m", guest+"A", " ")); !done || !errors.Is(err, errNothing) {
		t.Errorf("a blank one: %v, %v", done, err)
	}
	if done, err := x.deliver(t.Context(), delivery("other", person, "hi")); done || err != nil {
		t.Errorf("of another message: %v, %v", done, err)
	}
}

func TestExchanges_WaitIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExchanges()
		one, _ := x.join("m", false)
		for range waitingOne {
			go func() {
				if replies, over, err := x.wait(t.Context(), one, 0, time.Minute); len(replies) != 0 || over || err != nil {
					t.Errorf("got %v, %v, %v", replies, over, err)
				}
			}()
		}
		synctest.Wait()
		if _, _, err := x.wait(t.Context(), one, 0, time.Minute); !errors.Is(err, errCrowded) {
			t.Errorf("got %v", err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if one.waiting != 0 || x.waiting != 0 {
			t.Errorf("%d and %d wait", one.waiting, x.waiting)
		}
	})
}

func TestExchanges_Forget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExchanges()
		for n := range exchangesMost + 10 {
			x.join(fmt.Sprint(n), false)
		}
		if len(x.byID) != exchangesMost || x.find("9") != nil || x.find("10") == nil {
			t.Errorf("%d are known", len(x.byID))
		}
		time.Sleep(exchangeLife + time.Second)
		if _, fresh := x.join("4000", false); fresh {
			t.Error("one that may run still is not known")
		}
		one, fresh := x.join("new", false)
		if !fresh || len(x.byID) != 1 || len(x.order) != 1 {
			t.Errorf("%v; %d are known, %d in order", fresh, len(x.byID), len(x.order))
		}
		one.replies = []*pageReply{{Text: strings.Repeat("x", exchangesBytes)}}
		if x.join("next", false); x.find("new") != nil || x.find("next") == nil {
			t.Error("a long one is still known")
		}
	})
}

// TestExchanges_Keep keeps what known people have said, once, and what nobody could be answered never.
func TestExchanges_Keep(t *testing.T) {
	x := newExchanges()
	turns := map[bool]*endedTurn{}
	for _, known := range []bool{true, false} {
		turns[known] = &endedTurn{done: make(chan struct{}), err: io.ErrShortWrite}
		one, _ := x.join(fmt.Sprint(known), known)
		if err := x.keep(t.Context(), one); err != nil {
			t.Errorf("before it began: %v", err)
		}
		x.begin(one, turns[known])
	}
	open := x.unkept()
	if len(open) != 1 || open[0].id != "true" {
		t.Fatalf("%d are to be kept", len(open))
	}
	if err := x.keep(t.Context(), open[0]); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v", err)
	}
	turns[true].err = nil
	for range 2 {
		if err := x.keep(t.Context(), open[0]); err != nil {
			t.Error(err)
		}
	}
	if err := x.keep(t.Context(), x.find("false")); err != nil || turns[true].kept != 2 || turns[false].kept != 0 || len(x.unkept()) != 0 {
		t.Errorf("%v; kept %d and %d times", err, turns[true].kept, turns[false].kept)
	}
}
