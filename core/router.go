package core

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Route sends the messages that When takes through a chain.
type Route struct {
	When When
	To   Chain
	// Fallback answers when the chain fails before it has replied. Empty: nobody does.
	Fallback Chain
	// Apology is what the person is told when the chain fails before it has replied, and its fallback too. Empty: nothing.
	Apology string
}

// Router is a Handler that gives a message to the first route that takes it, and logs one line for each turn. A message
// that no route takes is passed on. It is safe for concurrent use.
type Router struct {
	routes []Route
	log    *slog.Logger
}

var _ sdk.Handler = (*Router)(nil)

// NewRouter returns a Router over routes, the first of which has the first choice.
func NewRouter(routes []Route, log *slog.Logger) *Router { return &Router{routes: routes, log: log} }

// Handle gives m to its route. The error of a chain is returned after the person has been given the route's apology.
func (r *Router) Handle(ctx context.Context, m *sdk.Message, to sdk.Responder) error {
	i := r.RouteOf(m)
	if i < 0 {
		r.log.LogAttrs(ctx, slog.LevelInfo, "no route takes this message", messageAttrs(m)...)
		return to.Pass()
	}
	route := &r.routes[i]
	start := time.Now()
	counted := &countingResponder{Responder: to}
	err := route.To.Handle(ctx, m, counted)
	if failed := err; failed != nil && counted.replies.Load() == 0 && len(route.Fallback) > 0 && ctx.Err() == nil {
		r.log.WarnContext(ctx, "the fallback of the route answers", "channel", m.Channel, "message", m.ID, "chain", route.To.String(), "err", failed)
		if err = route.Fallback.Handle(ctx, m, counted); err != nil {
			err = errors.Join(failed, err)
		}
	}
	if err != nil && counted.replies.Load() == 0 && route.Apology != "" && !errors.Is(context.Cause(ctx), ErrStopping) {
		err = errors.Join(err, counted.Reply(sdk.Text{Text: route.Apology}))
	}
	r.logTurn(ctx, m, route.To, counted.replies.Load(), time.Since(start), err)
	return err
}

// RouteOf returns the index of the route that takes m, or -1 if none does.
func (r *Router) RouteOf(m *sdk.Message) int {
	for i := range r.routes {
		if r.routes[i].When.Match(m) {
			return i
		}
	}
	return -1
}

func (r *Router) logTurn(ctx context.Context, m *sdk.Message, chain Chain, replies int64, took time.Duration, err error) {
	level := slog.LevelInfo
	attrs := append(messageAttrs(m), slog.String("chain", chain.String()), slog.Int64("replies", replies),
		slog.Duration("duration", took))
	if r.log.Enabled(ctx, slog.LevelDebug) {
		attrs = append(attrs, slog.String("text", m.Text()))
	}
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.Any("err", err))
	}
	r.log.LogAttrs(ctx, level, "turn", attrs...)
}

// messageAttrs names a message in logs, without what it says.
func messageAttrs(m *sdk.Message) []slog.Attr {
	return []slog.Attr{
		slog.String("channel", m.Channel), slog.String("conversation", m.Conversation), slog.String("message", m.ID),
		slog.String("kind", string(m.Content.Kind())),
	}
}

// countingResponder counts the replies that were taken.
type countingResponder struct {
	sdk.Responder
	replies atomic.Int64
}

// Reply counts a reply that is taken.
func (c *countingResponder) Reply(content sdk.Content) error {
	err := c.Responder.Reply(content)
	if err == nil {
		c.replies.Add(1)
	}
	return err
}
