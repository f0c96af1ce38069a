//go:build linux

package host

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// BenchmarkZoo measures the 99th percentile of a good plugin that gets 200 messages a second, alone and beside each bad one, in turns, and
// reports how much slower the bad one makes it. Run it with -benchtime 1x.
func BenchmarkZoo(b *testing.B) {
	limits := func(s *Spec) {
		s.Name, s.MaxTurns, s.Limits = "bad", 4, Limits{Memory: 200 << 20, Processes: 20}
	}
	for _, kind := range []string{"exits-in-a-loop", "eats", "forks", "floods", "hangs-in-turns"} {
		b.Run(kind, func(b *testing.B) {
			for range b.N {
				var alone, beside []time.Duration
				for range 3 { // In turns: the machine is not always the same.
					alone = append(alone, atTwoHundred(b, nil)...)
					bad := next(kind)
					limits(&bad)
					beside = append(beside, atTwoHundred(b, &bad)...)
				}
				one, other := p99(alone), p99(beside)
				b.ReportMetric(float64(one.Microseconds()), "alone-p99-µs")
				b.ReportMetric(float64(other.Microseconds()), "beside-p99-µs")
				b.ReportMetric(float64(other)/float64(one), "ratio")
			}
		})
	}
}

func p99(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)*99/100]
}

// atTwoHundred returns how long each of 1,000 turns of a good plugin took, begun 200 a second.
func atTwoHundred(b *testing.B, bad *Spec) []time.Duration {
	h, err := New(slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close(context.Background())
	good := h.Start(next("plain"))
	if err := good.Ready(context.Background()); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	pestered := make(chan struct{})
	if bad == nil {
		close(pestered)
	} else {
		other := h.Start(*bad)
		text := "wait"
		if bad.Command[2] == "hangs-in-turns" {
			text = "hang"
		}
		go func() {
			defer close(pestered)
			pester(ctx, other, text)
		}()
	}
	const turns = 1000
	took := make([]time.Duration, turns)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := range turns {
		<-tick.C
		began := time.Now()
		if err := good.Handle(ctx, &sdk.Message{ID: "m", Content: sdk.Text{Text: "hello"}}, &recorder{}); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(began)
	}
	cancel()
	<-pestered
	return took
}
