package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

func TestPlan_IsReadAsItWasWritten(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 1000 {
		p := newPlan(r, n)
		if got, err := readPlan(p.String()); err != nil || got != p {
			t.Fatalf("%+v became %+v, %v", p, got, err)
		}
	}
}

// TestVerdict holds that each way of going wrong is found, and each explanation taken only where there is one.
func TestVerdict(t *testing.T) {
	one := plan{Number: 1, Replies: 1}
	two := plan{Number: 1, Replies: 2}
	now := time.Now()
	saw := func(after time.Duration, texts ...string) transcript.Entry {
		return transcript.Entry{Kind: transcript.Saw, Time: now.Add(after), Account: "gh", Person: "p", Text: strings.Join(texts, "\n")}
	}
	for name, test := range map[string]struct {
		plan    plan
		entries []transcript.Entry
		log     string
		kill    time.Duration
		wrong   string
	}{
		"seen":                  {plan: one, entries: []transcript.Entry{saw(0, one.reply(0))}},
		"seen in parts":         {plan: one, entries: []transcript.Entry{saw(0, one.mark(0)), saw(1, one.endMark(0))}},
		"lost":                  {plan: one, wrong: "seen 0 times"},
		"its end is lost":       {plan: one, entries: []transcript.Entry{saw(0, one.mark(0))}, wrong: "its end 0 times"},
		"twice":                 {plan: one, entries: []transcript.Entry{saw(0, one.reply(0)), saw(time.Hour, one.reply(0))}, wrong: "seen 2 times"},
		"twice in the gap":      {plan: one, entries: []transcript.Entry{saw(0, one.reply(0)), saw(time.Hour, one.reply(0))}, kill: time.Millisecond},
		"twice, killed later":   {plan: one, entries: []transcript.Entry{saw(0, one.reply(0)), saw(time.Hour, one.reply(0))}, kill: time.Minute, wrong: "seen 2 times"},
		"out of order":          {plan: two, entries: []transcript.Entry{saw(1, two.reply(1)), saw(2, two.reply(0))}, wrong: "out of order"},
		"the banner":            {plan: one, entries: []transcript.Entry{{Kind: transcript.Fault, Account: "gh", Person: "p", Message: "42"}}},
		"another's banner":      {plan: one, entries: []transcript.Entry{{Kind: transcript.Fault, Account: "gh", Person: "p", Message: "43"}}, wrong: "nothing says why"},
		"failed on record":      {plan: one, log: `{"level":"ERROR","msg":"delivery failed","delivery":"c/a/p/42/0"}`},
		"another's is":          {plan: one, log: `{"level":"ERROR","msg":"delivery failed","delivery":"c/a/p/43/0"}`, wrong: "nothing says why"},
		"the plugin failed":     {plan: one, log: `{"level":"ERROR","msg":"turn","message":"a/p/42"}`},
		"the plugin did not":    {plan: one, log: `{"level":"INFO","msg":"turn","message":"a/p/42"}`, wrong: "nothing says why"},
		"the store was slow":    {plan: one, log: `{"level":"ERROR","msg":"message not kept","message":"a/p/42"}`},
		"the tap had a banner":  {plan: one, entries: []transcript.Entry{{Kind: transcript.Said, Person: "p", Account: "gh", Message: "50", Text: tapText, Time: now}, {Kind: transcript.Fault, Time: now.Add(1), Account: "gh", Person: "p", Message: "50"}}},
		"an earlier tap had it": {plan: one, entries: []transcript.Entry{{Kind: transcript.Said, Person: "p", Account: "gh", Message: "50", Text: tapText, Time: now}, {Kind: transcript.Fault, Time: now.Add(-time.Hour), Account: "gh", Person: "p", Message: "50"}}, wrong: "nothing says why"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "bot.log"), []byte(test.log+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			platform := mp.New(mp.Options{})
			defer platform.Close()
			account, err := platform.Add(mp.Settings{ID: "gh", AppID: "wx1", Secret: "s", Token: "token", URL: "http://127.0.0.1:1/"})
			if err != nil {
				t.Fatal(err)
			}
			log := transcript.New(100)
			log.Add(transcript.Entry{Kind: transcript.Said, Time: now.Add(-time.Minute), Account: "gh", Person: "p", Message: "42", Text: test.plan.String()})
			for _, e := range test.entries {
				log.Add(e)
			}
			b := &bot{dir: dir}
			if test.kill > 0 {
				b.kills = []time.Time{now.Add(test.kill)}
			}
			found := verdict([]*person{{id: "p", account: account, plans: map[string]plan{"42": test.plan}}}, log, b)
			if got := strings.Join(found.Wrong, "\n"); (got == "") != (test.wrong == "") || !strings.Contains(got, test.wrong) {
				t.Errorf("wrong: %q, want %q", got, test.wrong)
			}
			if !strings.Contains(found.String(), "1 messages in") {
				t.Error(found)
			}
		})
	}
}
