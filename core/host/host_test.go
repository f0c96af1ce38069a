package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// pluginWord makes the test binary be a plugin: the test's own program is the only one that is sure to be there.
const pluginWord = "be-the-plugin"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == pluginWord {
		bePlugin(os.Args[2])
		return
	}
	goleak.VerifyTestMain(m)
}

// bePlugin is what runs in the plugin's process.
func bePlugin(kind string) {
	switch kind {
	case "exits":
		fmt.Fprintln(os.Stderr, "no licence found")
		os.Exit(3)
	case "chatty":
		fmt.Println("Loading the model …")
		fmt.Fprintln(os.Stderr, "this goes to the log")
	case "hangs":
		select {}
	case "guest":
		sdk.Serve(&guest{})
	case "json":
		// A line that ends go-plugin's own reader of stderr with a panic in the bot.
		fmt.Fprintln(os.Stderr, `{"@message": 1, "@level": "info"}`)
	}
	misbehave(kind)
}

// testPlugin does what the text of the message says.
type testPlugin struct{ kind string }

func (p testPlugin) Describe() sdk.Description {
	return sdk.Description{Name: "test", Version: "9", Stateful: p.kind == "stateful"}
}

func (p testPlugin) Configure(_ context.Context, raw json.RawMessage) error {
	var c struct {
		Want string `json:"want"`
	}
	if err := sdk.DecodeConfig(raw, &c); err != nil {
		return err
	}
	if c.Want == "trouble" {
		return sdk.Problems{{Field: "want", Message: "must not be trouble"}}
	}
	return nil
}

func (p testPlugin) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	word, rest, _ := strings.Cut(m.Text(), " ")
	switch word {
	case "crash":
		os.Exit(4)
	case "pass-then-crash-once":
		if os.Remove(rest) == nil {
			if err := errors.Join(r.Pass(), r.Save([]byte("of the dead"))); err != nil {
				return err
			}
			time.Sleep(50 * time.Millisecond) // As below.
			os.Exit(4)
		}
	case "pass":
		return errors.Join(r.Save([]byte("kept")), r.Pass())
	case "say-and-crash":
		if err := r.Reply(sdk.Text{Text: "first"}); err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond) // Let it reach the wire: the point is what has been said already.
		os.Exit(4)
	case "crash-once":
		if os.Remove(rest) == nil {
			os.Exit(4)
		}
	case "env":
		return r.Reply(sdk.Text{Text: strings.Join(os.Environ(), "\n")})
	case "files":
		return r.Reply(sdk.Text{Text: strings.Join(openFiles(), "\n")})
	case "cwd":
		dir, err := os.Getwd()
		if err != nil {
			return err
		}
		return r.Reply(sdk.Text{Text: dir})
	case "pid":
		return r.Reply(sdk.Text{Text: fmt.Sprint(os.Getpid())})
	case "print":
		fmt.Println(rest)
		fmt.Fprintln(os.Stderr, rest)
	case "flood":
		for range 900 { // As many as may come at once, and more bytes than any pipe holds.
			fmt.Println(strings.Repeat("x", 1000))
		}
		fmt.Println(strings.Repeat("y", 200_000))
	case "child":
		cmd := exec.Command("sleep", "1000")
		if err := cmd.Start(); err != nil {
			return err
		}
		return r.Reply(sdk.Text{Text: fmt.Sprint(cmd.Process.Pid)})
	case "wait":
		<-ctx.Done()
		return ctx.Err()
	case "hang":
		select {}
	case "slow":
		time.Sleep(200 * time.Millisecond)
	case "panic":
		panic(rest)
	}
	return r.Reply(sdk.Text{Text: "re " + m.Text()})
}

// fixture is a Host with one plugin.
type fixture struct {
	*Host
	*Plugin
	log *logtest.Buffer
}

// startPlugin starts the test's plugin; change, if not nil, changes how.
func startPlugin(t *testing.T, kind string, change func(*Spec)) *fixture {
	t.Helper()
	f := &fixture{log: &logtest.Buffer{}}
	var err error
	if f.Host, err = New(f.log.Logger()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Host.Close(bounded(t, 5*time.Second)) })
	s := Spec{Name: "test", Command: []string{os.Args[0], pluginWord, kind}}
	if change != nil {
		change(&s)
	}
	f.Plugin = f.Start(s)
	return f
}

// ready waits for the plugin.
func (f *fixture) ready(t *testing.T) *fixture {
	t.Helper()
	if err := f.Ready(bounded(t, 20*time.Second)); err != nil {
		t.Fatalf("not ready: %v\n%s", err, f.log)
	}
	return f
}

// say runs a turn and returns the replies.
func (f *fixture) say(t *testing.T, text string) ([]string, error) {
	t.Helper()
	r := &recorder{}
	err := f.Handle(bounded(t, 20*time.Second), &sdk.Message{ID: text, Content: sdk.Text{Text: text}}, r)
	return r.texts(), err
}

// mustSay is say for a turn that answers once.
func (f *fixture) mustSay(t *testing.T, text string) string {
	t.Helper()
	replies, err := f.say(t, text)
	if err != nil || len(replies) != 1 {
		t.Fatalf("%s: replies %q, %v\n%s", text, replies, err, f.log)
	}
	return replies[0]
}

func bounded(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// until waits for a condition that another process brings about.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in ten seconds: %s", what)
		}
	}
}

// recorder is a Responder that remembers replies.
type recorder struct {
	sdk.Responder
	mu      sync.Mutex
	replies []string
	others  []string // Passes and saves.
}

func (r *recorder) Pass() error { return r.other("pass") }

func (r *recorder) Save(state []byte) error { return r.other("save " + string(state)) }

func (r *recorder) other(what string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.others = append(r.others, what)
	return nil
}

func (r *recorder) Reply(c sdk.Content) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replies = append(r.replies, c.(sdk.Text).Text)
	return nil
}

func (r *recorder) texts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.replies
}
