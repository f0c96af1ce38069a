package app

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/chuanhuabot/bot/sdk"
)

// TestSwitchboard_WaitsForAllEarlierRoutes is about two changes in a row: a turn of the first routes may still come to a plugin that only the
// second change removes.
func TestSwitchboard_WaitsForAllEarlierRoutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		waits := sdk.HandlerFunc(func(context.Context, *sdk.Message, sdk.Responder) error { <-goOn; return nil })
		none := sdk.HandlerFunc(func(context.Context, *sdk.Message, sdk.Responder) error { return nil })
		s := newSwitchboard(waits)
		go func() { _ = s.Handle(t.Context(), &sdk.Message{}, nil) }()
		synctest.Wait()
		s.turn(none)
		over := s.turn(none)
		synctest.Wait()
		select {
		case <-over:
			t.Error("over while a turn of the first routes runs")
		default:
		}
		close(goOn)
		<-over
	})
}
