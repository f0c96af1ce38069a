package sdk

import (
	"context"
	"encoding/json"
	"errors"
)

// Handler answers messages. The bot calls Handle from many goroutines at once, but for one conversation one at a time
// and in order. ctx ends when the bot no longer waits; an error, or a panic, costs this one message: the operator reads
// it, and the person sees the route's apology or nothing.
type Handler interface {
	Handle(ctx context.Context, m *Message, r Responder) error
}

// HandlerFunc is a function that is a Handler.
type HandlerFunc func(ctx context.Context, m *Message, r Responder) error

// Handle calls f.
func (f HandlerFunc) Handle(ctx context.Context, m *Message, r Responder) error { return f(ctx, m, r) }

// Responder is what a Handler answers with while it handles a message. It is safe for concurrent use. Its methods
// return an error when the content cannot be sent at all or the turn is over; after Handle has returned it always is.
//
// A turn that neither passes nor forwards ends the chain, whether it replied or not.
type Responder interface {
	// Reply sends one more message to the person.
	Reply(c Content) error
	// Append adds text to the reply that is being written. The next Reply, or the end of the turn, ends that reply.
	Append(text string) error
	// Pass lets the next step of the chain see the message as it is.
	Pass() error
	// Forward lets the next step of the chain see the message with this content instead.
	Forward(c Content) error
	// Handoff gives the conversation to a person; reason is for that person.
	Handoff(reason string) error
	// Save makes state what the plugin gets as Message.State in the next turn of this conversation. At most
	// MaxState bytes; empty forgets it. It holds once the turn has ended without an error.
	Save(state []byte) error
}

// MaxState is the most bytes that a plugin may save for one conversation.
const MaxState = 64 << 10

// ErrTurnOver is returned by a Responder whose turn has ended or was cancelled.
var ErrTurnOver = errors.New("the turn is over")

// Describer is a Handler that says what it is.
type Describer interface {
	Describe() Description
}

// Description says what a plugin is.
type Description struct {
	// Name and Version are the plugin's own, for logs and `bot check`.
	Name, Version string
	// ConfigSchema is a JSON Schema of the configuration; empty for none.
	ConfigSchema string
	// Stateful plugins get Message.State.
	Stateful bool
}

// Configurer is a Handler that takes the `config:` that bot.yaml has for it.
type Configurer interface {
	// Configure is called once, before the first Handle, with a JSON object whose secrets are resolved. It returns
	// Problems to name the fields that are wrong, or any other error.
	Configure(ctx context.Context, config json.RawMessage) error
}
