package sdk

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// flood replies until it is told to stop, and tells how often it has.
func flood(r Responder, size int, replied func(n int)) error {
	text := strings.Repeat("x", size)
	for n := 1; ; n++ {
		if err := r.Reply(Text{Text: text}); err != nil {
			return err
		}
		replied(n)
	}
}

// TestFlood_CostsItsTurnOnly holds that replies nobody takes are bounded, do not keep other turns waiting, and that the
// plugin is told that its turn is over.
func TestFlood_CostsItsTurnOnly(t *testing.T) {
	for name, size := range map[string]int{"of large replies": MaxContent / 2, "of empty replies": 0} {
		t.Run(name, func(t *testing.T) { checkFlood(t, size) })
	}
}

func checkFlood(t *testing.T, size int) {
	enough, stopped := make(chan struct{}), make(chan error, 1)
	r := mustOpen(t, HandlerFunc(func(ctx context.Context, m *Message, r Responder) error {
		if m.ID != "flood" {
			return echoed(ctx, m, r)
		}
		err := flood(r, size, func(n int) {
			if n == 2*maxUntaken/(size+actionOverhead) {
				close(enough)
			}
		})
		stopped <- err
		return err
	}))
	to, result := &blocked{release: make(chan struct{})}, make(chan error, 1)
	go func() { result <- r.Handle(within(t, time.Minute), hello("flood"), to) }()
	await(t, "the flood", enough)
	did := &said{}
	if err := r.Handle(within(t, 20*time.Second), hello("other"), did); err != nil {
		t.Errorf("another turn: %v", err)
	}
	did.expect(t, Text{Text: "hello other"})
	close(to.release)
	if err := await(t, "the end of the flood's turn", result); err == nil || !strings.Contains(err.Error(), "could not be sent yet") {
		t.Errorf("Handle: %v", err)
	}
	if err := await(t, "the end of the flood", stopped); !errors.Is(err, ErrTurnOver) {
		t.Errorf("the handler's Reply: %v", err)
	}
}

// refusing is a Responder that takes no reply.
type refusing struct{ said }

var errRefused = errors.New("refused")

func (*refusing) Reply(Content) error { return errRefused }

// TestFlood_StopsWhenTheResponderRefuses holds that a plugin is told when the bot gives a turn up for its own reasons: no
// context has ended then.
func TestFlood_StopsWhenTheResponderRefuses(t *testing.T) {
	stopped := make(chan error, 1)
	r := mustOpen(t, HandlerFunc(func(_ context.Context, _ *Message, r Responder) error {
		err := flood(r, 10, func(int) {})
		stopped <- err
		return err
	}))
	if err := r.Handle(context.WithoutCancel(t.Context()), hello("1"), &refusing{}); !errors.Is(err, errRefused) {
		t.Errorf("Handle: %v", err)
	}
	if err := await(t, "the end of the handler", stopped); !errors.Is(err, ErrTurnOver) {
		t.Errorf("the handler's Reply: %v", err)
	}
}
