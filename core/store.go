package core

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Store keeps what must survive the process: messages that were acknowledged before they were answered, deliveries that
// have not reached their end, and small values such as a plugin's state. All methods block until the data is on disk (or
// in the cluster), are safe for concurrent use, and end with ctx. A write that has ended because ctx did may still happen, but before any
// later one to the same message or delivery. core/storetest holds every store to this text.
type Store interface {
	// Keep stores a message until Finish. It returns false, and stores nothing, if that message was kept before, ended or
	// not: it remembers a finished one for Memory at least.
	Keep(ctx context.Context, m *sdk.Message) (fresh bool, err error)
	// Finish ends what Keep began. Finishing a message that was not kept is no error.
	Finish(ctx context.Context, channel, id string) error
	// Unfinished returns the messages that were kept and not finished, in the order in which they were kept.
	Unfinished(ctx context.Context) ([]*sdk.Message, error)

	// PutDelivery stores d, in place of an earlier one with the same ID. The store may forget one that nobody has put
	// again for DeliveryMemory, so that what failed for good does not gather for ever.
	PutDelivery(ctx context.Context, d *Delivery) error
	// Deliveries returns the deliveries with one of the given states, all of them for none, the oldest first (by Created,
	// then by the order in which they were first stored).
	Deliveries(ctx context.Context, states ...Status) ([]*Delivery, error)
	// DeleteDelivery removes a delivery. Removing one that is not there is no error.
	DeleteDelivery(ctx context.Context, id string) error

	// Get returns the value of key and its revision, or ErrNotFound.
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)
	// Put stores value under key if the key's revision is still the given one, 0 for a key that is not there, and
	// returns the new revision. Otherwise it returns ErrConflict and stores nothing. A nil value removes the key.
	Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error)
}

// Memory is how long a store remembers a finished message at the least: WeCom customer service repeats messages for up
// to three days.
const Memory = 72 * time.Hour

// DeliveryMemory is how long a store remembers a delivery at the least: long enough for an operator to look into what
// failed, and far longer than anything waits for its next try.
const DeliveryMemory = 30 * 24 * time.Hour

var (
	// ErrNotFound is returned by Store.Get for a key that is not there.
	ErrNotFound = sdk.ErrNotFound
	// ErrConflict is returned by Store.Put for a key that somebody else changed first.
	ErrConflict = sdk.ErrConflict
)
