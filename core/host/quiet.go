package host

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quiet is a slog.Handler that lets so many lines of a plugin through, and then says how many it has dropped: a plugin that writes without
// end must not fill the disk, nor take the bot's time.
type quiet struct {
	slog.Handler
	of *quota
}

// quota is how many lines may come, refilled as time goes by.
type quota struct {
	mu      sync.Mutex
	left    float64
	at      time.Time
	dropped int
}

const (
	linesBurst  = 1000
	linesSecond = 100
)

// limited returns log with a bound on its lines.
func limited(log *slog.Logger) *slog.Logger {
	return slog.New(quiet{log.Handler(), &quota{left: linesBurst}})
}

// Handle lets a line through, or drops it.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	ok, dropped := q.of.take(r.Time)
	if !ok {
		return nil
	}
	if dropped > 0 {
		told := slog.NewRecord(r.Time, slog.LevelWarn, "the plugin writes too much: lines were dropped", 0)
		told.AddAttrs(slog.Int("dropped_lines", dropped))
		if err := q.Handler.Handle(ctx, told); err != nil {
			return err
		}
	}
	return q.Handler.Handle(ctx, r)
}

// WithAttrs shares the quota.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quiet{q.Handler.WithAttrs(attrs), q.of}
}

// WithGroup shares the quota.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name), q.of} }

// take tells whether a line may come, and how many could not since the last one.
func (q *quota) take(now time.Time) (ok bool, dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.at.IsZero() {
		q.left = min(linesBurst, q.left+now.Sub(q.at).Seconds()*linesSecond)
	}
	q.at = now
	if q.left < 1 {
		q.dropped++
		return false, 0
	}
	q.left--
	dropped, q.dropped = q.dropped, 0
	return true, dropped
}
