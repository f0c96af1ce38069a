package mp

import (
	"context"
	"errors"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// unclaimed sends the answer of a slot for which the platform did not come back. The outbox counts it as sent already, so what is
// not reached is tried here, for as long as the slot is remembered and the channel runs.
func (s *slots) unclaimed(one *slot, content sdk.Content) {
	defer s.wrote(one.id)
	err := errWindowOver
	if s.late.possible() {
		err = s.sendUnclaimed(one, content)
	}
	if err != nil {
		s.log.Error("the platform hung up and did not come back for the answer, which is lost", "message", one.id,
			"kind", content.Kind(), "err", err)
		return
	}
	s.log.Info("the platform hung up and did not come back for the answer, which was sent as a customer-service message",
		"message", one.id, "kind", content.Kind())
}

func (s *slots) sendUnclaimed(one *slot, content sdk.Content) error {
	id := "unclaimed/" + one.id
	if err := s.late.begin(id, content); err != nil {
		return err
	}
	defer s.late.forget(id)
	ctx, cancel := context.WithTimeout(context.Background(), s.patience())
	defer cancel()
	for pause := time.Second; ; pause *= 2 {
		err := s.late.send(ctx, id, one.sender)
		var later *core.RetryError
		if !errors.As(err, &later) {
			return err
		}
		select {
		case <-time.After(max(pause, later.After)):
		case <-ctx.Done():
			return err
		case <-s.quit:
			return err
		}
	}
}

// patience is how long may be spent on an answer that nobody fetched.
func (s *slots) patience() time.Duration {
	select {
	case <-s.quit: // The bot stops, and others wait for that.
		return time.Second
	default:
		return rememberFor
	}
}
