package host

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// mustTry prepares the test's plugin.
func mustTry(t *testing.T, kind string, environ func([]string) []string, log *slog.Logger) *Trial {
	t.Helper()
	h, err := New(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close(bounded(t, 5*time.Second)) })
	trial, err := h.Try(Spec{Name: "test", Command: []string{os.Args[0], pluginWord, kind}}, environ, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trial.Close)
	return trial
}

func mustConnect(t *testing.T, trial *Trial) grpc.ClientConnInterface {
	t.Helper()
	conn, err := trial.Connect(bounded(t, 20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// mustExit waits for the end of the process and returns its code.
func mustExit(t *testing.T, trial *Trial) int {
	t.Helper()
	select {
	case <-trial.Exited():
		return trial.ExitCode()
	case <-time.After(10 * time.Second):
		t.Fatal("it is still there")
		return 0
	}
}

// mustTell runs a turn in a process that was tried.
func mustTell(t *testing.T, conn grpc.ClientConnInterface, text string) []string {
	t.Helper()
	remote := sdk.Connect(conn)
	if err := remote.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer remote.Close(bounded(t, 2*time.Second))
	did := &recorder{}
	if err := remote.Handle(bounded(t, 10*time.Second), &sdk.Message{ID: "1", Content: sdk.Text{Text: text}}, did); err != nil {
		t.Fatal(err)
	}
	return did.texts()
}

func TestTrial_ConnectsAndLeaves(t *testing.T) {
	log := &logtest.Buffer{}
	trial := mustTry(t, "echo", nil, log.Logger())
	if got := mustTell(t, mustConnect(t, trial), "print something"); !slices.Equal(got, []string{"re print something"}) {
		t.Errorf("replies %q", got)
	}
	if killed, left := trial.Leave(); killed || left || trial.ExitCode() != 0 || trial.Ended() != "exit status 0" {
		t.Errorf("killed %t, left %t, %s", killed, left, trial.Ended())
	}
	if !strings.Contains(log.String(), "something") {
		t.Errorf("log %s", log)
	}
}

func TestTrial_LeaveTellsWhoStayed(t *testing.T) {
	trial := mustTry(t, "echo", nil, slog.New(slog.DiscardHandler))
	mustTell(t, mustConnect(t, trial), "child")
	if killed, left := trial.Leave(); killed || !left {
		t.Errorf("killed %t, left %t, though it had a child", killed, left)
	}
}

// TestTrial_EnvironmentOfItsOwn holds that the process may end by itself: how is what a trial is for.
func TestTrial_EnvironmentOfItsOwn(t *testing.T) {
	log := &logtest.Buffer{}
	nothing := func([]string) []string { return nil }
	trial := mustTry(t, "echo", nothing, log.Logger())
	if _, err := trial.Connect(bounded(t, 20*time.Second)); err == nil {
		t.Fatal("it shook hands without a cookie")
	}
	if code := mustExit(t, trial); code != 1 || !strings.Contains(log.String(), "the bot starts it") {
		t.Errorf("code %d, log %s", code, log)
	}
}

func TestTrial_Signals(t *testing.T) {
	trial := mustTry(t, "echo", nil, slog.New(slog.DiscardHandler))
	if err := trial.CloseInput(); err == nil {
		t.Error("a process that was not started has an input")
	}
	conn := mustConnect(t, trial)
	if err := trial.Interrupt(); err != nil {
		t.Error(err)
	}
	mustTell(t, conn, "still there?")
	if err := trial.CloseInput(); err != nil {
		t.Error(err)
	}
	if code := mustExit(t, trial); code != 1 {
		t.Errorf("code %d", code)
	}
	if err := trial.Interrupt(); err == nil {
		t.Error("a process that has ended was interrupted")
	}
}

func TestTrial_CloseKills(t *testing.T) {
	trial := mustTry(t, "hangs", nil, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := trial.Connect(ctx); err == nil {
		t.Fatal("it shook hands")
	}
	trial.Close()
	if code := mustExit(t, trial); code != -1 {
		t.Errorf("code %d", code)
	}
	trial.Close()
}

func TestTrial_NeverStarted(t *testing.T) {
	trial := mustTry(t, "echo", nil, slog.New(slog.DiscardHandler))
	trial.Close()
	if access := trial.Access(); access != (sdk.HostAccess{}) {
		t.Errorf("access to no Host: %+v", access)
	}
}
