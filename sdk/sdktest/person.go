package sdktest

import (
	"context"
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Patience is how long Say and Send wait for the end of a turn: the handler's context ends then, and the turn with it. Err
// is whichever comes first: the end of the context, or what the handler makes of it. Handle waits as long as its context says.
const Patience = 10 * time.Second

// Person is somebody who writes to the plugin. Each has a conversation of their own. A Person is safe for concurrent
// use, but the turns of one conversation come one at a time.
type Person struct {
	plugin *Plugin
	name   string
}

// Say sends a text and blocks until the turn is over.
func (p *Person) Say(text string) Turn { return p.Send(sdk.Text{Text: text}) }

// Send sends any content and blocks until the turn is over.
func (p *Person) Send(c sdk.Content) Turn {
	ctx, cancel := context.WithTimeout(p.plugin.t.Context(), Patience)
	defer cancel()
	return p.plugin.Handle(ctx, p.Message(c))
}

// Message returns the message that Send would send, for tests that change it before they Handle it: its ID is new with
// each call.
func (p *Person) Message(c sdk.Content) *sdk.Message {
	return &sdk.Message{
		ID: fmt.Sprint("message-", p.plugin.messages.Add(1)), Channel: "test", Account: "bot", Sender: p.name,
		Conversation: p.name, Time: time.Now().Truncate(time.Millisecond), Content: c,
	}
}
