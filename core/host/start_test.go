package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// startError waits until the plugin has failed to start once, and returns why.
func startError(t *testing.T, f *fixture) string {
	t.Helper()
	var text string
	until(t, "a failed start", func() bool {
		state, err := f.State()
		if state == Backoff || state == Failed {
			text = err.Error()
		}
		return text != ""
	})
	return text
}

func TestStart_ReasonAndLastLinesAreInTheError(t *testing.T) {
	f := startPlugin(t, "exits", nil)
	got := startError(t, f)
	for _, want := range []string{"it ended before the handshake", "no licence found"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if state, _ := f.State(); state == Failed {
		t.Error("it may work the next time")
	}
}

func TestStart_TextBeforeTheHandshakeIsNamed(t *testing.T) {
	f := startPlugin(t, "chatty", nil)
	got := startError(t, f)
	for _, want := range []string{"is not go-plugin's handshake", "sdk.Serve", "Loading the model …"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}

func TestStart_ProgramThatIsNoPluginFailsForGood(t *testing.T) {
	f := startPlugin(t, "", func(s *Spec) { s.Command = []string{"echo", "hi"} })
	if err := f.Started(bounded(t, 10*time.Second)); !errors.Is(err, errNoPlugin) {
		t.Errorf("error %v", err)
	}
	until(t, "it is given up, and not started for ever", func() bool {
		state, _ := f.State()
		return state == Failed
	})
}

func TestStarted_DoesNotWaitForASecondStart(t *testing.T) {
	starts := filepath.Join(t.TempDir(), "starts")
	f := startPlugin(t, "", func(s *Spec) {
		s.Command = []string{"/bin/sh", "-c", `echo x >> "$0"; echo no licence found >&2; exec sleep 1000`, starts}
		s.StartTimeout = 300 * time.Millisecond
	})
	if err := f.Started(bounded(t, 10*time.Second)); err == nil || !strings.Contains(err.Error(), "no licence found") {
		t.Errorf("error %v", err)
	}
	if text, err := os.ReadFile(starts); err != nil || len(text) > len("x\nx\n") {
		t.Errorf("it returned after %d starts, %v", len(text)/2, err)
	}
	good := startPlugin(t, "echo", nil)
	if err := good.Started(bounded(t, 10*time.Second)); err != nil {
		t.Errorf("error %v", err)
	}
	stopped := startPlugin(t, "hangs", nil)
	stopped.Stop(bounded(t, time.Second))
	if err := stopped.Started(t.Context()); err == nil {
		t.Error("a plugin that was stopped before it had started has started")
	}
}

func TestStart_ThatNeverEndsBacksOff(t *testing.T) {
	f := startPlugin(t, "hangs", func(s *Spec) { s.StartTimeout = 20 * time.Millisecond })
	until(t, "the third start", func() bool {
		return strings.Count(f.log.String(), "will be started again") >= 3
	})
	if n := strings.Count(f.log.String(), "in=0s"); n != 1 {
		t.Errorf("%d restarts without a wait: %s", n, f.log)
	}
}

func TestStart_TimesOutWithTheReason(t *testing.T) {
	f := startPlugin(t, "hangs", func(s *Spec) { s.StartTimeout = 200 * time.Millisecond })
	began := time.Now()
	if got := startError(t, f); !strings.Contains(got, "not ready within 200ms") {
		t.Errorf("got %q", got)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestStart_ProgramThatIsNotThereFailsForGood(t *testing.T) {
	for name, command := range map[string][]string{
		"path": {filepath.Join(t.TempDir(), "faq-plugin")}, "name": {"there-is-no-such-program"}, "nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			f := startPlugin(t, "", func(s *Spec) { s.Command = command })
			if err := f.Ready(bounded(t, 10*time.Second)); !errors.Is(err, errNoProgram) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestStart_StopDuringTheStart(t *testing.T) {
	f := startPlugin(t, "hangs", nil)
	began := time.Now()
	f.Stop(bounded(t, time.Second))
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestStart_BrokenPluginDoesNotDelayAnother(t *testing.T) {
	f := startPlugin(t, "hangs", nil)
	good := f.Start(Spec{Name: "good", Command: []string{os.Args[0], pluginWord, "echo"}})
	if err := good.Ready(bounded(t, 10*time.Second)); err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	if err := good.Handle(t.Context(), &sdk.Message{Content: sdk.Text{Text: "hi"}}, r); err != nil || len(r.texts()) != 1 {
		t.Errorf("replies %q, %v", r.texts(), err)
	}
}

func TestRestartWait_GrowsWithJitterAndIsBounded(t *testing.T) {
	if got := (pace{restartMin, restartMax}).wait(0); got != 0 {
		t.Errorf("the first restart waits %s", got)
	}
	for failures := 1; failures < 100; failures++ {
		want := restartMax
		if failures < 10 {
			want = min(restartMin<<(failures-1), restartMax)
		}
		if got := (pace{restartMin, restartMax}).wait(failures); got < want*3/4 || got > want*5/4 {
			t.Errorf("after %d failures: %s, want about %s", failures, got, want)
		}
	}
}

// TestStart_SoManyAtATime holds that a bot with many plugins does not start all of them at once.
func TestStart_SoManyAtATime(t *testing.T) {
	h := mustHost(t)
	for range maxStarts {
		h.starts <- struct{}{}
	}
	p := h.Start(next("plain"))
	impatient, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := p.Ready(impatient); err == nil {
		t.Error("one more is started")
	}
	<-h.starts
	if err := p.Ready(bounded(t, 20*time.Second)); err != nil {
		t.Error(err)
	}
	if len(h.starts) != maxStarts-1 {
		t.Errorf("%d places are taken", len(h.starts))
	}
}
