package sdktest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// Host is the bot as a plugin's test sees it: it grants everything, keeps values in memory, and remembers what it was given. The zero
// value is ready, and it is safe for concurrent use. Set its fields before the plugin runs.
type Host struct {
	// Media are the bytes of media that came in, by Media.ID; WAV16k those of the same as WAV of 16 kHz, where a plugin wants that.
	// What is in neither is sdk.ErrMediaGone.
	Media, WAV16k map[string][]byte
	// Windows are what can be sent, by Address.Conversation.
	Windows map[string]sdk.Window
	// Fail is asked before each call, by its name ("Send", "OpenMedia" and so on), and its error is returned. Nil: all is well.
	Fail func(method string) error

	mu       sync.Mutex
	sent     []sdk.Outgoing
	handoffs []sdk.Handoff
	saved    []Saved
	opened   []sdk.MediaRequest
	values   map[string]value
	revision uint64
}

// Saved is what a plugin has given to SaveMedia. It gets the Media.ID "saved-1", and so on.
type Saved struct {
	sdk.Upload
	Data []byte
}

type value struct {
	data     []byte
	revision uint64
}

var _ sdk.Host = (*Host)(nil)

// Sent returns what the plugin has sent, each key once, in order.
func (h *Host) Sent() []sdk.Outgoing {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.sent)
}

// Handoffs returns the conversations that the plugin has given away, each key once, in order.
func (h *Host) Handoffs() []sdk.Handoff {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.handoffs)
}

// Opened returns the media that the plugin has asked for, in order.
func (h *Host) Opened() []sdk.MediaRequest {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.opened)
}

// Saved returns the media that the plugin has saved, in order.
func (h *Host) Saved() []Saved {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.saved)
}

func (h *Host) fails(method string) error {
	if h.Fail == nil {
		return nil
	}
	return h.Fail(method)
}

// Send notes o, and says that the platform has it.
func (h *Host) Send(_ context.Context, o sdk.Outgoing) (sdk.Outcome, error) {
	if err := h.fails("Send"); err != nil {
		return sdk.Outcome{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.ContainsFunc(h.sent, func(earlier sdk.Outgoing) bool { return earlier.Key == o.Key }) {
		h.sent = append(h.sent, o)
	}
	return sdk.Outcome{Key: o.Key, State: sdk.SendSent}, nil
}

// Handoff notes g, and says that the platform has it.
func (h *Host) Handoff(_ context.Context, g sdk.Handoff) (sdk.Outcome, error) {
	if err := h.fails("Handoff"); err != nil {
		return sdk.Outcome{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.ContainsFunc(h.handoffs, func(earlier sdk.Handoff) bool { return earlier.Key == g.Key }) {
		h.handoffs = append(h.handoffs, g)
	}
	return sdk.Outcome{Key: g.Key, State: sdk.SendSent}, nil
}

// Outcomes has none: Send has told them.
func (h *Host) Outcomes(ctx context.Context, _ func(sdk.Outcome)) error {
	if err := h.fails("Outcomes"); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// OpenMedia returns what Media or WAV16k has.
func (h *Host) OpenMedia(_ context.Context, q sdk.MediaRequest) (*sdk.Bytes, error) {
	h.mu.Lock()
	h.opened = append(h.opened, q)
	h.mu.Unlock()
	if err := h.fails("OpenMedia"); err != nil {
		return nil, err
	}
	from := h.Media
	if q.Want == sdk.WAV16k {
		from = h.WAV16k
	}
	data, ok := from[q.Media.ID]
	if !ok {
		return nil, fmt.Errorf("media %q: %w", q.Media.ID, sdk.ErrMediaGone)
	}
	return &sdk.Bytes{ReadCloser: io.NopCloser(bytes.NewReader(data)), Name: q.Media.Name, Size: int64(len(data))}, nil
}

// SaveMedia notes u.
func (h *Host) SaveMedia(_ context.Context, u sdk.Upload) (sdk.Media, error) {
	if err := h.fails("SaveMedia"); err != nil {
		return sdk.Media{}, err
	}
	data, err := io.ReadAll(u.Reader)
	if err != nil {
		return sdk.Media{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	u.Reader = nil
	h.saved = append(h.saved, Saved{u, data})
	return sdk.Media{ID: fmt.Sprintf("saved-%d", len(h.saved)), Name: u.Name}, nil
}

// Window returns what Windows has.
func (h *Host) Window(_ context.Context, of sdk.Address) (sdk.Window, error) {
	return h.Windows[of.Conversation], h.fails("Window")
}

// Get reads a value.
func (h *Host) Get(_ context.Context, key string) ([]byte, uint64, error) {
	if err := h.fails("Get"); err != nil {
		return nil, 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	v, ok := h.values[key]
	if !ok {
		return nil, 0, fmt.Errorf("value %q: %w", key, sdk.ErrNotFound)
	}
	return v.data, v.revision, nil
}

// Put writes a value.
func (h *Host) Put(_ context.Context, key string, data []byte, revision uint64) (uint64, error) {
	if err := h.fails("Put"); err != nil {
		return 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if revision != sdk.AnyRevision && h.values[key].revision != revision {
		return 0, fmt.Errorf("value %q: %w", key, sdk.ErrConflict)
	}
	if _, there := h.values[key]; !there && len(h.values) == sdk.MaxKeys {
		return 0, fmt.Errorf("value %q: %w", key, sdk.ErrFull)
	}
	if h.values == nil {
		h.values = map[string]value{}
	}
	h.revision++
	h.values[key] = value{slices.Clone(data), h.revision}
	return h.revision, nil
}

// Delete removes a value.
func (h *Host) Delete(_ context.Context, key string) error {
	if err := h.fails("Delete"); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.values, key)
	return nil
}

// Keys returns those with a prefix, in order.
func (h *Host) Keys(_ context.Context, prefix string) ([]string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	keys := slices.Collect(maps.Keys(h.values))
	keys = slices.DeleteFunc(keys, func(key string) bool { return !strings.HasPrefix(key, prefix) })
	slices.Sort(keys)
	return keys, h.fails("Keys")
}
