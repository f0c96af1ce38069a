package core

import (
	"context"
	"net/http"

	"github.com/chuanhuabot/bot/sdk"
)

// Channel is one connection to a platform: it turns what the platform sends into messages and deliveries into what the
// platform takes. Quotas, windows and the ways of answering late are its own business.
//
// A channel may also be a Webhook, a Prompter, a MediaStore, a Handoffer and a Windower.
type Channel interface {
	// Run receives until ctx ends and then returns nil; any other error means that the channel cannot work and is for
	// the operator. It blocks and is called once. A channel that only takes webhooks hands its messages to the same
	// inbox and just waits.
	Run(ctx context.Context, in Inbox) error
	// Send delivers d. It is safe for concurrent use; deliveries of one conversation come one at a time and in order. Nil
	// means that the platform has it. ErrOpen means that the channel holds it, as part of an answer that is still open or for
	// a person who has to fetch it, and will say by Inbox.Settle how it ended; an error that wraps it tells an operator why. ErrMore means that a part of it has gone, which
	// d.Progress says, and that the rest is to be sent by another call, at once; if nothing has gone, after the older deliveries
	// of the conversation. A *RetryError says that a later try may succeed; every
	// other error is final.
	Send(ctx context.Context, d *Delivery) error
	// Capabilities says what the channel can do. The answer never changes.
	Capabilities() Capabilities
}

// Capabilities says what a channel can do.
type Capabilities struct {
	// Kinds are the kinds of content that Send takes.
	Kinds []sdk.Kind
}

// Webhook is a Channel that the platform, or people's browsers, call over HTTP.
type Webhook interface {
	// Paths are the paths that the channel wants to be called at, such as "/wx"; one that ends in "/*" stands for every path
	// below what is before that. The answer never changes.
	Paths() []string
	http.Handler
}

// Prompter is a Channel that can answer some messages while their person waits.
type Prompter interface {
	// Prompt is Send for a delivery before which older ones of its conversation wait that could not be sent: it takes d only as part
	// of an answer that is still open. Where there is none it returns ErrMore, and d waits for its turn. It is called beside
	// Send.
	Prompt(ctx context.Context, d *Delivery) error
}

// Handoffer is a Channel that can give a conversation to a person.
type Handoffer interface {
	// Handoff returns what has to be sent to the conversation for that; reason is for the person who takes over, where the
	// platform shows it. It does not block. ErrNoHandoff says that this account cannot.
	Handoff(reason string) (sdk.Content, error)
}

// Windower is a Channel that counts what its platform lets it send.
type Windower interface {
	// Window returns what can be sent in a conversation now, as far as is known; the zero value for nothing known. It blocks for the
	// store, whose error it returns.
	Window(ctx context.Context, conversation string) (sdk.Window, error)
}

// Inbox is where channels hand in messages, and tell what became of deliveries. It is safe for concurrent use.
type Inbox interface {
	// Receive starts the turn of m, behind the turns of its conversation that have not ended. If m.ID was received
	// from m.Channel before, it returns that message's turn instead, running or over. It blocks only while too many
	// turns are under way; ErrBusy and ErrStopping say that the message was not taken: while the bot drains, Accept still takes it.
	Receive(ctx context.Context, m *sdk.Message) (Turn, error)
	// Accept is for channels whose platform is asked for its messages: it stores m, and its turn begins behind the turns of its
	// conversation that have not ended, at once or in the next process. After nil the channel may forget the message. One
	// that was accepted within Memory is left alone. It blocks for the store, and while too many turns are under way. An
	// error, such as ErrStopping, says that the message was not taken.
	Accept(ctx context.Context, m *sdk.Message) error
	// Settle says how a delivery has ended that Send returned ErrOpen for, in the words of Send: nil, ErrMore, a *RetryError
	// or a final error, and d.Progress; ErrOpen says that it has not, and is to be on record from now on. What is on record of it is
	// on disk when Settle returns, unless Send has not returned yet. A delivery that is not open is left alone.
	Settle(ctx context.Context, d *Delivery, err error)
	// Idle returns a channel that is closed when no turn of the conversation waits or runs. It is closed already if none
	// does.
	Idle(channel, conversation string) <-chan struct{}
}

// Turn is the handling of one message. It is safe for concurrent use.
type Turn interface {
	// Done is closed when the chain has ended and each of its replies has been sent, has failed, is held by the channel, or
	// waits in the store for its next try.
	Done() <-chan struct{}
	// Keep stores the message, so that it survives the end of the process: after nil the channel may tell the platform
	// that it has it. It does nothing for a turn that is over.
	Keep(ctx context.Context) error
}
