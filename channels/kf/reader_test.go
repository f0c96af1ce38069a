package kf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sandbox/clock"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// TestIngest_EveryMessageOfEveryPage holds that short pages, and empty ones with has_more, lose nothing.
func TestIngest_EveryMessageOfEveryPage(t *testing.T) {
	for name, rules := range map[string]wecom.Rules{
		"usual": {}, "short pages": {ShortPages: 1}, "empty pages": {ShortPages: 2, EmptyPages: 2}, "new cursors": {ShortPages: 1, NewCursors: true},
		"strange entries": {Strange: 2}, "bare events": {BareEvents: true}, "ids outside": {EventIDs: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, rules)
			var want []string
			for n := range 9 {
				if _, err := s.account.Push(t.Context(), wecom.Push{Customer: ann, Content: wecom.Text(fmt.Sprint(n)), NoBell: true}); err != nil {
					t.Fatal(err)
				}
			}
			var mu sync.Mutex
			var got []string
			s.start(func(_ context.Context, m *sdk.Message, r sdk.Responder) error {
				mu.Lock()
				defer mu.Unlock()
				if m.Text() != "" {
					got = append(got, m.Text())
				}
				return nil
			})
			s.say(ann, wecom.Text("last"))
			for n := range 9 {
				want = append(want, fmt.Sprint(n))
			}
			want = append(want, "last")
			if !s.until(func() bool { mu.Lock(); defer mu.Unlock(); return len(got) >= len(want) }) || !slices.Equal(got, want) {
				t.Errorf("got %q\nwant %q", got, want)
			}
		})
	}
}

// TestIngest_TheSameTextTwice holds that messages are told apart by their ids, and by nothing else.
func TestIngest_TheSameTextTwice(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	s.say(ann, wecom.Text("ok"))
	s.say(ann, wecom.Text("ok"))
	s.sees(ann, "re ok", "re ok")
}

// TestIngest_RepeatedBells is a platform that rings three times for each message, and twice at once.
func TestIngest_RepeatedBells(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	for n := range 3 {
		out, err := s.account.Push(t.Context(), wecom.Push{Customer: ann, Content: wecom.Text(fmt.Sprint(n)), Fault: wecom.Fault{Duplicates: 2}})
		if err != nil || !out.Answered {
			t.Fatalf("%+v, %v", out, err)
		}
	}
	s.sees(ann, "re 0", "re 1", "re 2")
	s.stop()
	s.sees(ann, "re 0", "re 1", "re 2")
}

// TestIngest_BellIsAnsweredAtOnce has an API that answers nothing: the platform rings once all the same.
func TestIngest_BellIsAnsweredAtOnce(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	release := make(chan struct{})
	s.intercept(func(http.ResponseWriter, *http.Request) bool { <-release; return false })
	s.start(echo)
	began := time.Now()
	out, err := s.account.Say(t.Context(), ann, wecom.Text("hello"))
	took := time.Since(began)
	close(release)
	if err != nil || len(out.Tries) != 1 || took > time.Second {
		t.Errorf("%d tries within %s, %v", len(out.Tries), took, err)
	}
	s.sees(ann, "re hello")
}

// TestIngest_CursorIsDurable holds that a restart replays nothing, and catches up with what came meanwhile.
func TestIngest_CursorIsDurable(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	s.say(ann, wecom.Text("before"))
	s.sees(ann, "re before")
	s.stop()
	if _, err := s.account.Push(t.Context(), wecom.Push{Customer: ann, Content: wecom.Text("meanwhile"), NoBell: true}); err != nil {
		t.Fatal(err)
	}
	s.start(echo)
	s.sees(ann, "re before", "re meanwhile")
}

// TestIngest_MissedBellIsMadeUpFor is a bell that never rang: the account is asked now and then.
func TestIngest_MissedBellIsMadeUpFor(t *testing.T) {
	s := newStage(t, wecom.Rules{SyncsWithoutToken: -1})
	s.poll = 20 * time.Millisecond
	s.start(echo)
	if _, err := s.account.Push(t.Context(), wecom.Push{Customer: ann, Content: wecom.Text("hello"), NoBell: true}); err != nil {
		t.Fatal(err)
	}
	s.sees(ann, "re hello")
}

// TestColdStart_SkipsWhatIsOld is a bot that starts for the first time on an account with history, also in several pages.
func TestColdStart_SkipsWhatIsOld(t *testing.T) {
	s := newStage(t, wecom.Rules{ShortPages: 2})
	s.config.Freshness = 2 * time.Hour
	defer s.unnamed()()
	for n := range 5 {
		if _, err := s.account.Push(t.Context(), wecom.Push{Customer: ann, Content: wecom.Text(fmt.Sprint("old ", n)), NoBell: true}); err != nil {
			t.Fatal(err)
		}
	}
	s.clock.Advance(time.Hour)
	if _, err := s.account.Push(t.Context(), wecom.Push{Customer: ann, Content: wecom.Text("recent"), NoBell: true}); err != nil {
		t.Fatal(err)
	}
	s.start(echo)
	s.say(ann, wecom.Text("new"))
	s.sees(ann, "re recent", "re new")
	s.logged("cold_start")
}

// unnamed has the platform name no accounts before the test calls what it returns: the bot knows those that ring.
func (s *stage) unnamed() (name func()) {
	release := make(chan struct{})
	s.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "account/list") {
			<-release
		}
		return false
	})
	return sync.OnceFunc(func() { close(release) })
}

// TestColdStart_NeverSkipsWhatWokeIt has a platform whose clock is minutes behind ours.
func TestColdStart_NeverSkipsWhatWokeIt(t *testing.T) {
	s := newStageAt(t, wecom.Rules{}, clock.NewMoved(time.Now().Add(-4*time.Minute)))
	s.config.ColdStart = 0
	defer s.unnamed()()
	s.start(echo)
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "re hello")
}

// failingKeep is a store in which the n-th message, and those after it, cannot be kept.
type failingKeep struct {
	core.Store
	left atomic.Int32
}

func (f *failingKeep) Keep(ctx context.Context, m *sdk.Message) (bool, error) {
	if f.left.Add(-1) < 0 {
		return false, errors.New("the disk is full")
	}
	return f.Store.Keep(ctx, m)
}

// TestIngest_MessagesAreStoredBeforeTheCursor breaks the store in the middle of a page: the rest comes when it works again, and nothing
// twice.
func TestIngest_MessagesAreStoredBeforeTheCursor(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	for n := range 5 {
		if _, err := s.account.Push(t.Context(), wecom.Push{Customer: ann, Content: wecom.Text(fmt.Sprint(n)), NoBell: true}); err != nil {
			t.Fatal(err)
		}
	}
	store := memstore.New()
	broken := &failingKeep{Store: store}
	broken.left.Store(2)
	s.store = broken
	s.start(echo)
	s.sees(ann, "re 0", "re 1")
	s.logged("the disk is full")
	s.stop()
	s.store = store
	s.start(echo)
	s.sees(ann, "re 0", "re 1", "re 2", "re 3", "re 4")
}

// TestIngest_ASlowPluginDelaysOnlyItsCustomer holds that customers are handled side by side.
func TestIngest_ASlowPluginDelaysOnlyItsCustomer(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	release := make(chan struct{})
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if m.Sender == ann {
			<-release
		}
		return echo(ctx, m, r)
	})
	s.say(ann, wecom.Text("1"))
	s.say(ann, wecom.Text("2"))
	s.say(bob, wecom.Text("3"))
	s.sees(bob, "re 3")
	close(release)
	s.sees(ann, "re 1", "re 2")
}

// TestIngest_OldTokenOfABell is a bell that is answered long after it rang: its token is not good any more.
func TestIngest_OldTokenOfABell(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.intercept(refuseOnce("/cgi-bin/kf/sync_msg", 95007))
	s.start(echo)
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "re hello")
}

// TestIngest_PageThatIsTooLong has an answer of more bytes than are read: the account is asked for fewer messages at once.
func TestIngest_PageThatIsTooLong(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	var mu sync.Mutex
	var limits []float64
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/cgi-bin/kf/sync_msg" {
			return false
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		var in struct{ Limit float64 }
		_ = json.Unmarshal(body, &in)
		mu.Lock()
		limits = append(limits, in.Limit)
		mu.Unlock()
		if in.Limit <= 100 {
			return false
		}
		_, _ = io.WriteString(w, `{"errcode":0,"msg_list":["`+strings.Repeat("x", 17<<20)+`"]}`)
		return true
	})
	s.start(echo)
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "re hello")
	mu.Lock()
	defer mu.Unlock()
	if limits[0] != pageLimit {
		t.Errorf("asked for %v", limits)
	}
}

// TestIngest_SeveralAccounts are those that the platform names, one that begins while the bot runs, and one that bot.yaml leaves out.
func TestIngest_SeveralAccounts(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	second := s.corp.AddAccount("second")
	s.start(echo)
	third := s.corp.AddAccount("third")
	for _, a := range []*wecom.Account{s.account, second, third} {
		if out, err := a.Say(t.Context(), ann, wecom.Text("hello")); err != nil || !out.Answered {
			t.Fatalf("%+v, %v", out, err)
		}
		if !s.until(func() bool { return len(a.Transcript(ann)) == 2 }) {
			t.Errorf("%s: %+v", a.Name(), a.Transcript(ann))
		}
	}
	s.stop()
	s.config.Accounts = []string{second.ID()}
	s.start(echo)
	s.say(ann, wecom.Text("nobody reads this"))
	s.logged("not among the accounts")
	if n := len(s.seen(ann)); n != 1 {
		t.Errorf("%d answers", n)
	}
}

// TestIngest_WithoutASecret is the state in which the console verifies the URL: it shows the Secret only then.
func TestIngest_WithoutASecret(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Secret = sdk.Secret{}
	s.start(echo)
	if err := s.corp.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	s.say(ann, wecom.Text("hello"))
	s.logged("it takes secret in bot.yaml")
	s.stop()
	s.config.Secret = sdk.NewSecret("secret-hush")
	s.start(echo)
	s.sees(ann, "re hello")
}

// TestIngest_Replicas are two bots on one store: each message is handled once. Which of them counts what the platform takes is open.
func TestIngest_Replicas(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	first := s.bot
	s.start(echo)
	second := s.bot
	second.channel.holder = "another machine"
	want := map[string]int{}
	for n := range 20 {
		s.say(ann, wecom.Text(fmt.Sprint(n))) // The URL is the second one's.
		want[fmt.Sprint("re ", n)] = 1
	}
	got := map[string]int{}
	if !s.until(func() bool {
		got = map[string]int{}
		for _, line := range strings.Split(strings.ReplaceAll(strings.Join(s.seen(ann), "\n"), "\nmore", ""), "\n") {
			got[line]++
		}
		return len(got) >= len(want)
	}) || !maps.Equal(got, want) {
		t.Errorf("the customer saw %v", got)
	}
	s.stop()
	s.bot = first
	s.stop()
}

// TestIngest_TheBellHelpsWhoReadsWithoutOne has more pages than the platform gives without a token: the bell that rings meanwhile brings
// one.
func TestIngest_TheBellHelpsWhoReadsWithoutOne(t *testing.T) {
	s := newStage(t, wecom.Rules{ShortPages: 1})
	for n := range 14 {
		s.sayWithoutBell(fmt.Sprint(n))
	}
	var mu sync.Mutex
	seen := 0
	s.start(func(context.Context, *sdk.Message, sdk.Responder) error {
		mu.Lock()
		defer mu.Unlock()
		seen++
		return nil
	})
	s.logged("too many calls")
	s.say(ann, wecom.Text("last"))
	if !s.until(func() bool { mu.Lock(); defer mu.Unlock(); return seen == 15 }) {
		t.Errorf("%d messages were read\n%s", seen, s.log.String())
	}
}
