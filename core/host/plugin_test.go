package host

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

func TestPlugin_Handle(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
	if state, err := f.State(); state != Ready || err != nil {
		t.Errorf("state %s, %v", state, err)
	}
	if about := f.Describe(); about.Name != "test" || about.Version != "9" || f.Stateful() {
		t.Errorf("about %+v", about)
	}
}

func TestPlugin_TurnsBeforeItIsReadyWait(t *testing.T) {
	f := startPlugin(t, "echo", nil)
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
}

func TestPlugin_Stateful(t *testing.T) {
	if f := startPlugin(t, "stateful", nil).ready(t); !f.Stateful() {
		t.Error("it says it is stateful, the host says not")
	}
}

func TestPlugin_CrashLosesNoOtherMessage(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	flag := filepath.Join(t.TempDir(), "flag")
	if err := os.WriteFile(flag, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := f.mustSay(t, "crash-once "+flag); got != "re crash-once "+flag {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(f.log.String(), "which runs again") {
		t.Errorf("log %s", f.log)
	}
}

func TestPlugin_RunThatDiedLeavesNoTraceInTheNext(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	flag := filepath.Join(t.TempDir(), "flag")
	if err := os.WriteFile(flag, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	m := &sdk.Message{ID: "1", Content: sdk.Text{Text: "pass-then-crash-once " + flag}}
	if err := f.Handle(bounded(t, 20*time.Second), m, r); err != nil || len(r.replies) != 1 || len(r.others) != 0 {
		t.Errorf("replies %q, others %q, %v: the next step would answer too", r.replies, r.others, err)
	}
	r = &recorder{}
	if err := f.Handle(t.Context(), &sdk.Message{ID: "2", Content: sdk.Text{Text: "pass"}}, r); err != nil || strings.Join(r.others, ",") != "save kept,pass" {
		t.Errorf("others %q, %v", r.others, err)
	}
}

func TestPlugin_ThatWorkedOnceIsNeverGivenUp(t *testing.T) {
	program := filepath.Join(t.TempDir(), "plugin")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	f := startPlugin(t, "echo", func(s *Spec) { s.Command[0] = program }).ready(t)
	if err := os.Remove(program); err != nil { // As while it is being replaced.
		t.Fatal(err)
	}
	kill(t, f)
	until(t, "it is missed", func() bool {
		state, err := f.State()
		return state == Backoff && errors.Is(err, errNoProgram)
	})
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
}

func TestPlugin_MessageThatAlwaysCrashesCostsItself(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	if _, err := f.say(t, "crash"); !errors.Is(err, sdk.ErrDisconnected) {
		t.Errorf("error %v", err)
	}
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("afterwards: %q", got)
	}
}

func TestPlugin_MessageThatAlwaysCrashesSparesThoseBesideIt(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	var people sync.WaitGroup
	failed := make(chan error, 20)
	for range 20 {
		people.Go(func() {
			r := &recorder{}
			err := f.Handle(bounded(t, 20*time.Second), &sdk.Message{Content: sdk.Text{Text: "slow"}}, r)
			if err != nil || len(r.texts()) != 1 {
				failed <- errors.Join(err, errors.New("an innocent turn is lost"))
			}
		})
	}
	until(t, "they are under way", func() bool {
		i, err := f.status.wait(t.Context())
		return err == nil && i.remote.Running() == 20
	})
	if _, err := f.say(t, "crash"); !errors.Is(err, sdk.ErrDisconnected) {
		t.Errorf("error %v", err)
	}
	people.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
}

func TestPlugin_TurnThatHasSpokenIsNotRunAgain(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	replies, err := f.say(t, "say-and-crash")
	if !errors.Is(err, sdk.ErrDisconnected) || len(replies) != 1 {
		t.Errorf("replies %q, %v: the person would read it twice", replies, err)
	}
}

func TestPlugin_KilledUnderLoadLosesNothing(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	var people sync.WaitGroup
	failed := make(chan error, 1000)
	for range 20 {
		people.Go(func() {
			for range 50 {
				r := &recorder{}
				began := time.Now()
				err := f.Handle(bounded(t, 20*time.Second), &sdk.Message{Content: sdk.Text{Text: "hi"}}, r)
				if err != nil || len(r.texts()) != 1 || time.Since(began) > 5*time.Second {
					failed <- errors.Join(err, errors.New("lost, doubled or late"))
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	time.Sleep(10 * time.Millisecond)
	kill(t, f)
	people.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
}

// kill ends the plugin's process from outside.
func kill(t *testing.T, f *fixture) {
	t.Helper()
	i, err := f.status.wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.FindProcess(i.process.pid())
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Kill(); err != nil {
		t.Fatal(err)
	}
}

func TestPlugin_PanicCostsOneTurnAndIsLogged(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	if _, err := f.say(t, "panic at the disco"); err == nil || !strings.Contains(err.Error(), "at the disco") {
		t.Errorf("error %v", err)
	}
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("afterwards: %q", got)
	}
	until(t, "the stack is in the log", func() bool { return strings.Contains(f.log.String(), "host_test.go") })
}

func TestPlugin_TimeoutIsTheCallersAndReachesTheTurn(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("too slow"))
	defer cancel()
	err := f.Handle(ctx, &sdk.Message{Content: sdk.Text{Text: "wait"}}, &recorder{})
	if err == nil || !strings.Contains(err.Error(), "too slow") && !strings.Contains(err.Error(), "deadline") {
		t.Errorf("error %v", err)
	}
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("afterwards: %q", got)
	}
}

func TestPlugin_SeesOnlyItsOwnEnvironment(t *testing.T) {
	t.Setenv("MP_SECRET", "the account's secret")
	f := startPlugin(t, "echo", func(s *Spec) { s.Env = []string{"FAQ_KEY=granted"} }).ready(t)
	for _, line := range strings.Split(f.mustSay(t, "env"), "\n") {
		name, _, _ := strings.Cut(line, "=")
		switch name {
		case "PATH", "FAQ_KEY", sdk.CookieKey, "PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_UNIX_SOCKET_DIR":
		default:
			t.Errorf("it sees %s", name)
		}
	}
}

func TestPlugin_RunsInTheFolderItIsGiven(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := startPlugin(t, "echo", func(s *Spec) { s.Dir = dir }).ready(t)
	if got := f.mustSay(t, "cwd"); got != dir {
		t.Errorf("it runs in %s, want %s", got, dir)
	}
}

func TestPlugin_OutputGoesToTheLogWithItsName(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	f.mustSay(t, "print 你好 log")
	until(t, "both lines are in the log", func() bool {
		log := f.log.String()
		return strings.Contains(log, `msg="你好 log" plugin=test stream=stdout`) && strings.Contains(log, `msg="你好 log" plugin=test stream=stderr`)
	})
}

func TestPlugin_FloodOfOutputStallsNothing(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	if got := f.mustSay(t, "flood"); got != "re flood" {
		t.Errorf("got %q", got)
	}
	until(t, "the long line is cut", func() bool { return strings.Contains(f.log.String(), "dropped_bytes=") })
}

func TestPlugin_JSONOnStderrDoesNotEndTheBot(t *testing.T) {
	f := startPlugin(t, "json", nil).ready(t)
	until(t, "the line is in the log", func() bool { return strings.Contains(f.log.String(), "@message") })
}

func TestPlugin_ConfigurationReachesIt(t *testing.T) {
	startPlugin(t, "echo", func(s *Spec) { s.Config = []byte(`{"want": "peace"}`) }).ready(t)
}

func TestPlugin_WrongConfigurationFailsForGood(t *testing.T) {
	f := startPlugin(t, "echo", func(s *Spec) { s.Config = []byte(`{"want": "trouble"}`) })
	err := f.Ready(bounded(t, 20*time.Second))
	var problems sdk.Problems
	if !errors.As(err, &problems) || problems[0].Field != "want" {
		t.Errorf("error %v", err)
	}
	if state, _ := f.State(); state != Failed {
		t.Errorf("state %s", state)
	}
	if _, err := f.say(t, "hello"); err == nil || !strings.Contains(err.Error(), "must not be trouble") {
		t.Errorf("a turn: %v", err)
	}
}

func TestPlugin_StopLetsTurnsEnd(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	got := make(chan error, 1)
	go func() {
		_, err := f.say(t, "slow")
		got <- err
	}()
	until(t, "the turn is under way", func() bool {
		i, err := f.status.wait(t.Context())
		return err == nil && i.remote.Running() == 1
	})
	f.Stop(bounded(t, 10*time.Second))
	if err := <-got; err != nil {
		t.Errorf("the turn: %v", err)
	}
	if _, err := f.say(t, "hello"); !errors.Is(err, ErrStopped) {
		t.Errorf("after stop: %v", err)
	}
	if state, _ := f.State(); state != Stopped {
		t.Errorf("state %s", state)
	}
}

func TestPlugin_StopOfAFrozenPluginIsQuick(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("nothing can freeze a process there")
	}
	f := startPlugin(t, "echo", nil).ready(t)
	if out, err := exec.Command("kill", "-STOP", f.mustSay(t, "pid")).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	began := time.Now()
	f.Stop(bounded(t, time.Minute))
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestPlugin_StopDoesNotWaitForEver(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	got := make(chan error, 1)
	go func() {
		_, err := f.say(t, "wait")
		got <- err
	}()
	began := time.Now()
	f.Stop(bounded(t, 100*time.Millisecond))
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	if err := <-got; err == nil {
		t.Error("the turn ended without an error")
	}
}
