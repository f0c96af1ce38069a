package hello

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/sdk/verify"
)

// TestHello_KeepsTheContract is what `bot plugin verify` does.
func TestHello_KeepsTheContract(t *testing.T) {
	h, err := host.New(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		h.Close(ctx)
	}()
	spec := host.Spec{Name: "hello", Command: []string{"node", mustInstall(t)}}
	launch := func(environ func([]string) []string, log *slog.Logger) (verify.Process, error) {
		return h.Try(spec, environ, log)
	}
	r, err := verify.Verify(t.Context(), launch, verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Rules {
		if f.Verdict == verify.Failed || f.Verdict == verify.NotApplicable {
			t.Error(f)
		}
	}
}
