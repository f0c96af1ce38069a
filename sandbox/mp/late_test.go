package mp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/jetstore"
	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

const (
	verified = bothKeys + ", account: verified"
	// noReading is for answers that are sent or have failed.
	noReading = ", late: {read: false}"
)

// saw returns what the person has seen, in order, but for the signs that somebody types.
func (b *realBot) saw() []string {
	var all []string
	for _, e := range b.account.Transcript(ann) {
		if e.Kind != transcript.Said && e.Type != "Typing" {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %.20s", e.Kind, e.Type, e.Text)))
		}
	}
	return all
}

// sees waits until the person has seen so much, and a moment more for what should not come.
func (b *realBot) sees(t *testing.T, want ...string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); len(b.saw()) < len(want) && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(600 * time.Millisecond) // Longer than what follows a passive reply takes.
	if got := strings.Join(b.saw(), " | "); got != strings.Join(want, " | ") {
		t.Errorf("the person has seen %s\nwant %s", got, strings.Join(want, " | "))
	}
}

// ran returns what the plugin was asked, one line each.
func (b *realBot) ran(t *testing.T) string {
	t.Helper()
	runs, err := os.ReadFile(b.runs)
	if err != nil {
		t.Fatal(err)
	}
	return string(runs)
}

// TestBot_LateAnswersArrive is about plugins that take 3, 7, 12 and 60 of the platform's seconds, at a fifth of their length, for
// an account that may send customer-service messages: one answer and three, each seen once and in order.
func TestBot_LateAnswersArrive(t *testing.T) {
	for _, wait := range []string{"600ms", "1400ms", "2200ms", "4s"} {
		t.Run(wait, func(t *testing.T) {
			t.Parallel()
			b := start(t, "safe", time.Second, verified)
			b.push(t, mp.Push{Content: mp.Text("1ms")})
			b.push(t, mp.Push{Content: mp.Text(wait)})
			b.sees(t, "saw text waited 1ms", "saw text waited "+wait)
			b.push(t, mp.Push{Content: mp.Text(wait + " thrice")})
			third := strings.TrimSpace(strings.Repeat("third ", 4)[:20])
			b.sees(t, "saw text waited 1ms", "saw text waited "+wait, "saw text first", "saw news second", "saw text "+third, "saw text "+third)
			if got, want := b.ran(t), "1ms\n"+wait+"\n"+wait+" thrice\n"; got != want {
				t.Errorf("the plugin was asked %q", got)
			}
			b.noBanner(t)
		})
	}
}

// TestBot_WhoWaitsSeesThatSomebodyTypes is about the time between WeChat's last try and the answer.
func TestBot_WhoWaitsSeesThatSomebodyTypes(t *testing.T) {
	t.Parallel()
	for _, keys := range []string{verified, bothKeys} {
		b := start(t, "plain", time.Second, keys)
		b.push(t, mp.Push{Content: mp.Text("3s")})
		time.Sleep(700 * time.Millisecond)
		if typed := strings.Contains(seen(b.account.Transcript(ann)), "saw Typing"); typed != (keys == verified) {
			t.Errorf("%s: typing is seen: %t", keys, typed)
		}
	}
}

// failures returns what the bot could not deliver. It stops the bot.
func (b *realBot) failures(t *testing.T) string {
	t.Helper()
	b.stop()
	store, err := jetstore.Open(t.Context(), jetstore.Options{Dir: filepath.Join(b.dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	failed, err := store.Deliveries(t.Context(), core.StatusFailed)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, d := range failed {
		reasons = append(reasons, d.Reason)
	}
	return strings.Join(reasons, " | ")
}

// TestBot_WhatThePlatformRefusesIsOnRecord holds that a refusal ends as a failed delivery that says what to do.
func TestBot_WhatThePlatformRefusesIsOnRecord(t *testing.T) {
	for code, want := range map[int]string{45015: "48 hours", 45047: "until they write again", -1: "is not sent again", 48001: "may not make this call", 45002: "errcode 45002"} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			b := start(t, "plain", time.Second, verified+noReading)
			b.platform.Host().FailNext("/cgi-bin/message/custom/send", code)
			b.push(t, mp.Push{Content: mp.Text("3s")})
			if got := b.failures(t); !strings.Contains(got, want) {
				t.Errorf("on record: %s", got)
			}
			b.sees(t)
			b.noBanner(t)
		})
	}
}

// TestBot_48001IsLearned holds that an account which may not send is not asked to again.
func TestBot_48001IsLearned(t *testing.T) {
	t.Parallel()
	b := start(t, "plain", time.Second, verified+noReading)
	b.platform.Host().Fail(apihost.Failure{Path: "/cgi-bin/message/custom/send", Code: 48001})
	for range 2 {
		b.push(t, mp.Push{Content: mp.Text("3s")})
	}
	if got := b.failures(t); strings.Count(got, "48001") != 1 || strings.Count(got, "cannot send") != 1 {
		t.Errorf("on record: %s", got)
	}
}

// TestBot_UnreachablePlatformIsTriedAgain holds that what never left is not lost: without a token nothing has.
func TestBot_UnreachablePlatformIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := start(t, "plain", time.Second, verified)
	b.platform.Host().Suffer(apihost.Outage{Down: true})
	b.push(t, mp.Push{Content: mp.Text("3s")})
	time.Sleep(700 * time.Millisecond)
	b.sees(t)
	b.platform.Host().Heal()
	b.sees(t, "saw text waited 3s")
}

// TestBot_PassiveAnswersDoNotWaitBehindALateOne holds that a late answer which cannot be sent yet silences nobody.
func TestBot_PassiveAnswersDoNotWaitBehindALateOne(t *testing.T) {
	t.Parallel()
	b := start(t, "plain", time.Second, verified)
	b.platform.Host().Fail(apihost.Failure{Path: "/cgi-bin/message/custom/send", Code: 40164, Times: 100})
	b.push(t, mp.Push{Content: mp.Text("3s")})
	time.Sleep(time.Second)
	for range 2 {
		if out := b.push(t, mp.Push{Content: mp.Text("hello")}); out.Reply == nil || !strings.HasSuffix(out.Reply.Content, "hello") {
			t.Errorf("%+v", out)
		}
	}
}

// TestBot_WhatHasGoneOfAnAnswerIsNotSentAgain is about answers in several parts whose later ones have to wait.
func TestBot_WhatHasGoneOfAnAnswerIsNotSentAgain(t *testing.T) {
	t.Parallel()
	b := start(t, "plain", time.Second, verified)
	b.platform.Host().Suffer(apihost.Outage{Down: true})
	b.push(t, mp.Push{Content: mp.Text("1ms thrice")})
	b.sees(t, "saw text first")
	b.platform.Host().Heal()
	third := strings.TrimSpace(strings.Repeat("third ", 4)[:20])
	b.sees(t, "saw text first", "saw news second", "saw text "+third, "saw text "+third)
}

// TestBot_TokenThatEndsEarly is replaced, and nobody notices.
func TestBot_TokenThatEndsEarly(t *testing.T) {
	t.Parallel()
	b := start(t, "plain", time.Second, verified)
	b.push(t, mp.Push{Content: mp.Text("3s")})
	b.sees(t, "saw text waited 3s")
	b.account.InvalidateTokens()
	b.push(t, mp.Push{Content: mp.Text("3s")})
	b.sees(t, "saw text waited 3s", "saw text waited 3s")
}

// TestBot_AnswerThatNobodyFetches goes by a customer-service message: the platform hangs up and does not come back.
func TestBot_AnswerThatNobodyFetches(t *testing.T) {
	t.Parallel()
	b := start(t, "plain", time.Second, verified)
	b.platform.SetRules(mp.Rules{TryTimeout: time.Second, Tries: 1})
	b.push(t, mp.Push{Content: mp.Text("1400ms")})
	b.sees(t, "fault text "+mp.FaultBanner, "saw text waited 1400ms")
}
