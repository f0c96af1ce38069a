package node

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// did is a Responder that notes what a turn has done.
type did struct {
	sdk.Responder
	mu     sync.Mutex
	text   strings.Builder
	state  string
	hasHad chan struct{} // Closed with the first text.
}

func newDid() *did { return &did{hasHad: make(chan struct{})} }

func (d *did) Append(text string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.text.Len() == 0 {
		close(d.hasHad)
	}
	d.text.WriteString(text)
	return nil
}

func (d *did) Reply(c sdk.Content) error { return d.Append(c.(sdk.Text).Text) }

func (d *did) Save(state []byte) error {
	d.state = string(state)
	return nil
}

func (d *did) Pass() error { return d.Append("(pass)") }

// running is a plugin of the bot, whose log is in out.
type running struct {
	*host.Plugin
	out *logtest.Buffer
}

func mustStart(t *testing.T, config string, changes ...func(*host.Spec)) *running {
	t.Helper()
	mustBeInstalled(t)
	out := &logtest.Buffer{}
	h, err := host.New(out.Logger())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		h.Close(ctx)
	})
	spec := host.Spec{
		Name: "node", Command: []string{"node", "test/plugins/everything.js"}, Config: []byte(config), StartTimeout: 30 * time.Second,
	}
	for _, change := range changes {
		change(&spec)
	}
	return &running{h.Start(spec), out}
}

func (r *running) say(t *testing.T, text, state string) (*did, error) {
	t.Helper()
	d := newDid()
	return d, r.Handle(within(t), message(text, state), d)
}

// mustLog waits for what the plugin writes, which comes beside the replies by a way of its own.
func (r *running) mustLog(t *testing.T, text string) {
	t.Helper()
	for ctx := within(t); !strings.Contains(r.out.String(), text); time.Sleep(time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatalf("the log does not have %q: %.2000s", text, r.out.String())
		}
	}
}

func message(text, state string) *sdk.Message {
	return &sdk.Message{
		ID: text, Channel: "wx", Account: "gh", Conversation: "c", Sender: "o", Content: sdk.Text{Text: text}, State: []byte(state),
	}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestBot_Turns(t *testing.T) {
	r := mustStart(t, `{}`)
	for _, c := range []struct{ text, state, want, saved string }{
		{"greet 世界", "", "你好 世界", ""},
		{"count", "", "1", "1"},
		{"count", "41", "42", "42"},
		{"something else", "", "(pass)", ""},
		{"flood 3000", "", strings.Repeat("x", 3_000_000), ""},
	} {
		d, err := r.say(t, c.text, c.state)
		if err != nil || d.text.String() != c.want || d.state != c.saved {
			t.Errorf("%s: got %.100q and state %q, %v", c.text, d.text.String(), d.state, err)
		}
	}
	if got := r.Describe(); got.Name != "everything" || got.Version != "1.2.3" || !got.Stateful || !strings.Contains(got.ConfigSchema, `"greeting"`) {
		t.Errorf("got %+v", got)
	}
}

func TestBot_ManyTurnsAtOnce(t *testing.T) {
	r := mustStart(t, `{"greeting":"hi"}`)
	var turns sync.WaitGroup
	for range 300 {
		turns.Go(func() {
			if d, err := r.say(t, "greet you", ""); err != nil || d.text.String() != "hi you" {
				t.Errorf("got %q, %v", d.text.String(), err)
			}
		})
	}
	turns.Wait()
}

func TestBot_Problems(t *testing.T) {
	for config, want := range map[string]string{
		`{"greeting":""}`:           "greeting: must not be empty",
		`{"greeting":5}`:            "greeting: must be text",
		`{"greting":"x"}`:           "greting: unknown key; remove it or correct its spelling",
		`{"greting":"x","other":1}`: "greting: unknown key; remove it or correct its spelling; other: unknown key; remove it or correct its spelling",
	} {
		var problems sdk.Problems
		if err := mustStart(t, config).Ready(within(t)); !errors.As(err, &problems) || problems.Error() != want {
			t.Errorf("%s: got %v, want %s", config, err, want)
		}
	}
}

// TestBot_OneTurnFails holds that the operator reads why, and that nothing else goes wrong.
func TestBot_OneTurnFails(t *testing.T) {
	r := mustStart(t, `{}`)
	if _, err := r.say(t, "fail", ""); err == nil || err.Error() != "no luck" {
		t.Errorf("got %v", err)
	}
	if d, err := r.say(t, "greet you", ""); err != nil || d.text.String() != "你好 you" {
		t.Errorf("got %q, %v", d.text.String(), err)
	}
	r.mustLog(t, "error in the turn of message fail: Error: no luck")
	r.mustLog(t, "everything.js")
}

func TestBot_Output(t *testing.T) {
	r := mustStart(t, `{}`)
	if d, err := r.say(t, "print", ""); err != nil || d.text.String() != "printed" {
		t.Errorf("got %q, %v", d.text.String(), err)
	}
	r.mustLog(t, "msg=printed")
}

func TestBot_Cancel(t *testing.T) {
	r := mustStart(t, `{}`)
	ctx, cancel := context.WithCancel(within(t))
	d := newDid()
	over := make(chan error, 1)
	go func() { over <- r.Handle(ctx, message("wait", ""), d) }()
	<-d.hasHad
	cancel()
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	r.mustLog(t, "told: TurnOverError")
}

// TestBot_Crash holds that a process that ends in a turn is followed by the next one.
func TestBot_Crash(t *testing.T) {
	r := mustStart(t, `{}`)
	if _, err := r.say(t, "crash", ""); !errors.Is(err, sdk.ErrDisconnected) {
		t.Errorf("got %v", err)
	}
	if d, err := r.say(t, "greet you", ""); err != nil || d.text.String() != "你好 you" {
		t.Errorf("got %q, %v", d.text.String(), err)
	}
	r.mustLog(t, "outside of a turn")
}

// TestBot_Stop holds that turns which run may end.
func TestBot_Stop(t *testing.T) {
	r := mustStart(t, `{}`)
	d := newDid()
	over := make(chan error, 1)
	go func() { over <- r.Handle(within(t), message("slow", ""), d) }()
	<-d.hasHad
	began := time.Now()
	r.Stop(within(t))
	if err := <-over; err != nil || d.text.String() != "begun, ended" {
		t.Errorf("got %q, %v", d.text.String(), err)
	}
	if took := time.Since(began); took > 1900*time.Millisecond {
		t.Errorf("it took %s: it was killed", took)
	}
}
