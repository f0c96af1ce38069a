package mp

import (
	"time"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

// Outcome is what came of a push.
type Outcome struct {
	Message    string // The MsgId; "" for events.
	Request    []byte // The body as it was sent.
	Plain      []byte // The message inside it.
	Tries      []Try
	Duplicates []Try       // Of Fault.Duplicates.
	Answered   bool        // The platform took an answer, be it only `success`.
	Reply      *wire.Reply // What the person sees; nil if that is nothing.
	Fault      bool        // The person sees the fault banner.
	Why        string      // The reason for Fault, or for showing nothing, in a developer's words.
}

// Try is one request and its response.
type Try struct {
	URL      string
	Began    time.Time
	Took     time.Duration
	TimedOut bool // The platform hung up.
	Status   int  // 0 without a response.
	Header   map[string][]string
	Body     []byte
	Plain    []byte // The reply inside an encrypted Body.
	Err      string // Why there is no response, or why Body is no valid answer.
}
