package services

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// channel is everything that a channel can be.
type channel struct {
	core.Channel
	mu   sync.Mutex
	sent []string
}

func (c *channel) Send(_ context.Context, d *core.Delivery) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch content := d.Content.(type) {
	case sdk.Text:
		c.sent = append(c.sent, d.Recipient+": "+content.Text)
	case sdk.Raw:
		c.sent = append(c.sent, d.Recipient+": "+string(content.Fields))
	}
	return nil
}

func (c *channel) Handoff(reason string) (sdk.Content, error) {
	return sdk.Raw{Type: "handoff", Fields: []byte(reason)}, nil
}

func (c *channel) Window(_ context.Context, conversation string) (sdk.Window, error) {
	return sdk.Window{Left: len(conversation)}, nil
}

func (c *channel) OpenMedia(_ context.Context, m sdk.Media) (*core.Blob, error) {
	if m.ID != "m1" {
		return nil, core.ErrMediaGone
	}
	return &core.Blob{ReadCloser: io.NopCloser(strings.NewReader("sound")), Name: "a.amr", Type: "audio/amr", Size: 5}, nil
}

func (c *channel) SaveMedia(_ context.Context, kind sdk.Kind, b *core.Blob) (sdk.Media, error) {
	data, err := io.ReadAll(b)
	return sdk.Media{ID: fmt.Sprintf("%s %s %s %d %s", kind, b.Name, b.Type, b.Size, data)}, err
}

func (c *channel) texts() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.sent, ", ")
}

// shouting is a Listener.
type shouting struct{}

func (shouting) WAV16k(_ context.Context, in io.Reader) (io.ReadCloser, error) {
	data, err := io.ReadAll(in)
	return io.NopCloser(bytes.NewReader(bytes.ToUpper(data))), err
}

// world is Services that are open, on a bot that works.
type world struct {
	*Services
	channel *channel
	log     *logtest.Buffer
	close   func()
}

func newWorld(listener Listener) *world {
	w := &world{channel: &channel{}, log: &logtest.Buffer{}}
	channels := map[string]core.Channel{"wx": w.channel, "plain": struct{ core.Channel }{}}
	store := memstore.New()
	bot := core.New(core.Options{Store: store, Channels: channels, Log: w.log.Logger()})
	w.Services = New(w.log.Logger())
	w.Open(Parts{Sender: bot, Channels: channels, Store: store, Listener: listener})
	w.close = func() {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		bot.Close(ended)
	}
	return w
}

var ann = sdk.Address{Channel: "wx", Account: "gh", Conversation: "gh/ann", Recipient: "ann"}

// calls are all that a plugin can ask for, by the grant that it takes.
func calls(h sdk.Host) map[string][]func(context.Context) error {
	return map[string][]func(context.Context) error{
		"send": {
			func(ctx context.Context) error {
				_, err := h.Send(ctx, sdk.Outgoing{To: ann, Content: sdk.Text{Text: "hi"}, Key: "k"})
				return err
			},
			func(ctx context.Context) error { return h.Outcomes(ctx, func(sdk.Outcome) {}) },
		},
		"handoff": {func(ctx context.Context) error {
			_, err := h.Handoff(ctx, sdk.Handoff{Conversation: ann, Reason: "why", Key: "h"})
			return err
		}},
		"media": {
			func(ctx context.Context) error {
				_, err := h.OpenMedia(ctx, sdk.MediaRequest{Channel: "wx", Media: sdk.Media{ID: "m1"}})
				return err
			},
			func(ctx context.Context) error {
				_, err := h.SaveMedia(ctx, sdk.Upload{Channel: "wx", Kind: sdk.KindVoice, Reader: strings.NewReader("x")})
				return err
			},
		},
		"kv": {
			func(ctx context.Context) error { _, err := h.Put(ctx, "a", []byte("1"), sdk.AnyRevision); return err },
			func(ctx context.Context) error { _, _, err := h.Get(ctx, "a"); return err },
			func(ctx context.Context) error { _, err := h.Keys(ctx, ""); return err },
			func(ctx context.Context) error { return h.Delete(ctx, "a") },
		},
	}
}

// TestGrants tries every service with every single grant: what is not granted is refused, and the operator is told, once a minute.
func TestGrants(t *testing.T) {
	for _, grant := range append(Grants(), "") {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(nil)
			defer w.close()
			h := w.For("faq", []Grant{grant})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second) // Ends Outcomes.
			defer cancel()
			refused := 0
			for need, all := range calls(h) {
				for i, call := range all {
					err := call(ctx)
					if granted := need == string(grant); granted && err != nil || !granted && !errors.Is(err, sdk.ErrNotGranted) {
						t.Errorf("granted %q: call %d of %s: %v", grant, i, need, err)
					}
					if err != nil {
						refused++
						_ = call(ctx)
					}
				}
			}
			if told := strings.Count(w.log.String(), "does not grant it"); told == 0 || told > len(Grants()) {
				t.Errorf("granted %q: the operator is told %d times of %d refusals", grant, told, refused)
			}
			if _, err := h.Window(t.Context(), ann); err != nil { // By now ctx has ended where Outcomes is granted.
				t.Errorf("the window takes no grant: %v", err)
			}
		})
	}
}

func TestSend_IsThePluginsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(nil)
		defer w.close()
		h, other := w.For("faq", Grants()), w.For("news", Grants())
		var told []sdk.Outcome
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan error, 1)
		go func() { over <- h.Outcomes(ctx, func(o sdk.Outcome) { told = append(told, o) }) }()
		synctest.Wait()
		for _, one := range []sdk.Host{h, h, other} {
			if _, err := one.Send(t.Context(), sdk.Outgoing{To: ann, Content: sdk.Text{Text: "hi"}, Key: "k"}); err != nil {
				t.Error(err)
			}
		}
		if _, err := h.Handoff(t.Context(), sdk.Handoff{Conversation: ann, Reason: "a refund", Key: "h"}); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		cancel()
		if err := <-over; err != nil {
			t.Error(err)
		}
		if got := w.channel.texts(); got != "ann: hi, ann: hi, ann: a refund" {
			t.Errorf("sent %s", got)
		}
		if got := fmt.Sprint(told); got != "[{k sent } {h sent }]" {
			t.Errorf("told %s", got)
		}
		if _, err := h.Handoff(t.Context(), sdk.Handoff{Conversation: sdk.Address{Channel: "plain"}, Key: "x"}); !errors.Is(err, sdk.ErrNoPerson) {
			t.Errorf("a channel without people: %v", err)
		}
		if win, err := h.Window(t.Context(), ann); err != nil || win.Left != len("gh/ann") {
			t.Errorf("%+v, %v", win, err)
		}
		if win, err := h.Window(t.Context(), sdk.Address{Channel: "plain"}); err != nil || win != (sdk.Window{}) {
			t.Errorf("a channel that does not count: %+v, %v", win, err)
		}
	})
}

func TestMedia(t *testing.T) {
	w := newWorld(shouting{})
	defer w.close()
	h := w.For("faq", Grants())
	read := func(q sdk.MediaRequest) (string, *sdk.Bytes, error) {
		b, err := h.OpenMedia(t.Context(), q)
		if err != nil {
			return "", nil, err
		}
		data, err := io.ReadAll(b)
		return string(data), b, errors.Join(err, b.Close())
	}
	m1 := sdk.Media{ID: "m1"}
	if data, b, err := read(sdk.MediaRequest{Channel: "wx", Media: m1}); err != nil || data != "sound" || b.Type != "audio/amr" || b.Size != 5 {
		t.Errorf("%q, %+v, %v", data, b, err)
	}
	if data, b, err := read(sdk.MediaRequest{Channel: "wx", Media: m1, Want: sdk.WAV16k}); err != nil || data != "SOUND" || b.Type != "audio/wav" || b.Size != -1 {
		t.Errorf("%q, %+v, %v", data, b, err)
	}
	for _, test := range []struct {
		q    sdk.MediaRequest
		want error
	}{
		{sdk.MediaRequest{Channel: "wx", Media: sdk.Media{ID: "old"}}, sdk.ErrMediaGone},
		{sdk.MediaRequest{Channel: "nowhere", Media: m1}, sdk.ErrInvalid},
		{sdk.MediaRequest{Channel: "plain", Media: m1}, sdk.ErrInvalid},
	} {
		if _, _, err := read(test.q); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v", test.q, err)
		}
	}
	m, err := h.SaveMedia(t.Context(), sdk.Upload{Channel: "wx", Kind: sdk.KindImage, Name: "a.png", Type: "image/png", Size: 3, Reader: strings.NewReader("png")})
	if err != nil || m.ID != "image a.png image/png 3 png" {
		t.Errorf("%+v, %v", m, err)
	}
	deaf := newWorld(nil)
	defer deaf.close()
	if _, err := deaf.For("faq", Grants()).OpenMedia(t.Context(), sdk.MediaRequest{Channel: "wx", Media: m1, Want: sdk.WAV16k}); !errors.Is(err, sdk.ErrMediaForm) || !strings.Contains(err.Error(), "ffmpeg") {
		t.Errorf("without a converter: %v", err)
	}
}

// TestServices_WaitUntilTheyAreOpen is about plugins, which start before the bot is built.
func TestServices_WaitUntilTheyAreOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New((&logtest.Buffer{}).Logger())
		h := s.For("faq", Grants())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := h.Get(ctx, "k"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("before it is open: %v", err)
		}
		got := make(chan error, 1)
		go func() { _, _, err := h.Get(t.Context(), "k"); got <- err }()
		synctest.Wait()
		s.Open(Parts{Store: memstore.New()})
		if err := <-got; !errors.Is(err, sdk.ErrNotFound) {
			t.Errorf("after that: %v", err)
		}
	})
}
