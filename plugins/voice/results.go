package voice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/chuanhuabot/bot/sdk"
)

// maxResults is how many results are kept, here and with the bot.
const maxResults = 512

// results are what was said in the last messages, so that one which comes again is not recognised again. With the grant kv they are kept
// with the bot, where the end of this process does not touch them.
type results struct {
	host    sdk.Host
	log     *slog.Logger
	refused atomic.Bool // The bot keeps nothing for this plugin.

	mu      sync.Mutex
	kept    map[string]string
	order   []string // The keys of kept, the oldest first.
	running map[string]chan struct{}
}

func newResults(host sdk.Host, log *slog.Logger) *results {
	r := &results{host: host, log: log, kept: map[string]string{}, running: map[string]chan struct{}{}}
	r.refused.Store(host == nil)
	return r
}

// once returns what do has said of the message, and calls it only if that is not known. A message that comes while it is being recognised
// waits. What fails for a reason that may pass is not kept. If ctx ends, so does once, with an error.
func (r *results) once(ctx context.Context, m *sdk.Message, do func() (string, error)) (string, error) {
	key := identity(m)
	for {
		text, known, wait := r.begin(key)
		if known {
			return text, nil
		}
		if wait == nil {
			break
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	defer r.end(key)
	if text, ok := r.stored(ctx, key); ok {
		r.keep(key, text)
		return text, nil
	}
	text, err := do()
	if err == nil || classOf(err) == never && ctx.Err() == nil {
		r.keep(key, text)
		r.store(ctx, key, text)
	}
	return text, err
}

// identity is the same for a message that comes again.
func identity(m *sdk.Message) string {
	sum := sha256.Sum256([]byte(m.Channel + "\x00" + m.ID))
	return hex.EncodeToString(sum[:])
}

// begin returns what is known, or what to wait for; if neither, the caller is to find out, and to call end.
func (r *results) begin(key string) (text string, known bool, wait <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if text, known = r.kept[key]; known {
		return text, true, nil
	}
	if wait, running := r.running[key]; running {
		return "", false, wait
	}
	r.running[key] = make(chan struct{})
	return "", false, nil
}

func (r *results) end(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.running[key])
	delete(r.running, key)
}

func (r *results) keep(key, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.order) == maxResults {
		delete(r.kept, r.order[0])
		r.order = r.order[1:]
	}
	r.kept[key] = text
	r.order = append(r.order, key)
}

// entry is a value that the bot keeps. Its place follows from the message, so that a later message takes the place of an earlier one, and
// there are never more than maxResults.
type entry struct {
	Message string `json:"message"`
	Text    string `json:"text"`
}

// place returns the key of the bot's values under which a message is.
func place(key string) string {
	var n int
	_, _ = fmt.Sscanf(key[:8], "%x", &n)
	return fmt.Sprintf("heard/%03d", n%maxResults)
}

func (r *results) stored(ctx context.Context, key string) (string, bool) {
	if r.refused.Load() {
		return "", false
	}
	value, _, err := r.host.Get(ctx, place(key))
	if err != nil {
		r.complain(ctx, err)
		return "", false
	}
	var e entry
	if err := json.Unmarshal(value, &e); err != nil || e.Message != key {
		return "", false
	}
	return e.Text, true
}

func (r *results) store(ctx context.Context, key, text string) {
	if r.refused.Load() {
		return
	}
	value, err := json.Marshal(entry{key, text})
	if err == nil {
		_, err = r.host.Put(ctx, place(key), value, sdk.AnyRevision)
	}
	r.complain(ctx, err)
}

// complain makes nothing of what is not there, and asks no more what is not granted.
func (r *results) complain(ctx context.Context, err error) {
	switch {
	case err == nil, errors.Is(err, sdk.ErrNotFound), ctx.Err() != nil:
	case errors.Is(err, sdk.ErrNotGranted):
		if !r.refused.Swap(true) {
			r.log.Debug("results are kept in memory only: there is no grant kv")
		}
	default:
		r.log.Warn("the bot does not keep what was recognised", "err", err)
	}
}
