package main

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

func TestRemind(t *testing.T) {
	p := sdktest.Start(t, newReminder())
	turn := p.Say("/remind 10m 喝水")
	want := []string{"好的, 10m 后提醒你: 喝水", "这是你的第 1 个提醒。"}
	if turn.Err != nil || !slices.Equal(turn.Texts(), want) {
		t.Errorf("got %+v", turn)
	}
	if got := p.Say("/remind 1h 睡觉").Texts(); len(got) != 2 || got[1] != "这是你的第 2 个提醒。" {
		t.Errorf("the state does not come back: %q", got)
	}
	if got := p.Say("/waiting").Texts(); !slices.Equal(got, []string{"等着的提醒: 2"}) {
		t.Errorf("got %q", got)
	}
	if turn := p.Say("something else"); !turn.Passed {
		t.Errorf("got %+v", turn)
	}
	if turn := p.Say("人工"); turn.Handoff != "asks for a person" {
		t.Errorf("got %+v", turn)
	}
}

func TestRemind_Mistakes(t *testing.T) {
	p := sdktest.Start(t, newReminder())
	if err := p.Configure(map[string]any{"most": 1}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"/remind", "/remind soon tea", "/remind -1m tea", "/remind 1m"} {
		if got := p.Say(text).Texts(); !slices.Equal(got, []string{"例如: /remind 10m 喝水"}) {
			t.Errorf("%s: %q", text, got)
		}
	}
	p.Say("/remind 1h one")
	if got := p.Say("/remind 1h two").Texts(); !slices.Equal(got, []string{"已经有太多提醒了, 请稍后再试。"}) {
		t.Errorf("got %q", got)
	}
}

// TestRemind_IsSentAlsoByTheNextProcess is about one that waits while the plugin is started anew.
func TestRemind_IsSentAlsoByTheNextProcess(t *testing.T) {
	deleted := make(chan struct{}, 10)
	host := &sdktest.Host{Fail: func(method string) error {
		if method == "Delete" {
			deleted <- struct{}{} // It was sent.
		}
		return nil
	}}
	first := sdktest.StartWith(t, newReminder(), host)
	first.Say("/remind 300ms 喝水")
	second := sdktest.StartWith(t, newReminder(), host)
	if err := second.Configure(nil); err != nil {
		t.Fatal(err)
	}
	for range 2 { // Both processes know of it.
		select {
		case <-deleted:
		case <-time.After(10 * time.Second):
			t.Fatal("nobody was reminded")
		}
	}
	sent := host.Sent()
	if len(sent) != 1 || sent[0].Content != (sdk.Text{Text: "提醒: 喝水"}) {
		t.Errorf("sent %+v", sent)
	}
}

func TestRemind_Voice(t *testing.T) {
	host := &sdktest.Host{WAV16k: map[string][]byte{"m1": make([]byte, wavHeader+3*wavSecond)}}
	p := sdktest.StartWith(t, newReminder(), host)
	if got := p.Send(sdk.Voice{Media: sdk.Media{ID: "m1"}}).Texts(); !slices.Equal(got, []string{"3 秒的语音"}) {
		t.Errorf("got %q", got)
	}
	if got := p.Send(sdk.Voice{Media: sdk.Media{ID: "gone"}}).Texts(); !slices.Equal(got, []string{"听不了这段语音, 请打字。"}) {
		t.Errorf("got %q", got)
	}
}

func TestRemind_NotGranted(t *testing.T) {
	host := &sdktest.Host{Fail: func(string) error { return sdk.ErrNotGranted }}
	if turn := sdktest.StartWith(t, newReminder(), host).Say("/waiting"); turn.Err == nil {
		t.Errorf("got %+v", turn)
	}
}

func TestSettings(t *testing.T) {
	for config, field := range map[string]string{`{"most": 0}`: "most", `{"person": ""}`: "person", `{"colour": 1}`: "colour"} {
		var problems sdk.Problems
		if err := sdktest.Start(t, newReminder()).Configure(config); !errors.As(err, &problems) || problems[0].Field != field {
			t.Errorf("%s: %v", config, err)
		}
	}
}
