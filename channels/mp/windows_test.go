package mp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	wechat "github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sdk"
)

// lastPut is a store that tells what was put into it last.
type lastPut struct {
	core.Store
	key  string
	data []byte
	err  error // Of each Put, if it is not nil.
}

func (l *lastPut) Put(ctx context.Context, key string, data []byte, revision uint64) (uint64, error) {
	if l.err != nil {
		return 0, l.err
	}
	l.key, l.data = key, data
	return l.Store.Put(ctx, key, data, revision)
}

func TestWindows_CountOverRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, log := &lastPut{Store: memstore.New()}, slog.New(slog.DiscardHandler)
		d := &core.Delivery{Conversation: "gh/ann", Window: sdk.Window{Left: 5, Until: time.Now().Add(48 * time.Hour)}}
		left := func(w *windows, d *core.Delivery) string {
			n, known := w.left(t.Context(), d)
			return fmt.Sprint(n, known)
		}
		before := newWindows(store, "wx", log)
		for range 2 {
			before.spend(t.Context(), d)
		}
		after := newWindows(store, "wx", log)
		if got := left(after, d); got != "3 true" {
			t.Errorf("after a restart %s, want 3", got)
		}
		after.spend(t.Context(), d)
		before.spend(t.Context(), d) // Another replica, which has not seen that.
		if got := left(newWindows(store, "wx", log), d); got != "1 true" {
			t.Errorf("after two replicas %s, want 1", got)
		}
		next := &core.Delivery{Conversation: "gh/ann", Window: sdk.Window{Left: 5, Until: time.Now().Add(49 * time.Hour)}}
		if got := left(after, next); got != "5 true" {
			t.Errorf("after the person's next message %s, want 5", got)
		}
		if got := left(after, &core.Delivery{Conversation: "gh/bob"}); got != "0 false" {
			t.Errorf("of somebody who has no window %s", got)
		}
		time.Sleep(50 * time.Hour)
		if got := left(after, next); got != "0 false" {
			t.Errorf("when it is over %s", got)
		}
		after.spend(t.Context(), &core.Delivery{Conversation: "gh/ann", Window: sdk.Window{Left: 5, Until: time.Now().Add(time.Hour)}})
		if !strings.HasPrefix(store.key, "mp/wx/windows/") || strings.Count(string(store.data), "until") != 1 {
			t.Errorf("the store has %s at %s", store.data, store.key)
		}
	})
}

func TestWindows_WhatCannotBeReadIsCountedAnew(t *testing.T) {
	store, log := &lastPut{Store: memstore.New()}, slog.New(slog.DiscardHandler)
	d := &core.Delivery{Conversation: "gh/ann", Window: sdk.Window{Left: 5, Until: time.Now().Add(time.Hour)}}
	newWindows(store, "wx", log).spend(t.Context(), d)
	if _, err := store.Put(t.Context(), store.key, []byte("x"), 1); err != nil {
		t.Fatal(err)
	}
	w := newWindows(store, "wx", log)
	w.spend(t.Context(), d)
	wantLeft(t, w, d, 4)
}

func wantLeft(t *testing.T, w *windows, d *core.Delivery, want int) {
	t.Helper()
	if n, known := w.left(t.Context(), d); n != want || !known {
		t.Errorf("%d, %t; want %d", n, known, want)
	}
}

func TestWindows_Renew(t *testing.T) {
	store, log := memstore.New(), slog.New(slog.DiscardHandler)
	until := time.Now().Add(time.Hour)
	d := &core.Delivery{Conversation: "gh/ann", Window: sdk.Window{Left: 5, Until: until}}
	next := sdk.Window{Left: 5, Until: until.Add(time.Minute)}
	w := newWindows(store, "wx", log)
	w.spend(t.Context(), d)

	other := newWindows(store, "wx", log)
	other.renew("gh/ann", next) // It has not read her.
	wantLeft(t, other, d, 4)

	w.renew("gh/ann", sdk.Window{Left: 5, Until: until.Add(-time.Minute)}) // Of a message that came late.
	wantLeft(t, w, d, 4)
	w.renew("gh/ann", sdk.Window{Left: 5, Until: until})
	wantLeft(t, w, d, 5)
	w.renew("gh/ann", next)
	wantLeft(t, newWindows(store, "wx", log), d, 4) // It is not stored yet.
	other.spend(t.Context(), d)
	w.spend(t.Context(), d) // It finds what the other has stored, and still knows the newer window.
	wantLeft(t, w, d, 4)
	wantLeft(t, newWindows(store, "wx", log), &core.Delivery{Conversation: "gh/ann", Window: next}, 4)

	w.renew("gh/bob", next)
	if n, known := w.left(t.Context(), &core.Delivery{Conversation: "gh/bob"}); known {
		t.Errorf("somebody to whom nothing was sent has %d", n)
	}
}

// TestWindows_CountWithoutTheStore holds that what has gone counts, also where it cannot be stored, and if who sent it does not wait.
func TestWindows_CountWithoutTheStore(t *testing.T) {
	store := &lastPut{Store: memstore.New(), err: errors.New("broken")}
	w := newWindows(store, "wx", slog.New(slog.DiscardHandler))
	d := &core.Delivery{Conversation: "gh/ann", Window: sdk.Window{Left: 5, Until: time.Now().Add(time.Hour)}}
	w.spend(t.Context(), d)
	w.spend(t.Context(), d)
	wantLeft(t, w, d, 3)
	store.err = nil
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.spend(ctx, d)
	wantLeft(t, newWindows(store, "wx", slog.New(slog.DiscardHandler)), d, 2)
}

func TestWindowOf(t *testing.T) {
	conf := config(ModePlain)
	conf.Account = "verified"
	verified, unverified := newChannel(t, conf, &safeBuffer{}), newChannel(t, config(ModePlain), &safeBuffer{})
	now := time.Now()
	for name, test := range map[string]struct {
		content sdk.Content
		left    int
		lasts   time.Duration
	}{
		"message":     {sdk.Text{Text: "hello"}, 5, 48 * time.Hour},
		"picture":     {sdk.Image{}, 5, 48 * time.Hour},
		"menu item":   {sdk.Text{Text: "yes", Choice: "1"}, 3, time.Minute},
		"click":       {sdk.Event{Type: "CLICK"}, 3, time.Minute},
		"scan":        {sdk.Event{Type: "scan"}, 3, time.Minute},
		"subscribe":   {sdk.Event{Type: "subscribe"}, 3, time.Minute},
		"unsubscribe": {sdk.Event{Type: "unsubscribe"}, 0, 0},
		"location":    {sdk.Event{Type: "LOCATION"}, 0, 0},
	} {
		got := verified.windowOf(test.content, now)
		if got.Left != test.left || !got.Until.IsZero() && got.Until.Sub(now) != test.lasts {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := unverified.windowOf(sdk.Text{}, now); got.Left != 1 || got.Until.Sub(now) != 14500*time.Millisecond {
		t.Errorf("unverified: %+v", got)
	}
}

// chatty is a bot on a verified account that answers "go" with a text, a link, and as many texts as it is told to.
func chatty(t *testing.T, texts ...string) *onPlatform {
	t.Helper()
	return chattyAs(t, io.Discard, texts...)
}

func chattyAs(t *testing.T, log io.Writer, texts ...string) *onPlatform {
	t.Helper()
	w := newOnPlatformAs(t, wechat.Verified, "verified", log)
	w.config.Late.Read = true
	w.slots.hints = hints{more: "tap", nothing: "nothing"}
	w.handles(t, func(_ context.Context, m *sdk.Message, r sdk.Responder) error {
		if m.Text() != "go" {
			return nil
		}
		_ = r.Reply(sdk.Text{Text: "first"})
		_ = r.Reply(sdk.Link{URL: "https://example.com/", Title: "second", Description: "D", PictureURL: "https://example.com/p"})
		for _, text := range texts {
			_ = r.Reply(sdk.Text{Text: text})
		}
		return nil
	})
	return w
}

// saw waits until the person has seen as much as they should have.
func (w *onPlatform) saw(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		got = nil
		for _, e := range w.account.Transcript(person) {
			if e.Kind == transcript.Saw || e.Kind == transcript.Note {
				got = append(got, e.Text)
			}
		}
		if len(got) >= len(want) {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the person saw %.200q\nwant %.200q", got, want)
	}
}

// TestQuota_LastMessageTakesTheRestOfTheAnswer is about five messages that are used up by the first ones of many: the platform refuses
// none, and nothing is lost.
func TestQuota_LastMessageTakesTheRestOfTheAnswer(t *testing.T) {
	w := chatty(t, "1", "2", "3", "4", "5", "6")
	if _, err := w.account.Say(t.Context(), person, wechat.Text("go")); err != nil {
		t.Fatal(err)
	}
	w.saw(t, "first", "second", "1", "2", "3", "4\n5\n6")
}

// TestQuota_LastMessageTellsHowToReadTheRest has more than the last message can take. A tap opens a new window.
func TestQuota_LastMessageTellsHowToReadTheRest(t *testing.T) {
	long := strings.Repeat("x", 1500)
	w := chatty(t, "1", "2", "3", "4"+long, "5"+long, "6")
	if _, err := w.account.Say(t.Context(), person, wechat.Text("go")); err != nil {
		t.Fatal(err)
	}
	rest := 2048 - len("4"+long) - 1 - len("\ntap")
	want := []string{"first", "second", "1", "2", "3", "4" + long + "\n" + ("5" + long)[:rest] + "\ntap"}
	w.saw(t, want...)
	if out, err := w.account.Say(t.Context(), person, wechat.MenuText("查看", readID)); err != nil || out.Reply == nil || wechat.Words(out.Reply) != ("5" + long)[rest:]+"\n6" {
		t.Errorf("the tap shows %+v, %v", out, err)
	}
}

// TestQuota_NextMessageBringsWhatWaits holds that nobody has to tap who writes anyway.
func TestQuota_NextMessageBringsWhatWaits(t *testing.T) {
	long := strings.Repeat("x", 2045)
	const fits = 2048 - len("4") - len("\ntap")
	w := chatty(t, "1", "2", "3", "4"+long, "5"+long)
	for _, text := range []string{"go", "thanks"} {
		if _, err := w.account.Say(t.Context(), person, wechat.Text(text)); err != nil {
			t.Fatal(err)
		}
		if text == "go" {
			w.saw(t, "first", "second", "1", "2", "3", "4"+long[:fits]+"\ntap")
		}
	}
	w.saw(t, "first", "second", "1", "2", "3", "4"+long[:fits]+"\ntap", long[fits:], "5"+long)
}
