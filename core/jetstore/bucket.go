package jetstore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/chuanhuabot/bot/core"
)

// bucket is a stream that keeps the last entry of each subject. It removes the entries before that itself: what the server removes
// because of a limit it does not note, so after a crash an entry that was replaced would be back once its successor is removed.
type bucket struct {
	js     jetstream.JetStream
	stream jetstream.Stream
	prefix string // of all subjects, with a dot at its end
}

// openBucket opens a stream or makes it. Entries go away at maxAge unless they say otherwise; 0: never.
func openBucket(
	ctx context.Context, js jetstream.JetStream, opts Options, name string, maxAge time.Duration,
) (*bucket, error) {
	b := &bucket{js: js, prefix: opts.Name + "." + name + "."}
	want := jetstream.StreamConfig{
		Name: opts.Name + "_" + name, Subjects: []string{b.prefix + ">"}, Description: "bot: " + name,
		Storage: jetstream.FileStorage, Replicas: max(1, opts.Replicas),
		// An operator may limit a stream: then new data is refused, instead of old data being lost.
		Discard: jetstream.DiscardNew,
	}
	var err error
	b.stream, err = js.Stream(ctx, want.Name)
	if err == nil {
		want = b.stream.CachedInfo().Config
	} else if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, fmt.Errorf("open stream %s: %w", want.Name, err)
	}
	changed := adapt(&want, maxAge)
	switch {
	case err != nil:
		b.stream, err = js.CreateStream(ctx, want)
	case changed:
		b.stream, err = js.UpdateStream(ctx, want)
	}
	if err != nil {
		return nil, fmt.Errorf("make stream %s: %w", want.Name, err)
	}
	return b, nil
}

// adapt sets what must be as it is for the store to be right, whoever made the stream, and tells whether that changed it.
func adapt(c *jetstream.StreamConfig, maxAge time.Duration) bool {
	before := [...]any{c.MaxMsgsPerSubject, c.MaxAge, c.AllowMsgTTL, c.AllowDirect}
	c.MaxMsgsPerSubject, c.MaxAge = -1, maxAge
	c.AllowMsgTTL = c.AllowMsgTTL || maxAge > 0
	// A direct get may be answered by a replica that has not yet seen what this process wrote.
	c.AllowDirect = c.Replicas <= 1
	if maxAge > 0 && (c.Duplicates == 0 || c.Duplicates > maxAge) {
		c.Duplicates = min(maxAge, 2*time.Minute)
	}
	return before != [...]any{c.MaxMsgsPerSubject, c.MaxAge, c.AllowMsgTTL, c.AllowDirect}
}

// token makes one part of a subject of any string. Two strings have two tokens.
func token(name string) string { return text(digest(name)) }

// digest hashes any strings. Two different lists have two different digests.
func digest(parts ...string) [32]byte {
	var all []byte
	for _, part := range parts {
		all = binary.AppendUvarint(all, uint64(len(part)))
		all = append(all, part...)
	}
	return sha256.Sum256(all)
}

// text is 144 bits of a digest: far more than chance needs, and whole characters of base64. Each one costs memory in
// the server.
func text(sum [32]byte) string { return base64.RawURLEncoding.EncodeToString(sum[:18]) }

// get returns the entry of subject, or core.ErrNotFound.
func (b *bucket) get(ctx context.Context, subject string) (*jetstream.RawStreamMsg, error) {
	entry, err := b.stream.GetLastMsgForSubject(ctx, b.prefix+subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, core.ErrNotFound
	}
	return entry, err
}

// last returns the sequence number of the last entry that matches filter, 0 if there is none.
func (b *bucket) last(ctx context.Context, filter string) (uint64, error) {
	entry, err := b.get(ctx, filter)
	if errors.Is(err, core.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return entry.Sequence, nil
}

// put stores an entry if the last sequence number of subject is still last, and returns the new one. Otherwise it
// returns core.ErrConflict.
func (b *bucket) put(ctx context.Context, subject string, data []byte, last uint64) (uint64, error) {
	return b.replace(ctx, &nats.Msg{Subject: b.prefix + subject, Data: data}, last)
}

// replace is put for an entry with headers.
func (b *bucket) replace(ctx context.Context, m *nats.Msg, last uint64) (uint64, error) {
	seq, err := b.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(last))
	if err == nil && last > 0 {
		// The new one is stored, whatever comes of this; remove looks for what is left.
		_ = b.stream.DeleteMsg(context.WithoutCancel(ctx), last)
	}
	return seq, err
}

func (b *bucket) publish(ctx context.Context, m *nats.Msg, opts ...jetstream.PublishOpt) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	ack, err := b.js.PublishMsg(ctx, m, opts...)
	var answer *jetstream.APIError
	if errors.As(err, &answer) {
		switch answer.ErrorCode {
		case jetstream.JSErrCodeStreamWrongLastSequence:
			return 0, core.ErrConflict
		case jetstream.JSErrCodeStreamWrongLastSequenceConstant:
			return 0, errBusy
		}
	}
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// errBusy is a conflict with a write whose end is still open, which only replicated streams know.
var errBusy = fmt.Errorf("%w: another write is under way", core.ErrConflict)

// remove deletes the entry of subject whose sequence number is seq, or returns core.ErrConflict if it is not the last.
func (b *bucket) remove(ctx context.Context, subject string, seq uint64) error {
	if err := b.removeBefore(ctx, subject, seq); err != nil {
		return err
	}
	failed := b.stream.DeleteMsg(ctx, seq)
	if failed == nil {
		return nil
	}
	// The server says in words only why it did not delete, so look.
	entry, err := b.get(ctx, subject)
	if errors.Is(err, core.ErrNotFound) || err == nil && entry.Sequence != seq {
		return core.ErrConflict
	}
	return failed
}

// removeBefore deletes what a crash has left of entries that were replaced before the one whose sequence number is seq.
func (b *bucket) removeBefore(ctx context.Context, subject string, seq uint64) error {
	for {
		entry, err := b.stream.GetMsg(ctx, 1, jetstream.WithGetMsgSubject(b.prefix+subject))
		if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && entry.Sequence >= seq {
			return nil
		}
		if err != nil {
			return err
		}
		if err := b.stream.DeleteMsg(ctx, entry.Sequence); err != nil {
			if again, other := b.stream.GetMsg(ctx, entry.Sequence); other == nil && again.Sequence == entry.Sequence {
				return err
			}
		}
	}
}

// each calls do with all entries that match filter, in the order in which they were stored.
func (b *bucket) each(ctx context.Context, filter string, do func(*jetstream.RawStreamMsg) error) error {
	for seq := uint64(1); ; {
		entry, err := b.stream.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(b.prefix+filter))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		entry.Subject = strings.TrimPrefix(entry.Subject, b.prefix)
		if err := do(entry); err != nil {
			return err
		}
		seq = entry.Sequence + 1
	}
}
