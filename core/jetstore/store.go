package jetstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/chuanhuabot/bot/core"
)

// Store is a core.Store on NATS JetStream. It is safe for concurrent use; on an outside cluster any number of them, in
// any number of processes, work on the same data. A call whose ctx has no deadline ends after five seconds when the
// server does not answer. What a call has begun to write may be written also after it has returned because ctx has ended, but before
// any later call for the same message or delivery.
type Store struct {
	log                   *slog.Logger
	memory                time.Duration
	conn                  *nats.Conn
	embedded              *embedded // nil with an outside server
	inbox, outbox, values *bucket

	messages, deliveries order
}

var _ core.Store = (*Store)(nil)

// Open opens the data that opts name, or makes it. Its errors say what an operator has to do.
func Open(ctx context.Context, opts Options) (*Store, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{log: opts.Log, memory: opts.memory}
	if err := s.open(ctx, opts); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, opts Options) error {
	if opts.Dir == "" {
		return s.openCluster(ctx, opts)
	}
	var err error
	if s.embedded, err = startEmbedded(opts); err != nil {
		return fmt.Errorf("open store in %s: %w", opts.Dir, err)
	}
	if s.conn, err = nats.Connect("", nats.InProcessServer(s.embedded.server), nats.NoReconnect()); err != nil {
		return fmt.Errorf("open store in %s: %w", opts.Dir, err)
	}
	if err := s.openStreams(ctx, opts); err != nil {
		return fmt.Errorf("open store in %s: %w", opts.Dir, err)
	}
	return nil
}

func (s *Store) openStreams(ctx context.Context, opts Options) (err error) {
	js, err := jetstream.New(s.conn)
	if err != nil {
		return err
	}
	// What was finished is forgotten by the age of its entry; what is open says of itself that it never ages.
	if s.inbox, err = openBucket(ctx, js, opts, "inbox", opts.memory); err != nil {
		return err
	}
	if s.outbox, err = openBucket(ctx, js, opts, "outbox", core.DeliveryMemory); err != nil {
		return err
	}
	s.values, err = openBucket(ctx, js, opts, "values", 0)
	return err
}

// Close ends the connection and the embedded server and gives the folder free. Calls that are under way fail. It
// blocks until all that belongs to the store has stopped; a second Close does nothing.
func (s *Store) Close() error {
	if s.conn != nil {
		s.conn.Close()
	}
	s.messages.close()
	s.deliveries.close()
	if s.embedded == nil {
		return nil
	}
	if err := s.embedded.stop(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}
