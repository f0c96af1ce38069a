package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/sdk"
)

func TestHello_IsAtMost15Lines(t *testing.T) {
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(source, []byte("\n")); n > 15 {
		t.Errorf("main.go has %d lines", n)
	}
}

// replies is a Responder that takes texts and nothing else.
type replies struct {
	sdk.Responder
	texts []string
}

func (r *replies) Reply(c sdk.Content) error {
	r.texts = append(r.texts, c.(sdk.Text).Text)
	return nil
}

// TestHello_AnswersAsAPlugin builds the program, and starts it as the bot does.
func TestHello_AnswersAsAPlugin(t *testing.T) {
	p := mustStart(t, mustBuild(t))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := p.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	did := &replies{}
	if err := p.Handle(ctx, &sdk.Message{ID: "1", Content: sdk.Text{Text: "世界"}}, did); err != nil {
		t.Fatal(err)
	}
	if len(did.texts) != 1 || did.texts[0] != "你好! 世界" {
		t.Errorf("got %q", did.texts)
	}
}

func mustBuild(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "hello")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

func mustStart(t *testing.T, program string) *host.Plugin {
	t.Helper()
	h, err := host.New(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		h.Close(ctx)
	})
	return h.Start(host.Spec{Name: "hello", Command: []string{program}})
}
