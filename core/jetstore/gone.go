package jetstore

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/chuanhuabot/bot/core"
)

// The server (nats-server 2.15.2) can lose a deletion: that of the last entry of one of its files, if it is not the one with the highest
// number and the file holds the deletions of older entries too. When it is killed then, the entry is there again. So a delivery that has
// gone is first replaced by an entry that says so, which wins over whatever comes back. It stays longer than the server takes to rewrite
// such a file, which is four minutes.

const (
	goneHeader = "Bot-Gone"
	goneFor    = 10 * time.Minute
)

// isGone tells whether an entry says that its delivery has gone.
func isGone(entry *jetstream.RawStreamMsg) bool { return entry.Header.Get(goneHeader) != "" }

// bury replaces an entry, or one that says already that its delivery has gone, by one that says so from now on.
func (s *Store) bury(ctx context.Context, key string, entry *jetstream.RawStreamMsg) error {
	if err := s.outbox.removeBefore(ctx, key, entry.Sequence); err != nil {
		return err
	}
	_, err := s.outbox.replace(ctx, &nats.Msg{
		Subject: s.outbox.prefix + key,
		Header: nats.Header{
			goneHeader: {"1"}, firstHeader: {strconv.FormatUint(first(entry), 10)}, jetstream.MsgTTLHeader: {goneFor.String()},
		},
	}, entry.Sequence)
	return err
}

// buryAgain does that for what is back although it had gone.
func (s *Store) buryAgain(ctx context.Context, gone []*jetstream.RawStreamMsg) error {
	for _, entry := range gone {
		err := s.deliveries.do(ctx, entry.Subject, func(ctx context.Context) error { return s.bury(ctx, entry.Subject, entry) })
		if err != nil && !errors.Is(err, core.ErrConflict) { // Else it has been put once more meanwhile.
			return err
		}
	}
	return nil
}
