package verify_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/verify"
)

// liarWord makes the test binary a plugin of the kind that stands behind it.
const liarWord = "be-a-liar"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == liarWord {
		if os.Args[2] == "of our SDK" {
			sdk.Serve(sdk.HandlerFunc(sdkPlugin))
			return
		}
		beLiar(os.Args[2])
		return
	}
	goleak.VerifyTestMain(m)
}

// sdkPlugin is a plugin of our own SDK with the texts that the kit is told of.
func sdkPlugin(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	switch m.Text() {
	case "slow":
		<-ctx.Done()
		return ctx.Err()
	case "fail":
		panic("it was asked to")
	}
	return r.Reply(m.Content)
}

func mustHost(t *testing.T) *host.Host {
	t.Helper()
	h, err := host.New(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		h.Close(ctx)
	})
	return h
}

// launcherOf starts the test binary as a plugin of a kind.
func launcherOf(h *host.Host, kind string) verify.Launcher {
	return launcherFor(h, os.Args[0], liarWord, kind)
}

// launcherFor starts a command as the bot does.
func launcherFor(h *host.Host, command ...string) verify.Launcher {
	return func(environ func([]string) []string, log *slog.Logger) (verify.Process, error) {
		return h.Try(host.Spec{Name: "plugin", Command: command}, environ, log)
	}
}

func of(r verify.Report, v verify.Verdict) []string {
	var names []string
	for _, f := range r.Rules {
		if f.Verdict == v {
			names = append(names, f.Rule)
		}
	}
	return names
}

// lies names, for each liar, the rule that it breaks and what is seen of that.
func lies() map[string]lie {
	return map[string]lie{
		"greets":                     {"handshake", "not go-plugin's handshake"},
		"by hand: code 0":            {"cookie", "exit code 0"},
		"by hand: no word":           {"cookie", "without a word"},
		"by hand: stays":             {"cookie", "still running after 10s"},
		"by hand: serves":            {"cookie", "it shook hands"},
		"any version":                {"versions", "asked for version 99"},
		"the last version":           {"versions", "asked for 1 or 99"},
		"fails to describe":          {"describe", "out of words"},
		"describes nonsense":         {"describe", "not JSON"},
		"fails to configure":         {"configure", "Internal"},
		"wants a configuration":      {"configure", `"is missing" of "url"`},
		"dies of a configuration":    {"bad-config", "Unavailable"},
		"never answers":              {"turn", "not over within 8s"},
		"loses one of many":          {"concurrency", "the turn verify-concurrency-17 was not over"},
		"one at a time":              {"beside", "over only after it"},
		"dies of a deadline":         {"deadline", "the process ended"},
		"dies of a late cancel":      {"late-cancel", "no such turn"},
		"deaf":                       {"cancel", "the stream had not ended"},
		"dies of a NUL":              {"content", "ended in the turn with a NUL in the text: exit status 3"},
		"does not like voices":       {"content", "the turn of kind voice was not over"},
		"dies of an unknown content": {"unknown-content", "ended in the turn with a content of a later kind"},
		"dies of an unknown frame":   {"unknown-frames", "what is this?"},
		"pongs behind turns":         {"ping", "no Pong"},
		"wrong pong":                 {"ping", "no Pong"},
		"stops once it has printed":  {"stdout", "after it had printed"},
		"dies of a failure":          {"failure", "exit status 3"},
		"drops what runs":            {"drain", "the plugin ended the stream in the turn"},
		"never ends":                 {"drain", "the stream had not ended"},
		"ends with an error":         {"drain", "it was not me"},
		"stays":                      {"goodbye", "still there after 2s"},
		"leaves a child":             {"leftovers", "still there"},
		"outlives its bot":           {"parent", "still there after 2s"},
		"goes with Ctrl-C":           {"interrupt", "exit status 130"},
		"two ends":                   {"done", "a second `done`"},
		"talks on":                   {"done", "an action behind `done`"},
		"talks to strangers":         {"ids", "which there never was"},
		"does the unknown":           {"actions", "an action of no kind"},
		"says nothing":               {"actions", "a content of no kind"},
		"says too much":              {"actions", "forward: a content of"},
		"appends too much":           {"actions", "append: 1048577 bytes"},
		"saves too much":             {"actions", "save: 65537 bytes"},
	}
}

type lie struct{ rule, seen string }

// TestVerify_Liars is the test of the kit: each liar breaks one rule, which fails for its reason, and no other does.
func TestVerify_Liars(t *testing.T) {
	reports := verifyAll(t, slices.Sorted(maps.Keys(lies())))
	for kind, want := range lies() {
		t.Run(kind, func(t *testing.T) {
			r := reports[kind]
			if !slices.Equal(of(r, verify.Failed), []string{want.rule}) {
				// The contract's seconds are short for a machine that has other things to do: a second look, alone.
				t.Logf("at first, beside others:\n%s", lines(r))
				r = verifyOne(t, mustHost(t), kind)
			}
			if r.OK || !slices.Equal(of(r, verify.Failed), []string{want.rule}) {
				t.Fatalf("failed: %q, want %q\n%s", of(r, verify.Failed), want.rule, lines(r))
			}
			i := slices.IndexFunc(r.Rules, func(f verify.Finding) bool { return f.Verdict == verify.Failed })
			if !strings.Contains(r.Rules[i].Seen, want.seen) {
				t.Errorf("seen: %s, want %q", r.Rules[i].Seen, want.seen)
			}
		})
	}
}

// atOnce is how many plugins are tried at once: for much of the time each of them is waited for. More would be too slow for
// the seconds that the contract gives them.
const atOnce = 3

// verifyAll tries many plugins.
func verifyAll(t *testing.T, kinds []string) map[string]verify.Report {
	t.Helper()
	h := mustHost(t)
	var (
		mu      sync.Mutex
		reports = map[string]verify.Report{}
		all     sync.WaitGroup
		room    = make(chan struct{}, atOnce)
	)
	for _, kind := range kinds {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			r := verifyOne(t, h, kind)
			mu.Lock()
			defer mu.Unlock()
			reports[kind] = r
		})
	}
	all.Wait()
	return reports
}

func verifyOne(t *testing.T, h *host.Host, kind string) verify.Report {
	r, err := verify.Verify(t.Context(), launcherOf(h, kind),
		verify.Options{Text: "hello", Slow: "slow", Fail: "fail", Patience: patience})
	if err != nil {
		t.Errorf("%s: %v", kind, err)
	}
	return r
}

// patience is longer than slowness, so that who waits for a slow turn is only late.
const patience = 8 * time.Second

func lines(r verify.Report) string {
	var text strings.Builder
	for _, f := range r.Rules {
		text.WriteString(f.String() + "\n")
	}
	return text.String()
}

// TestVerify_Honest holds that the kit finds nothing wrong where nothing is, and says what it has not seen.
func TestVerify_Honest(t *testing.T) {
	want := map[string][]string{"honest": {"bad-config", "stdout"}, "prints": {"bad-config"}, "of our SDK": {"stdout"}}
	reports := verifyAll(t, slices.Sorted(maps.Keys(want)))
	for kind, notSeen := range want {
		r := reports[kind]
		if !r.OK || len(of(r, verify.Failed)) > 0 || !slices.Equal(of(r, verify.NotSeen), notSeen) {
			t.Errorf("%s: want %q not seen, and the rest ok\n%s", kind, notSeen, lines(r))
		}
	}
}

// TestVerify_WithoutTexts holds that what nobody showed is not called ok.
func TestVerify_WithoutTexts(t *testing.T) {
	r, err := verify.Verify(t.Context(), launcherOf(mustHost(t), "dies of a failure"), verify.Options{})
	if want := []string{"bad-config", "beside", "stdout", "failure", "cancel"}; err != nil || !r.OK || !slices.Equal(of(r, verify.NotSeen), want) {
		t.Errorf("%v: want %q not seen\n%s", err, want, lines(r))
	}
}

func TestVerify_NoSuchProgram(t *testing.T) {
	l := launcherFor(mustHost(t), "./no-such-plugin")
	var told []verify.Finding
	r, err := verify.Verify(t.Context(), l, verify.Options{Tell: func(f verify.Finding) { told = append(told, f) }})
	if err != nil || r.OK || !slices.Equal(of(r, verify.Failed), []string{"handshake"}) || len(told) != len(r.Rules) {
		t.Errorf("%v, told %d\n%s", err, len(told), lines(r))
	}
	if n := r.Count(verify.NotApplicable); n != len(r.Rules)-1 {
		t.Errorf("%d of %d not applicable", n, len(r.Rules))
	}
}

func TestVerify_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	_, err := verify.Verify(ctx, launcherOf(mustHost(t), "honest"), verify.Options{Tell: func(verify.Finding) { cancel(enough) }})
	if !errors.Is(err, enough) {
		t.Errorf("error %v", err)
	}
}
