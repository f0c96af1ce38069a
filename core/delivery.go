package core

import (
	"errors"
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Delivery is one outgoing message. Channels must not change it but for its Progress.
type Delivery struct {
	// ID is unique and the same whenever this delivery is tried again: made from the message that it answers and its
	// number among the replies.
	ID string
	// Channel, Account, Conversation and Recipient say where it goes, in the words of the message that it answers.
	Channel, Account, Conversation, Recipient string
	// InReplyTo is the ID of the message that it answers.
	InReplyTo string
	// Content is what to send.
	Content sdk.Content
	// Created is when the reply was made.
	Created time.Time
	// Window is that of the message that it answers.
	Window sdk.Window
	// Progress is how much of it the platform has already, as its channel counts it: 0 for nothing. It is kept over restarts.
	Progress int

	// Status, Reason, Attempts and Next are the core's record of it: Reason is that of the last failed attempt, Next the
	// time of the next one.
	Status   Status
	Reason   string
	Attempts int
	Next     time.Time
}

// Status is where a delivery stands.
type Status string

// The states of a delivery. Queued is also one that its channel holds. Sent and failed are final.
const (
	StatusQueued Status = "queued"
	StatusRetry  Status = "retry"
	StatusSent   Status = "sent"
	StatusFailed Status = "failed"
)

// RetryError says that an attempt failed and that a later one may succeed.
type RetryError struct {
	// Err is what happened.
	Err error
	// After is the least time to wait before the next attempt. 0: the core decides.
	After time.Duration
}

// Error says what happened and when to try again.
func (e *RetryError) Error() string {
	if e.After == 0 {
		return e.Err.Error() + " (to be tried again)"
	}
	return fmt.Sprintf("%v (to be tried again after %s)", e.Err, e.After)
}

// Unwrap returns what happened.
func (e *RetryError) Unwrap() error { return e.Err }

var (
	// ErrOpen is returned by Channel.Send for a delivery that the channel holds: Inbox.Settle says how it ends.
	ErrOpen = errors.New("part of an answer that is still open")
	// ErrMore is returned by Channel.Send for a delivery that is to be sent by another call, from its Progress on.
	ErrMore = errors.New("more of it is to be sent")
)

// ErrBusy is returned to a channel whose message was not taken because too many of its conversation wait already.
var ErrBusy = errors.New("too many messages of this conversation wait already")

// ErrStopping is returned to a channel whose message was not taken because the bot is stopping.
var ErrStopping = errors.New("the bot is stopping")
