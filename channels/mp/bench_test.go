package mp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

// atOnce is an inbox that answers before Receive returns.
type atOnce struct {
	channel *Channel
	turn    *turn // one that is over
}

func (i atOnce) Receive(ctx context.Context, m *sdk.Message) (core.Turn, error) {
	if err := i.channel.Send(ctx, reply(m, sdk.Text{Text: "你发送的消息是: hello"})); !errors.Is(err, core.ErrOpen) {
		return nil, err
	}
	return i.turn, nil
}

func (i atOnce) Accept(ctx context.Context, m *sdk.Message) error {
	_, err := i.Receive(ctx, m)
	return err
}

func (atOnce) Settle(context.Context, *core.Delivery, error) {}

func (i atOnce) Idle(string, string) <-chan struct{} { return i.turn.done }

// BenchmarkTextCallback is one text message and its passive reply, without the network. Each message is a new one.
func BenchmarkTextCallback(b *testing.B) {
	for _, mode := range []string{ModePlain, ModeSafe} {
		b.Run(mode, func(b *testing.B) {
			c, err := New("wx", config(mode), memstore.New(), slog.New(slog.DiscardHandler))
			if err != nil {
				b.Fatal(err)
			}
			over := &turn{done: make(chan struct{})}
			close(over.done)
			defer started(b, c, atOnce{c, over})()
			benchmark(b, c, mode)
		})
	}
}

// calls is how many different messages are prepared: more than are remembered, so that each one is new.
const calls = rememberMost + 1<<12

func benchmark(b *testing.B, c *Channel, mode string) {
	bodies, queries := make([][]byte, calls), make([]string, calls)
	for n := range bodies {
		q, body := plainQuery(time.Now()), textBody(n, "hello")
		if mode == ModeSafe {
			q, body = sealedCall(b, body, testApp, testKey)
		}
		bodies[n], queries[n] = []byte(body), q.Encode()
	}
	var next atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			n := int(next.Add(1)) % calls
			r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/wx", RawQuery: queries[n]},
				Body: io.NopCloser(bytes.NewReader(bodies[n])), ContentLength: int64(len(bodies[n])), Header: http.Header{}}
			w := httptest.NewRecorder()
			c.ServeHTTP(w, r)
			if w.Code != http.StatusOK || w.Body.Len() < 100 {
				b.Fatal(fmt.Sprint(w.Code, w.Body))
			}
		}
	})
}
