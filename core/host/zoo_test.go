//go:build linux

package host

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// TestZoo runs each bad plugin beside a good one: that answers as if it were alone, and what is to be said of the other is in the log.
func TestZoo(t *testing.T) {
	for kind, test := range map[string]struct {
		change func(*Spec)
		says   string // In the log, in the end.
		turns  string // What its turns do; "wait" if it is empty.
	}{
		"exits-in-a-loop": {nil, "ends too often", ""},
		"eats":            {func(s *Spec) { s.Limits.Memory = 200 << 20 }, "more than the 200 MB", ""},
		"forks":           {func(s *Spec) { s.Limits.Processes = 20 }, "more than the 20 of its limit", ""},
		"floods":          {nil, "lines were dropped", ""},
		"hangs-in-turns":  {func(s *Spec) { s.MaxTurns = 4 }, "turns in a row have had no end", "hang"},
	} {
		t.Run(kind, func(t *testing.T) {
			log := &logtest.Buffer{}
			h, err := New(log.Logger())
			if err != nil {
				t.Fatal(err)
			}
			defer h.Close(bounded(t, 5*time.Second))
			h.pace = brisk
			s := next(kind)
			s.Name = "bad"
			if test.change != nil {
				test.change(&s)
			}
			bad, good := h.Start(s), h.Start(next("plain"))
			if err := good.Ready(bounded(t, 20*time.Second)); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			pestered := make(chan struct{})
			go func() {
				defer close(pestered)
				pester(ctx, bad, cmp.Or(test.turns, "wait"))
			}()
			until(t, test.says, func() bool {
				answersAtOnce(t, good)
				return strings.Contains(log.String(), test.says)
			})
			cancel()
			<-pestered
		})
	}
}

// brisk is a pace for tests.
var brisk = pace{time.Millisecond, 20 * time.Millisecond}

// pester has a bad plugin handle messages until ctx ends, several at a time.
func pester(ctx context.Context, p *Plugin, text string) {
	for ctx.Err() == nil {
		turn, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
		_ = p.Handle(turn, &sdk.Message{ID: "m", Content: sdk.Text{Text: text}}, &recorder{}) // Whatever comes of it.
		cancel()
	}
}

// answersAtOnce holds a good plugin to a second, which is long.
func answersAtOnce(t *testing.T, p *Plugin) {
	t.Helper()
	r := &recorder{}
	err := p.Handle(bounded(t, time.Second), &sdk.Message{ID: "m", Content: sdk.Text{Text: "hello"}}, r)
	if said := r.texts(); err != nil || len(said) != 1 || said[0] != "re hello" {
		t.Fatalf("the good one said %q, %v", said, err)
	}
}

// TestDegraded_DoesNotMakeAnybodyWait holds that what stands in for a plugin can answer at once, and that a new program heals it.
func TestDegraded_DoesNotMakeAnybodyWait(t *testing.T) {
	f := &fixture{Host: mustHost(t), log: &logtest.Buffer{}}
	f.pace = brisk
	f.Plugin = f.Start(next("exits-in-a-loop"))
	until(t, "it is degraded", func() bool { state, _ := f.State(); return state == Degraded })
	if _, err := f.say(t, "hello"); !errors.Is(err, ErrDegraded) {
		t.Errorf("got %v", err)
	}
	if err := f.Replace(bounded(t, 20*time.Second), next("plain")); err != nil {
		t.Fatal(err)
	}
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
}

// TestLimits_CountAllThatAPluginStarted holds that a plugin cannot hide behind its children.
func TestLimits_CountAllThatAPluginStarted(t *testing.T) {
	f := startPlugin(t, "plain", nil).ready(t)
	pid := number(t, f.mustSay(t, "pid"))
	if u := usageOf(pid); u.processes != 1 || u.memory < 1<<20 {
		t.Errorf("alone: %+v", u)
	}
	f.mustSay(t, "child")
	if u := usageOf(pid); u.processes != 2 {
		t.Errorf("with a child: %+v", u)
	}
	for want, l := range map[string]Limits{"": {}, "memory": {Memory: 1}, "processes": {Processes: 1}} {
		err := l.exceeded(usageOf(pid))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", l, err)
		}
	}
}
