package sdk

import "time"

// Message is one message of a person, or one event, as a channel received it. It is plain data and never changes after
// it was made: whoever needs another one copies it. It is safe for concurrent use.
type Message struct {
	// ID is unique among the messages of the channel and the same when the platform sends the message again.
	ID string
	// Channel is the channel's name in bot.yaml.
	Channel string
	// Account is the account that the person wrote to, as the platform names it.
	Account string
	// Sender is the person, as the platform names them.
	Sender string
	// Conversation is what turns are ordered by: one at a time in each.
	Conversation string
	// Time is when the platform says the message was sent.
	Time time.Time
	// Content is what was sent. It is never nil in a message that a Handler gets.
	Content Content
	// State is what this plugin saved for this conversation last; nil where it saved nothing or is not stateful.
	State []byte
	// AnswerBy is a hint: until then an answer is the cheapest for the platform. Zero: there is no such moment.
	AnswerBy time.Time
	// Window is what the platform let the bot send to the person when the message came.
	Window Window
}

// Window says how many messages the platform takes for a person, and until when. It is a hint: what was sent since then
// counts, and the platform has the last word.
type Window struct {
	// Left is how many messages; 0 if it is not known.
	Left int
	// Until is when the window closes; zero if it is not known.
	Until time.Time
}

// Text returns the message's text: that of a Text, the transcript of a Voice, and "" for everything else.
func (m *Message) Text() string {
	switch c := m.Content.(type) {
	case Text:
		return c.Text
	case Voice:
		return c.Transcript
	default:
		return ""
	}
}

// WithContent returns a copy of the message that carries c.
func (m *Message) WithContent(c Content) *Message {
	copied := *m
	copied.Content = c
	return &copied
}
