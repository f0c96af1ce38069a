package jetstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// connectTimeout is the most that one server may take to answer when the store is opened.
const connectTimeout = 3 * time.Second

// openCluster connects to an outside server. The connection comes back by itself when it is lost; until then calls fail.
func (s *Store) openCluster(ctx context.Context, opts Options) error {
	servers, err := redact(opts.URL)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	timeout := connectTimeout
	if end, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(end))
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("open store at %s: %w", servers, err)
	}
	log := opts.Log.With("nats", servers)
	s.conn, err = nats.Connect(opts.URL.Value(), nats.Name(opts.Name), nats.Timeout(timeout),
		nats.MaxReconnects(-1),
		// A write that waits in this process is not a write: let it fail, so that the platform sends again.
		nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("lost the store's server; trying to reach it again", "err", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("reached the store's server again") }))
	if err != nil {
		return fmt.Errorf("open store at %s: %w: %s", servers, err, cure(err))
	}
	if opts.Replicas == 0 && s.conn.ConnectedClusterName() != "" {
		opts.Replicas = 3
	}
	if err := s.openStreams(ctx, opts); err != nil {
		return fmt.Errorf("open store at %s: %w%s", servers, err, jetStreamCure(err))
	}
	return nil
}

// cure says what an operator can do about an error of connecting.
func cure(err error) string {
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
		return "look at the user and the password in the NATS URL"
	default:
		return "is the NATS server running, and are host and port of the NATS URL right?"
	}
}

func jetStreamCure(err error) string {
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) ||
		errors.Is(err, nats.ErrNoResponders) {
		return ": start the NATS server with JetStream (nats-server -js), version 2.11 or later"
	}
	return ""
}
