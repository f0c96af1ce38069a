// Package python holds the SDK for Python to the bot itself. Its own tests are in tests/.
package python

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// said is a Responder that remembers texts and the state.
type said struct {
	sdk.Responder
	mu    sync.Mutex
	texts []string
	state []byte
}

func (s *said) Reply(c sdk.Content) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, ok := c.(sdk.Image); ok {
		s.texts = append(s.texts, "image "+i.Media.ID)
		return nil
	}
	s.texts = append(s.texts, c.(sdk.Text).Text)
	return nil
}

func (s *said) Append(text string) error { return s.Reply(sdk.Text{Text: text}) }

func (s *said) Save(state []byte) error {
	s.state = state
	return nil
}

func (s *said) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.texts, "|")
}

// mustStart starts a plugin of tests/plugins with a configuration.
func mustStart(t *testing.T, name, config string) (*host.Plugin, *logtest.Buffer) {
	t.Helper()
	return mustRun(t, host.Spec{Name: name, Config: []byte(config)})
}

// mustRun starts a plugin of tests/plugins as the bot does.
func mustRun(t *testing.T, s host.Spec) (*host.Plugin, *logtest.Buffer) {
	t.Helper()
	log := &logtest.Buffer{}
	h, err := host.New(slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		began := time.Now()
		h.Close(within(t, 10*time.Second))
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("the plugin took %s to end", took)
		}
	})
	s.Command, s.Env = command(t, s.Name), environment(t)
	return h.Start(s), log
}

// command runs a plugin with a Python that has what the SDK needs: $PYTHON, or the first that does.
func command(t *testing.T, name string) []string {
	t.Helper()
	for _, python := range []string{os.Getenv("PYTHON"), "/usr/bin/python3", "python3"} {
		if python != "" && exec.Command(python, "-c", "import grpc, google.protobuf").Run() == nil {
			return []string{python, filepath.Join("tests", "plugins", name+".py")}
		}
	}
	t.Fatal("no python3 with grpcio and protobuf; ./scripts/test installs it, or set $PYTHON")
	return nil
}

func environment(t *testing.T) []string {
	t.Helper()
	folder, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	return []string{"PYTHONPATH=" + folder}
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), d)
	t.Cleanup(cancel)
	return ctx
}

func text(words string) *sdk.Message {
	return &sdk.Message{ID: "1", Channel: "wx", Conversation: "c1", Sender: "o1", Content: sdk.Text{Text: words}}
}

// TestProcess_Prints holds that what a plugin prints, before the handshake and after it, ends up in the log and stalls
// nothing.
func TestProcess_Prints(t *testing.T) {
	p, log := mustStart(t, "noisy", "")
	if err := p.Started(within(t, 30*time.Second)); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		did := &said{}
		if err := p.Handle(within(t, 20*time.Second), text("print"), did); err != nil {
			t.Fatal(err)
		}
		if want := "stdin has 0 bytes, cookie: None"; did.text() != want {
			t.Errorf("got %q, want %q", did.text(), want)
		}
	}
	if err := p.Handle(within(t, 20*time.Second), text("log ice"), &said{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"printed before serve", "written to descriptor 1", "printed by a child", `level=WARN msg="careful: ice"`} {
		for range 1000 { // It comes through another pipe than the reply.
			if strings.Contains(log.String(), want) {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in the log", want)
		}
	}
}

func TestProcess_SaysWhatItIs(t *testing.T) {
	p, _ := mustStart(t, "everything", `{"times": 2}`)
	if err := p.Started(within(t, 30*time.Second)); err != nil {
		t.Fatal(err)
	}
	about := p.Describe()
	if about.Name != "everything" || about.Version != "2.0" || !about.Stateful || !strings.Contains(about.ConfigSchema, `"maximum":3`) {
		t.Errorf("got %+v", about)
	}
	m, did := text("x"), &said{}
	for _, want := range []string{"hellohello 1", "hellohello 1|hellohello 2"} {
		m.State = did.state
		if err := p.Handle(within(t, 20*time.Second), m, did); err != nil || did.text() != want {
			t.Errorf("got %q, %v; want %q", did.text(), err, want)
		}
	}
}

func TestProcess_ProblemsOfItsSettings(t *testing.T) {
	p, _ := mustStart(t, "everything", `{"greeting": "", "times": 4, "tmies": 1}`)
	var problems sdk.Problems
	if err := p.Started(within(t, 30*time.Second)); !errors.As(err, &problems) || len(problems) != 3 {
		t.Fatalf("got %v", err)
	}
	want := "tmies: unknown key; remove it or correct its spelling; greeting: must not be empty; times: must be at most 3, not 4"
	if problems.Error() != want {
		t.Errorf("got %q, want %q", problems, want)
	}
}

// TestProcess_Dies holds that the next process goes on.
func TestProcess_Dies(t *testing.T) {
	p, _ := mustStart(t, "noisy", "")
	if err := p.Handle(within(t, 30*time.Second), text("die"), &said{}); !errors.Is(err, sdk.ErrDisconnected) {
		t.Errorf("got %v", err)
	}
	did := &said{}
	if err := p.Handle(within(t, 30*time.Second), text("print"), did); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// TestProcess_LetsTurnsEnd holds that a turn which runs when the bot stops is not lost.
func TestProcess_LetsTurnsEnd(t *testing.T) {
	p, _ := mustStart(t, "noisy", "")
	did, result := &said{}, make(chan error, 1)
	go func() { result <- p.Handle(within(t, 30*time.Second), text("sleep 0.5"), did) }()
	for range 2000 {
		if did.text() != "" {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.Stop(within(t, 10*time.Second))
	if err := <-result; err != nil || did.text() != "sleeping|awake" {
		t.Errorf("got %q, %v", did.text(), err)
	}
}
