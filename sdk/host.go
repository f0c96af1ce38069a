package sdk

import (
	"context"
	"errors"
	"io"
)

// Host is what the bot does for a plugin beside its turns. What a plugin may use of it says `grants:` of bot.yaml; everything else is
// ErrNotGranted. It is safe for concurrent use. Its methods block for the bot, and end with ctx.
type Host interface {
	// Send sends a message that answers none: needs the grant send. A second one with the same key sends nothing and says how
	// the first one stands. It returns when the message is on record, which may be before the platform has it; a message that could
	// never be sent is ErrInvalid.
	Send(ctx context.Context, o Outgoing) (Outcome, error)
	// Outcomes calls do with how each message of Send and Handoff ends, from now on until ctx ends, which is no error. It needs the grant
	// send. ErrTooSlow says that do took too long, and that outcomes are lost: Send with the same key tells them.
	Outcomes(ctx context.Context, do func(Outcome)) error
	// Handoff gives a conversation to a person: needs the grant handoff. It is Send for that. ErrNoPerson says that the channel has nobody.
	Handoff(ctx context.Context, h Handoff) (Outcome, error)

	// OpenMedia returns bytes of media that came in: needs the grant media. The caller closes them; they end with ctx. ErrMediaGone,
	// ErrMediaTooLarge and ErrMediaForm can be told apart, also while the bytes are read.
	OpenMedia(ctx context.Context, r MediaRequest) (*Bytes, error)
	// SaveMedia gives the platform of a channel bytes, to be sent in a Content: needs the grant media. It reads them to their end.
	// ErrMediaTooLarge and ErrMediaForm can be told apart.
	SaveMedia(ctx context.Context, u Upload) (Media, error)

	// Window says what the platform lets the bot send in a conversation now: the zero value if the channel does not know. It needs no grant.
	Window(ctx context.Context, of Address) (Window, error)

	// Get returns one of the plugin's own values and its revision, or ErrNotFound: needs the grant kv, as the other three do.
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)
	// Put writes a value of at most MaxValue bytes and returns its new revision. Unless revision is AnyRevision, the value must still have
	// it, 0 for one that is not there; otherwise it is ErrConflict. ErrFull says that the plugin has MaxKeys already.
	Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error)
	// Delete removes a value. Removing what is not there is no error.
	Delete(ctx context.Context, key string) error
	// Keys returns the keys that begin with prefix, in the order of their bytes.
	Keys(ctx context.Context, prefix string) ([]string, error)
}

// HostUser is a Handler that uses the Host.
type HostUser interface {
	// UseHost is called once, before Configure and the first Handle. The Host lasts as long as the plugin.
	UseHost(h Host)
}

// Bounds of what a plugin hands to its Host, in bytes but for MaxKeys.
const (
	MaxKey   = 256
	MaxValue = 64 << 10
	MaxKeys  = 1000
	// MaxSendKey is the longest Outgoing.Key.
	MaxSendKey = 128
	// MediaChunk is the most bytes of media in one frame.
	MediaChunk = 64 << 10
)

// AnyRevision lets Put write whatever is there.
const AnyRevision = ^uint64(0)

// The errors of a Host that callers can tell apart. They are wrapped.
var (
	ErrNotGranted    = errors.New("bot.yaml does not grant the plugin this")
	ErrInvalid       = errors.New("not valid")
	ErrNoPerson      = errors.New("the channel has no person to give a conversation to")
	ErrTooSlow       = errors.New("outcomes came faster than they were taken")
	ErrNotFound      = errors.New("not found")
	ErrConflict      = errors.New("changed by somebody else")
	ErrFull          = errors.New("the plugin has as many values as it may")
	ErrMediaGone     = errors.New("the platform does not have this media, or not any more")
	ErrMediaTooLarge = errors.New("the media is too large")
	ErrMediaForm     = errors.New("the media cannot be had, or taken, in this form")
)

// Address says where a message goes, in the words of a Message from there.
type Address struct {
	Channel, Account, Conversation string
	// Recipient is Message.Sender.
	Recipient string
}

// Address returns where an answer to the message goes.
func (m *Message) Address() Address {
	return Address{Channel: m.Channel, Account: m.Account, Conversation: m.Conversation, Recipient: m.Sender}
}

// Outgoing is a message that answers none.
type Outgoing struct {
	To      Address
	Content Content
	// Key is chosen by the plugin, 1 to MaxSendKey bytes: two with the same key are the same message. It is known for three days at least.
	Key string
}

// Handoff asks for a person to take over a conversation.
type Handoff struct {
	Conversation Address
	// Reason is for that person.
	Reason string
	// Key is that of an Outgoing.
	Key string
}

// Outcome says how an Outgoing stands.
type Outcome struct {
	Key   string
	State SendState
	// Reason says why it has failed, or what it waits for. It is for an operator.
	Reason string
}

// SendState is how far an Outgoing is.
type SendState string

// The states of an Outgoing. Sent and failed are final.
const (
	SendQueued SendState = "queued"
	SendSent   SendState = "sent"
	SendFailed SendState = "failed"
)

// Form is what the bytes of media are to be.
type Form int

// The forms of media.
const (
	// AsItIs is as the platform has them.
	AsItIs Form = iota
	// WAV16k is sound as WAV: 16 kHz, one channel, 16 bits.
	WAV16k
)

// MediaRequest asks for bytes of media.
type MediaRequest struct {
	// Channel is that of the message which carried the media.
	Channel string
	Media   Media
	Want    Form
}

// Bytes are those of media, with what is known of them.
type Bytes struct {
	io.ReadCloser
	// Name is the file's name, without a folder; may be empty.
	Name string
	// Type is the MIME type, such as "audio/amr"; may be empty.
	Type string
	// Size is how many there are; -1 if it is not known.
	Size int64
}

// Upload is what SaveMedia gives to a platform.
type Upload struct {
	// Channel is the channel that will send it, and Kind what it will be sent as.
	Channel string
	Kind    Kind
	// Name and Type are those of Bytes, Size too; -1 if it is not known.
	Name, Type string
	Size       int64
	Reader     io.Reader
}
