package dialogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Options say how a dialogue behaves.
type Options struct {
	// Name tells the plugin's dialogues apart. It stays the same from version to version, as do the names of steps.
	Name string
	// Timeout is how long an answer may take; 0 is DefaultTimeout. What comes later is no answer, and the dialogue is forgotten.
	Timeout time.Duration
	// Cancel are the texts that end the dialogue early; nil is DefaultCancel(). Cancelled is replied then, unless it is empty.
	Cancel    []string
	Cancelled string
	// Aside tells messages that are no answers, such as commands that work at any time: the dialogue waits on. Events never are answers.
	// Nil: all others are.
	Aside func(m *sdk.Message) bool
}

// DefaultTimeout is how long an answer may take.
const DefaultTimeout = 10 * time.Minute

// DefaultCancel returns the texts that end a dialogue early, unless Options have others.
func DefaultCancel() []string { return []string{"取消", "cancel"} }

// Step handles one message of a dialogue.
type Step[T any] struct {
	Name string
	// Do handles the message and may change data. It returns the name of the step for the person's next message: its own, to ask again; ""
	// ends the dialogue. Its contract is otherwise that of sdk.Handler: after an error the dialogue is still where it was.
	Do func(ctx context.Context, m *sdk.Message, data *T, r sdk.Responder) (next string, err error)
}

// Dialogue is some steps. It never changes after New, and is safe for concurrent use.
type Dialogue[T any] struct {
	options Options
	steps   []Step[T]
}

// New returns a Dialogue that begins with the first step. It fails if there is none, or one that has no name or function, or two of a name.
func New[T any](o Options, steps ...Step[T]) (*Dialogue[T], error) {
	if o.Name == "" || len(steps) == 0 {
		return nil, errors.New("a dialogue needs a name and at least one step")
	}
	if o.Timeout < 0 {
		return nil, fmt.Errorf("dialogue %q: the timeout is negative", o.Name)
	}
	for i, s := range steps {
		if s.Name == "" || s.Do == nil {
			return nil, fmt.Errorf("dialogue %q: step %d has no name or no function Do", o.Name, i+1)
		}
		if slices.ContainsFunc(steps[:i], func(earlier Step[T]) bool { return earlier.Name == s.Name }) {
			return nil, fmt.Errorf("dialogue %q: two steps are called %q", o.Name, s.Name)
		}
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Cancel == nil {
		o.Cancel = DefaultCancel()
	}
	return &Dialogue[T]{options: o, steps: slices.Clone(steps)}, nil
}

// Begin runs the first step with m and data. A dialogue of the plugin that runs in this conversation, this one or another, ends. It is to be
// called in a turn, whose m and r it is given.
func (d *Dialogue[T]) Begin(ctx context.Context, m *sdk.Message, data T, r sdk.Responder) error {
	own := m.State
	for e, ok := opened(own); ok; e, ok = opened(own) {
		own = e.Own
	}
	return d.run(ctx, m, own, d.steps[0], data, r)
}

// Or returns a Handler that runs the step which the conversation is at. next handles every other message: where no dialogue runs, and
// what is no answer. It sees and saves the plugin's own state.
func (d *Dialogue[T]) Or(next sdk.Handler) sdk.Handler {
	return sdk.HandlerFunc(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		e, ok := opened(m.State)
		if !ok || e.Dialogue != d.options.Name {
			return next.Handle(ctx, m, r)
		}
		if m.Content.Kind() == sdk.KindEvent || d.options.Aside != nil && d.options.Aside(m) {
			return aside(ctx, m, e, next, r)
		}
		i := slices.IndexFunc(d.steps, func(s Step[T]) bool { return s.Name == e.Step })
		data, err := dataOf[T](e)
		switch {
		case i < 0, err != nil, now(m).After(e.Until): // Another version's, or over.
			return forgotten(ctx, m, e.Own, next, r)
		case d.cancels(m.Text()):
			return d.cancel(e.Own, r)
		}
		return d.run(ctx, m, e.Own, d.steps[i], data, r)
	})
}

// aside lets next have a message while the dialogue waits.
func aside(ctx context.Context, m *sdk.Message, e envelope, next sdk.Handler, r sdk.Responder) error {
	copied := *m
	copied.State = e.Own
	kept := &keeper{Responder: r, own: e.Own}
	if err := next.Handle(ctx, &copied, kept); err != nil {
		return err
	}
	own, changed := kept.saved()
	if !changed {
		return nil
	}
	if _, begun := opened(own); begun {
		return r.Save(own)
	}
	e.Own = own
	return save(e, r)
}

// forgotten lets next have the message as if there had been no dialogue.
func forgotten(ctx context.Context, m *sdk.Message, own []byte, next sdk.Handler, r sdk.Responder) error {
	if err := r.Save(own); err != nil {
		return err
	}
	copied := *m
	copied.State = own
	return next.Handle(ctx, &copied, r)
}

func (d *Dialogue[T]) cancels(text string) bool {
	text = strings.TrimSpace(text)
	return slices.ContainsFunc(d.options.Cancel, func(word string) bool { return strings.EqualFold(word, text) })
}

func (d *Dialogue[T]) cancel(own []byte, r sdk.Responder) error {
	if err := r.Save(own); err != nil {
		return err
	}
	if d.options.Cancelled == "" {
		return nil
	}
	return r.Reply(sdk.Text{Text: d.options.Cancelled})
}

// run runs a step and saves where the dialogue is then.
func (d *Dialogue[T]) run(ctx context.Context, m *sdk.Message, own []byte, s Step[T], data T, r sdk.Responder) error {
	copied := *m
	copied.State = own
	kept := &keeper{Responder: r, own: own}
	next, err := s.Do(ctx, &copied, &data, kept)
	if err != nil {
		return err
	}
	own, _ = kept.saved()
	if next == "" {
		return r.Save(own)
	}
	if !slices.ContainsFunc(d.steps, func(s Step[T]) bool { return s.Name == next }) {
		return fmt.Errorf("dialogue %q: step %q leads to %q, which is no step", d.options.Name, s.Name, next)
	}
	e := envelope{Dialogue: d.options.Name, Step: next, Until: now(m).Add(d.options.Timeout), Own: own}
	if e.Data, err = json.Marshal(data); err != nil {
		return fmt.Errorf("dialogue %q: %w", d.options.Name, err)
	}
	return save(e, r)
}

// now is when the person wrote: a message that had to wait for the bot is still in time.
func now(m *sdk.Message) time.Time {
	if m.Time.IsZero() {
		return time.Now()
	}
	return m.Time
}
