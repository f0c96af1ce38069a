package core

import (
	"log/slog"
	"testing"
	"testing/synctest"
)

func TestOutbox_LaneThatIsEmptyForAMomentGetsNoSecondGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(t.Context(), nil, nil, slog.New(slog.DiscardHandler))
		key := conversationKey{"ch", "ann"}
		o.waiting[key] = []*dispatch{} // As between two deliveries: its goroutine is about to look again.
		o.postpone(key, &dispatch{outbox: o, Delivery: Delivery{Channel: "ch", Conversation: "ann"}})
		ended := make(chan struct{})
		go func() {
			o.lanes.Wait()
			close(ended)
		}()
		synctest.Wait()
		select {
		case <-ended:
		default:
			t.Error("a second goroutine works on the lane: its deliveries would be sent twice")
		}
		if len(o.waiting[key]) != 1 {
			t.Errorf("%d deliveries wait, want the one for the goroutine that is there", len(o.waiting[key]))
		}
	})
}
