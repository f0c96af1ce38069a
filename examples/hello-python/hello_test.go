// Package hello holds the test of the plugin in Python beside it.
package hello

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/sdk"
)

func TestHello_IsAtMost15Lines(t *testing.T) {
	source, err := os.ReadFile("hello.py")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(source, []byte("\n")); n > 15 {
		t.Errorf("hello.py has %d lines", n)
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
	h, err := host.New(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	defer h.Close(ctx)
	p := h.Start(host.Spec{Name: "hello", Command: []string{python(t), "hello.py"}, Env: []string{"PYTHONPATH=" + sdkFolder(t)}})
	if err := p.Started(ctx); err != nil {
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

func sdkFolder(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../../sdk/python")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// python returns a Python that has what the SDK needs: $PYTHON, or the first that does.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("PYTHON"), "/usr/bin/python3", "python3"} {
		if name != "" && exec.Command(name, "-c", "import grpc, google.protobuf").Run() == nil {
			return name
		}
	}
	t.Fatal("no python3 with grpcio and protobuf; ./scripts/test installs it, or set $PYTHON")
	return ""
}
