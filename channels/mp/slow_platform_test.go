package mp

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// slow is a channel inside a synctest bubble whose turns take some time and then answer.
type slow struct {
	*Channel
	in   *inbox
	log  *safeBuffer
	stop func()
}

// newSlow must be called inside of a bubble, and stop before its end.
func newSlow(t *testing.T, answer func(c *Channel, m *sdk.Message)) *slow {
	t.Helper()
	log := &safeBuffer{}
	s := &slow{Channel: newChannel(t, config(ModePlain), log), log: log}
	s.in = newInbox(func(m *sdk.Message) { answer(s.Channel, m) })
	s.stop = started(t, s.Channel, s.in)
	return s
}

// after answers with text after d.
func after(d time.Duration, text string) func(*Channel, *sdk.Message) {
	return func(c *Channel, m *sdk.Message) {
		time.Sleep(d) // of the bubble: takes no time
		_ = c.Send(context.Background(), reply(m, sdk.Text{Text: text}))
	}
}

// try is one request of the platform, which waits for at most 5 s.
type try struct {
	w    *httptest.ResponseRecorder
	took time.Duration
	hung bool // the platform hung up
}

// ask makes one request with the timestamp of the first one, as retries do.
func (s *slow) ask(body string, first time.Time) try {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	start := time.Now()
	w := call(ctx, s.Channel, plainQuery(first), body)
	return try{w: w, took: time.Since(start), hung: ctx.Err() != nil}
}

// askThrice asks until an answer comes, as the platform does.
func (s *slow) askThrice(body string) (tries []try) {
	first := time.Now()
	for range 3 {
		one := s.ask(body, first)
		tries = append(tries, one)
		if !one.hung {
			break
		}
	}
	return tries
}

// failKeeps makes the store fail for every message that comes within a second.
func (s *slow) failKeeps() {
	go func() {
		time.Sleep(time.Second)
		s.in.mu.Lock()
		defer s.in.mu.Unlock()
		for _, turn := range s.in.turns {
			turn.mu.Lock()
			turn.keepErr = errors.New("disk full")
			turn.mu.Unlock()
		}
	}()
}
