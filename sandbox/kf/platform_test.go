package kf_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// TestPlatform_Stamp puts the platform's clock ahead of the bot's: what the bot reads has the bot's time.
func TestPlatform_Stamp(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, says(""))
	ahead := clock.NewMoved(noon.Add(50 * time.Hour))
	p := kf.New(kf.Options{Clock: ahead, Stamp: w.clock})
	t.Cleanup(p.Close)
	corp, err := p.AddCorp(w.corp.Settings())
	if err != nil {
		t.Fatal(err)
	}
	a := corp.AddAccount("客服")
	out, err := a.Say(t.Context(), ann, kf.Text("hello"))
	if err != nil || !strings.Contains(string(out.Plain), "<CreateTime>1790856000<") || !strings.Contains(out.Tries[0].URL, "timestamp=1790856000&") {
		t.Errorf("%s, %v", out.Plain, err)
	}
	if is := a.Session(ann); !is.Window.Until.Equal(noon.Add(98 * time.Hour)) {
		t.Errorf("%+v", is)
	}
	if e := a.Transcript(ann)[0]; !e.Time.Equal(noon.Add(50*time.Hour)) || e.Account != a.ID() || e.Person != ann {
		t.Errorf("%+v", e)
	}
}

func TestPlatform_SharesItsTranscript(t *testing.T) {
	log := transcript.New(10)
	p := kf.New(kf.Options{Transcript: log})
	t.Cleanup(p.Close)
	if p.Transcript() != log {
		t.Error("it has another transcript")
	}
}

func TestPlatform_RulesHaveDefaults(t *testing.T) {
	p := kf.New(kf.Options{})
	t.Cleanup(p.Close)
	want := kf.Rules{
		TryTimeout: 5 * time.Second, Tries: 3, History: 72 * time.Hour, TextLimit: 2048, PieceLimit: 20 << 20, SyncsWithoutToken: 10,
		CallsPerMinute: 10_000, FailAfter: time.Second, RepeatCode: 40058,
	}
	if got := p.Rules(); got != want {
		t.Errorf("%+v", got)
	}
	p.SetRules(kf.Rules{Tries: 1, SendTakes: true})
	if got := p.Rules(); got.Tries != 1 || !got.SendTakes || got.TextLimit != 2048 {
		t.Errorf("%+v", got)
	}
}

func TestAccount_IDs(t *testing.T) {
	one, again := quiet(t, kf.Rules{}), quiet(t, kf.Rules{})
	second, secondAgain := one.corp.AddAccount("x"), again.corp.AddAccount("y")
	if one.account.ID() != again.account.ID() || second.ID() != secondAgain.ID() || one.account.ID() == second.ID() {
		t.Errorf("%s, %s, %s", one.account.ID(), again.account.ID(), second.ID())
	}
	if second.Corp() != one.corp || second.Name() != "x" || len(second.Servicers()) != 2 {
		t.Errorf("%s of %p, served by %v", second.Name(), second.Corp(), second.Servicers())
	}
}

// atOnce does n things at once and counts those that work.
func atOnce(n int, do func(i int) bool) int {
	var all sync.WaitGroup
	var worked atomic.Int64
	for i := range n {
		all.Go(func() {
			if do(i) {
				worked.Add(1)
			}
		})
	}
	all.Wait()
	return int(worked.Load())
}

// TestAtOnce_NothingIsSpentTwice has many calls of a kind of which few may work.
func TestAtOnce_NothingIsSpentTwice(t *testing.T) {
	w := quiet(t, free())
	works := func(answer object) bool { return answer["errcode"] == 0.0 }
	code := w.enters()
	if n := atOnce(20, func(int) bool { return works(w.onEvent(code, "text")) }); n != 1 {
		t.Errorf("a welcome_code worked %d times", n)
	}
	w.say(ann, kf.Text("hello"))
	if n := atOnce(20, func(i int) bool { return works(w.sendText(fmt.Sprint(i))) }); n != 5 {
		t.Errorf("%d messages in a window of 5", n)
	}
	w.say(ann, kf.Text("again"))
	m := w.message("text", object{"content": "hi"})
	m["msgid"] = "one"
	if n := atOnce(20, func(int) bool { return works(w.post("kf/send_msg", m)) }); n != 1 {
		t.Errorf("a msgid worked %d times", n)
	}
	if n := atOnce(20, func(int) bool { return works(w.pull(object{"limit": 1})) }); n != 20 {
		t.Errorf("%d of 20 pulls worked", n)
	}
	servicers := []string{zhang, li}
	if n := atOnce(20, func(i int) bool { return w.account.Take(t.Context(), servicers[i%2], ann) == nil }); n != 1 {
		t.Errorf("%d servicers took the session", n)
	}
	tokens := map[any]bool{}
	for range 5 {
		tokens[w.get(login)["access_token"]] = true
	}
	if len(tokens) != 1 {
		t.Errorf("%d tokens", len(tokens))
	}
}

// TestPath_NothingIsLostWhenABotComesLate is a bot that starts after the bells have rung in vain.
func TestPath_NothingIsLostWhenABotComesLate(t *testing.T) {
	p := newPath(t, kf.Rules{})
	for i := range 3 {
		p.push(kf.Push{Customer: ann, Content: kf.Text(fmt.Sprint(i)), Fault: kf.Fault{WrongSignature: true}})
	}
	p.push(kf.Push{Customer: bob, Content: kf.Text("wake up")})
	p.saw(bob, "echo: wake up")
	if got := strings.Count(seen(p.account.Transcript(ann)), "saw text echo"); got != 3 {
		t.Errorf("%d of 3 answers", got)
	}
}

// TestPath_WhatTheDeveloperReads holds that each answer that did not arrive says why.
func TestPath_WhatTheDeveloperReads(t *testing.T) {
	for name, test := range map[string]struct {
		before func(p *path)
		why    string
	}{
		"a servicer has the session": {func(p *path) {
			p.account.SetManaged(false)
		}, "95018"},
		"the customer refuses": {func(p *path) { p.push(kf.Push{Customer: ann, Content: kf.Refuse(true)}) }, "fail_type 10"},
		"told to fail":         {func(p *path) { p.account.FailNextSend(2) }, "fail_type 2, the app was closed"},
		"too long":             {func(p *path) { p.SetRules(kf.Rules{TextLimit: 8}) }, "45002"},
	} {
		p := newPath(t, kf.Rules{})
		test.before(p)
		p.push(kf.Push{Customer: ann, Content: kf.Text("hello")})
		e, err := p.Transcript().Wait(t.Context(), 0, func(e transcript.Entry) bool { return e.Kind == transcript.Note })
		if err != nil || !strings.Contains(e.Why, test.why) || e.Text != "echo: hello" {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}
