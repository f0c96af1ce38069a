package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// next is the spec of the test's plugin as another kind.
func next(kind string) Spec {
	return Spec{Name: "test", Command: []string{os.Args[0], pluginWord, kind}}
}

func TestReplace_NewTurnsGoToTheNewProcess(t *testing.T) {
	f := startPlugin(t, "plain", nil).ready(t)
	old := f.mustSay(t, "pid")
	running := make(chan []string, 1)
	go func() {
		said, _ := f.say(t, "slow")
		running <- said
	}()
	until(t, "a turn runs", func() bool {
		i, err := f.status.wait(t.Context())
		return err == nil && i.remote.Running() == 1
	})
	if err := f.Replace(bounded(t, 20*time.Second), next("json")); err != nil {
		t.Fatal(err)
	}
	if got := f.mustSay(t, "pid"); got == old {
		t.Error("the old process still answers")
	}
	if said := <-running; len(said) != 1 || said[0] != "re slow" {
		t.Errorf("the turn that ran said %q", said)
	}
	until(t, "the old process has left no note", func() bool {
		_, err := os.Stat(f.dir.notePath(number(t, old)))
		return errors.Is(err, os.ErrNotExist)
	})
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestReplace_GoesBackIfTheNextOneFails holds that a version which cannot start costs nobody an answer.
func TestReplace_GoesBackIfTheNextOneFails(t *testing.T) {
	f := startPlugin(t, "plain", nil).ready(t)
	pid := f.mustSay(t, "pid")
	wrong := next("plain")
	wrong.Config = []byte(`{"want":"trouble"}`)
	missing := Spec{Name: "test", Command: []string{"./there-is-none"}}
	for name, s := range map[string]Spec{"exits": next("exits"), "wrong configuration": wrong, "no program": missing} {
		err := f.Replace(bounded(t, 20*time.Second), s)
		if err == nil || f.mustSay(t, "pid") != pid {
			t.Errorf("%s: %v", name, err)
		}
		var problems sdk.Problems
		if name == "wrong configuration" && !errors.As(err, &problems) {
			t.Errorf("the problems are lost: %v", err)
		}
	}
}

// TestReplace_HealsWhatCannotWork is about a plugin that is corrected while the bot runs.
func TestReplace_HealsWhatCannotWork(t *testing.T) {
	for _, kind := range []string{"exits", "no program"} {
		f := startPlugin(t, kind, func(s *Spec) {
			if kind == "no program" {
				s.Command = []string{"./there-is-none"}
			}
		})
		if err := f.Started(bounded(t, 20*time.Second)); err == nil {
			t.Fatal("it started")
		}
		if err := f.Replace(bounded(t, 20*time.Second), next("plain")); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if got := f.mustSay(t, "hello"); got != "re hello" {
			t.Errorf("%s: got %q", kind, got)
		}
	}
}

func TestReplace_AfterStop(t *testing.T) {
	f := startPlugin(t, "plain", nil).ready(t)
	f.Stop(bounded(t, 5*time.Second))
	if err := f.Replace(bounded(t, 5*time.Second), next("plain")); !errors.Is(err, ErrStopped) {
		t.Errorf("got %v", err)
	}
}

// TestReplace_UnderLoad replaces a plugin again and again while many talk to it: each message is answered once.
func TestReplace_UnderLoad(t *testing.T) {
	f := startPlugin(t, "plain", nil).ready(t)
	ctx, stop := context.WithCancel(t.Context())
	var talking sync.WaitGroup
	var answered atomic.Int64
	for person := range 16 {
		talking.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				text := fmt.Sprint(person, " ", n)
				said, err := f.say(t, text)
				if err != nil || len(said) != 1 || said[0] != "re "+text {
					t.Errorf("%s: %q, %v", text, said, err)
					return
				}
				answered.Add(1)
			}
		})
	}
	for range 5 {
		if err := f.Replace(bounded(t, 20*time.Second), next("plain")); err != nil {
			t.Error(err)
		}
	}
	stop()
	talking.Wait()
	if answered.Load() < 100 || strings.Contains(f.log.String(), "runs again") {
		t.Errorf("%d answers, log: %s", answered.Load(), f.log)
	}
}

// TestEntrance_Bounds holds that a plugin gets so many turns at once and no more, and that who waits can go.
func TestEntrance_Bounds(t *testing.T) {
	f := startPlugin(t, "plain", func(s *Spec) { s.MaxTurns = 2 }).ready(t)
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for range 2 {
		waiting.Go(func() { _ = f.Handle(ctx, &sdk.Message{Content: sdk.Text{Text: "wait"}}, &recorder{}) })
	}
	until(t, "two turns run", func() bool {
		i, err := f.status.wait(t.Context())
		return err == nil && i.remote.Running() == 2
	})
	impatient, end := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer end()
	err := f.Handle(impatient, &sdk.Message{Content: sdk.Text{Text: "hello"}}, &recorder{})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no place") {
		t.Errorf("one too many: %v", err)
	}
	cancel()
	waiting.Wait()
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
}
