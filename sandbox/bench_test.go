package sandbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chuanhuabot/bot/sandbox"
	"github.com/chuanhuabot/bot/sandbox/mp"
)

// BenchmarkSay is how many messages a second go through a whole sandbox, with everything that it remembers, to a bot that costs
// nothing; the goal is 1,000 on two cores.
func BenchmarkSay(b *testing.B) {
	s, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("success")) }))
	defer bot.Close()
	account, err := s.World().AddMP("wx", mp.Settings{URL: bot.URL, Mode: mp.ModeSafe})
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if out, err := account.Say(context.Background(), "ann", mp.Text("hello")); err != nil || !out.Answered {
				b.Errorf("%+v, %v", out, err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
