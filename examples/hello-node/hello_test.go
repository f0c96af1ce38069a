// Package hello holds the example in Node.js to what it promises.
package hello

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/sdk"
)

func TestHello_IsAtMost15Lines(t *testing.T) {
	source, err := os.ReadFile("main.js")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(source, []byte("\n")); n > 15 {
		t.Errorf("main.js has %d lines", n)
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

// TestHello_AnswersAsAPlugin starts the program as the bot does.
func TestHello_AnswersAsAPlugin(t *testing.T) {
	p := mustStart(t, mustInstall(t))
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

// mustInstall does what `npm install` does in the example's folder, in another one: the SDK is a link in node_modules.
func mustInstall(t *testing.T) string {
	t.Helper()
	pkg, err := filepath.Abs("../../sdk/node")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(pkg, "node_modules")); err != nil {
		t.Fatalf("%v: run `make node` first", err)
	}
	dir := t.TempDir()
	scope := filepath.Join(dir, "node_modules", "@chuanhuabot")
	if err := os.MkdirAll(scope, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(pkg, filepath.Join(scope, "bot-sdk")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.js", "package.json"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "main.js")
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
	return h.Start(host.Spec{Name: "hello", Command: []string{"node", program}})
}
