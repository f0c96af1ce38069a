package mp

import (
	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// Outcome is what came of a push.
type Outcome struct {
	Message    string // The MsgId; of an event, which has none, a number that only the sandbox uses.
	Request    []byte // The body as it was sent.
	Plain      []byte // The message inside it.
	Tries      []callback.Try
	Duplicates []callback.Try // Of Fault.Duplicates.
	Answered   bool           // The platform took an answer, be it only `success`.
	Reply      *wire.Reply    // What the person sees; nil if that is nothing.
	Fault      bool           // The person sees the fault banner.
	Why        string         // The reason for Fault, or for showing nothing, in a developer's words.
}
