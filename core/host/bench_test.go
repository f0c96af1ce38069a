package host

import (
	"log/slog"
	"os"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

// BenchmarkPlugin_Handle measures the hop alone: one turn in a plugin's process.
func BenchmarkPlugin_Handle(b *testing.B) {
	h, err := New(slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close(b.Context())
	p := h.Start(Spec{Name: "test", Command: []string{os.Args[0], pluginWord, "echo"}})
	if err := p.Ready(b.Context()); err != nil {
		b.Fatal(err)
	}
	turn := func() {
		r := &recorder{}
		err := p.Handle(b.Context(), &sdk.Message{ID: "1", Content: sdk.Text{Text: "hello"}}, r)
		if err != nil || len(r.replies) != 1 {
			b.Error(r.replies, err)
		}
	}
	b.Run("one at a time", func(b *testing.B) {
		for b.Loop() {
			turn()
		}
	})
	b.Run("128 at a time", func(b *testing.B) {
		b.SetParallelism(64)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				turn()
			}
		})
	})
}
