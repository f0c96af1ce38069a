package sdktest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// guest is a plugin that hands its Host to the test.
type guest struct {
	sdk.HandlerFunc
	host sdk.Host
}

func (g *guest) UseHost(h sdk.Host) { g.host = h }

// visit returns the plugin's end of a Host that is served over the wire.
func visit(t *testing.T, h sdk.Host) sdk.Host {
	t.Helper()
	g := &guest{HandlerFunc: func(context.Context, *sdk.Message, sdk.Responder) error { return nil }}
	p := sdktest.StartWith(t, g, h)
	if turn := p.Say("hello"); turn.Err != nil { // The host lasts as long as the conversation.
		t.Fatal(turn.Err)
	}
	return g.host
}

var ann = sdk.Address{Channel: "wx", Account: "gh_1", Conversation: "gh_1/ann", Recipient: "ann"}

func TestHost_SendsEachKeyOnce(t *testing.T) {
	fake := &sdktest.Host{}
	h := visit(t, fake)
	want := sdk.Outgoing{To: ann, Content: sdk.Text{Text: "早上好"}, Key: "k1"}
	for range 2 {
		o, err := h.Send(t.Context(), want)
		if err != nil || o != (sdk.Outcome{Key: "k1", State: sdk.SendSent}) {
			t.Errorf("%+v, %v", o, err)
		}
	}
	if got := fake.Sent(); !reflect.DeepEqual(got, []sdk.Outgoing{want}) {
		t.Errorf("sent %+v", got)
	}
	g := sdk.Handoff{Conversation: ann, Reason: "asks for a refund", Key: "k2"}
	if o, err := h.Handoff(t.Context(), g); err != nil || o.State != sdk.SendSent || !reflect.DeepEqual(fake.Handoffs(), []sdk.Handoff{g}) {
		t.Errorf("%+v, %v, %+v", o, err, fake.Handoffs())
	}
}

func TestHost_Media(t *testing.T) {
	clip := bytes.Repeat([]byte("0123456789abcdef"), 20_000) // Several chunks.
	fake := &sdktest.Host{Media: map[string][]byte{"m1": clip, "empty": {}}, WAV16k: map[string][]byte{"m1": []byte("RIFF")}}
	h := visit(t, fake)
	for _, test := range []struct {
		id   string
		want sdk.Form
		data []byte
	}{{"m1", sdk.AsItIs, clip}, {"m1", sdk.WAV16k, []byte("RIFF")}, {"empty", sdk.AsItIs, nil}} {
		b, err := h.OpenMedia(t.Context(), sdk.MediaRequest{Channel: "wx", Media: sdk.Media{ID: test.id, Name: "a.amr"}, Want: test.want})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(b)
		if err != nil || !bytes.Equal(got, test.data) || b.Name != "a.amr" || b.Size != int64(len(test.data)) {
			t.Errorf("%s: %d bytes of %d, %q, %v", test.id, len(got), b.Size, b.Name, err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	m, err := h.SaveMedia(t.Context(), sdk.Upload{Channel: "wx", Kind: sdk.KindImage, Name: "a.png", Type: "image/png", Size: -1, Reader: bytes.NewReader(clip)})
	if err != nil || m.ID != "saved-1" {
		t.Errorf("%+v, %v", m, err)
	}
	saved := fake.Saved()
	if len(saved) != 1 || !bytes.Equal(saved[0].Data, clip) || saved[0].Kind != sdk.KindImage || saved[0].Type != "image/png" || saved[0].Size != -1 {
		t.Errorf("%d saved", len(saved))
	}
}

// TestHost_BytesThatAreNotReadAreLetGo holds that a plugin which wants no more of a clip costs the bot nothing.
func TestHost_BytesThatAreNotReadAreLetGo(t *testing.T) {
	h := visit(t, &sdktest.Host{Media: map[string][]byte{"m1": make([]byte, 8<<20)}})
	b, err := h.OpenMedia(t.Context(), sdk.MediaRequest{Media: sdk.Media{ID: "m1"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(b, make([]byte, 10)); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil { // The end of the test waits for the bot's half.
		t.Error(err)
	}
}

func TestHost_Values(t *testing.T) {
	h := visit(t, &sdktest.Host{})
	ctx := t.Context()
	if _, _, err := h.Get(ctx, "a"); !errors.Is(err, sdk.ErrNotFound) {
		t.Errorf("not there: %v", err)
	}
	first, err := h.Put(ctx, "a", []byte("1"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Put(ctx, "a", []byte("2"), 0); !errors.Is(err, sdk.ErrConflict) {
		t.Errorf("there already: %v", err)
	}
	second, err := h.Put(ctx, "a", []byte("2"), first)
	if err != nil || second == first {
		t.Errorf("%d after %d, %v", second, first, err)
	}
	if _, err := h.Put(ctx, "b/1", []byte("x"), sdk.AnyRevision); err != nil {
		t.Error(err)
	}
	value, revision, err := h.Get(ctx, "a")
	if err != nil || string(value) != "2" || revision != second {
		t.Errorf("%q, %d, %v", value, revision, err)
	}
	for prefix, want := range map[string]string{"": "[a b/1]", "b/": "[b/1]", "c": "[]"} {
		if keys, err := h.Keys(ctx, prefix); err != nil || fmt.Sprint(keys) != want {
			t.Errorf("%q: %v, %v", prefix, keys, err)
		}
	}
	if err := errors.Join(h.Delete(ctx, "a"), h.Delete(ctx, "a")); err != nil {
		t.Error(err)
	}
	for _, key := range []string{"", strings.Repeat("k", sdk.MaxKey+1)} {
		if _, err := h.Put(ctx, key, nil, sdk.AnyRevision); !errors.Is(err, sdk.ErrInvalid) {
			t.Errorf("key of %d bytes: %v", len(key), err)
		}
	}
	if _, err := h.Put(ctx, "big", make([]byte, sdk.MaxValue+1), sdk.AnyRevision); !errors.Is(err, sdk.ErrInvalid) {
		t.Errorf("too big: %v", err)
	}
}

func TestHost_WindowAndOutcomes(t *testing.T) {
	h := visit(t, &sdktest.Host{Windows: map[string]sdk.Window{ann.Conversation: {Left: 3}}})
	if w, err := h.Window(t.Context(), ann); err != nil || w.Left != 3 {
		t.Errorf("%+v, %v", w, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- h.Outcomes(ctx, func(sdk.Outcome) {}) }()
	cancel()
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// TestHost_ErrorsCrossTheWire holds that a plugin can tell them apart, and that their words arrive.
func TestHost_ErrorsCrossTheWire(t *testing.T) {
	var fail error
	h := visit(t, &sdktest.Host{Fail: func(string) error { return fail }})
	ctx := t.Context()
	calls := map[string]func() error{
		"Send":    func() error { _, err := h.Send(ctx, sdk.Outgoing{Content: sdk.Text{}, Key: "k"}); return err },
		"Handoff": func() error { _, err := h.Handoff(ctx, sdk.Handoff{Key: "k"}); return err },
		"OpenMedia": func() error {
			_, err := h.OpenMedia(ctx, sdk.MediaRequest{})
			return err
		},
		"SaveMedia": func() error {
			_, err := h.SaveMedia(ctx, sdk.Upload{Reader: bytes.NewReader(make([]byte, 4<<20))})
			return err
		},
		"Outcomes": func() error { return h.Outcomes(ctx, func(sdk.Outcome) {}) },
		"Window":   func() error { _, err := h.Window(ctx, ann); return err },
		"Get":      func() error { _, _, err := h.Get(ctx, "k"); return err },
		"Put":      func() error { _, err := h.Put(ctx, "k", nil, 0); return err },
		"Delete":   func() error { return h.Delete(ctx, "k") },
		"Keys":     func() error { _, err := h.Keys(ctx, ""); return err },
	}
	for err, methods := range map[error][]string{
		sdk.ErrNotGranted:    {"Send", "Handoff", "OpenMedia", "SaveMedia", "Outcomes", "Window", "Get", "Put", "Delete", "Keys"},
		sdk.ErrInvalid:       {"Send", "Handoff", "OpenMedia", "SaveMedia", "Put"},
		sdk.ErrNoPerson:      {"Handoff"},
		sdk.ErrMediaGone:     {"OpenMedia"},
		sdk.ErrMediaTooLarge: {"OpenMedia", "SaveMedia"},
		sdk.ErrMediaForm:     {"OpenMedia", "SaveMedia"},
		sdk.ErrTooSlow:       {"Outcomes"},
		sdk.ErrNotFound:      {"Get"},
		sdk.ErrConflict:      {"Put"},
		sdk.ErrFull:          {"Put"},
	} {
		for _, method := range methods {
			fail = fmt.Errorf("because of 雨: %w", err)
			if got := calls[method](); !errors.Is(got, err) || !strings.Contains(got.Error(), "because of 雨") {
				t.Errorf("%s: got %v, want %v", method, got, err)
			}
		}
	}
}
