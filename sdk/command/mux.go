package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/chuanhuabot/bot/sdk"
)

// Command is a word and what it does.
type Command struct {
	// Name is the word that a text begins with, such as "/weather". It need not begin with a slash.
	Name string
	// Aliases are other words for the same.
	Aliases []string
	// Args is what people write behind the word, as Help shows it: "城市". May be empty.
	Args string
	// Doc says in a line what the command does. One without it is not in Help.
	Doc string
	// Do answers. Its contract is that of sdk.Handler.
	Do func(ctx context.Context, c Call, r sdk.Responder) error
}

// Call is a message that has called a command.
type Call struct {
	// Message is the message, as it came.
	Message *sdk.Message
	// Name is Command.Name, also where an alias was written.
	Name string
	// Rest is the text behind the word, as it was written, without the space around it.
	Rest string
}

// Args returns the words of Rest.
func (c Call) Args() []string { return strings.Fields(c.Rest) }

// Mux is a Handler that calls commands. It never changes after New, and is safe for concurrent use.
type Mux struct {
	commands []Command
	byWord   map[string]*Command
}

var _ sdk.Handler = (*Mux)(nil)

// New returns a Mux. It fails if a command has no function, a word is not one word, or two commands have the same.
func New(commands ...Command) (*Mux, error) {
	m := &Mux{commands: append([]Command{}, commands...), byWord: map[string]*Command{}}
	var problems []error
	for i := range m.commands {
		c := &m.commands[i]
		if c.Do == nil {
			problems = append(problems, fmt.Errorf("command %q has no function Do", c.Name))
		}
		for _, word := range append([]string{c.Name}, c.Aliases...) {
			problems = append(problems, m.add(word, c))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Mux) add(word string, c *Command) error {
	folded := fold(word)
	switch other := m.byWord[folded]; {
	case len(strings.Fields(word)) != 1 || strings.TrimSpace(word) != word:
		return fmt.Errorf("a command is called by one word, not by %q", word)
	case len(word) > maxWord:
		return fmt.Errorf("a word has at most %d bytes, not %d", maxWord, len(word))
	case other == c:
		return fmt.Errorf("command %q has the word %q twice", c.Name, word)
	case other != nil:
		return fmt.Errorf("two commands, %q and %q, are called by %q", other.Name, c.Name, word)
	}
	m.byWord[folded] = c
	return nil
}

// Find returns the call that a message is. ok is false if it is none.
func (m *Mux) Find(message *sdk.Message) (call Call, ok bool) {
	c, call := m.find(message)
	return call, c != nil
}

func (m *Mux) find(message *sdk.Message) (*Command, Call) {
	text := strings.TrimSpace(message.Text())
	word, rest := text, ""
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		word, rest = text[:i], strings.TrimSpace(text[i:])
	}
	if len(word) > maxWord {
		return nil, Call{}
	}
	c := m.byWord[fold(word)]
	if c == nil {
		return nil, Call{}
	}
	return c, Call{Message: message, Name: c.Name, Rest: rest}
}

// maxWord is the most bytes of a word that is looked up: a text without a space may be long.
const maxWord = 256

// Handle calls the command that the message is, and lets every other message pass.
func (m *Mux) Handle(ctx context.Context, message *sdk.Message, r sdk.Responder) error {
	c, call := m.find(message)
	if c == nil {
		return r.Pass()
	}
	return c.Do(ctx, call, r)
}

// Or returns a Handler that calls the command that a message is, and next for every other message.
func (m *Mux) Or(next sdk.Handler) sdk.Handler {
	return sdk.HandlerFunc(func(ctx context.Context, message *sdk.Message, r sdk.Responder) error {
		if c, call := m.find(message); c != nil {
			return c.Do(ctx, call, r)
		}
		return next.Handle(ctx, message, r)
	})
}

// Help returns a line for each command that has a Doc, in the order of New: its name, its arguments and its Doc.
func (m *Mux) Help() string {
	var lines []string
	for _, c := range m.commands {
		if c.Doc == "" {
			continue
		}
		call := strings.TrimSpace(c.Name + " " + c.Args)
		lines = append(lines, call+": "+c.Doc)
	}
	return strings.Join(lines, "\n")
}

// Helping returns a Mux that has one more command, which replies with the Help of all: name is its word, such as "/help". Its errors
// are those of New.
func (m *Mux) Helping(name, doc string, aliases ...string) (*Mux, error) {
	var all *Mux
	help := Command{Name: name, Aliases: aliases, Doc: doc, Do: func(_ context.Context, _ Call, r sdk.Responder) error {
		return r.Reply(sdk.Text{Text: all.Help()})
	}}
	all, err := New(append(append([]Command{}, m.commands...), help)...)
	return all, err
}
