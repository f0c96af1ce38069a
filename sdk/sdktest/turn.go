package sdktest

import "github.com/chuanhuabot/bot/sdk"

// Turn is what a plugin did with one message. It is plain data.
type Turn struct {
	// Replies are the messages to the person, in order. Text that was appended is one of them, with an end where the
	// next Reply or the turn's end was.
	Replies []sdk.Content
	// Passed tells that the next step of the chain would see the message as it was, and Forwarded, if it is not nil, that
	// it would see the message with that content. Of several Pass and Forward the last one counts, as in the bot.
	Passed    bool
	Forwarded sdk.Content
	// Handoff is why the conversation was given to a person. HandedOff tells whether it was, which an empty reason does
	// not.
	Handoff   string
	HandedOff bool
	// Saved is the state that the turn saved last: nil if it saved none, empty if it told the bot to forget. A turn that
	// ended with an error has it too, although the bot does not keep it then.
	Saved []byte
	// Err is nil for a turn that went well. Otherwise it is the handler's error or panic, as text, or that of the context.
	// What the turn did before is in the other fields.
	Err error
}

// Texts returns the texts of those replies that are a sdk.Text, in order; nil if there are none.
func (t Turn) Texts() []string {
	var texts []string
	for _, c := range t.Replies {
		if text, ok := c.(sdk.Text); ok {
			texts = append(texts, text.Text)
		}
	}
	return texts
}
