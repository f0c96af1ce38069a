package python

import (
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// TestHost holds a plugin in Python to the Host as the bot serves it.
func TestHost(t *testing.T) {
	bot := &sdktest.Host{
		WAV16k:  map[string][]byte{"m1": []byte(strings.Repeat("RIFF", 50_000))},
		Windows: map[string]sdk.Window{"c1": {Left: 3}},
	}
	p, _ := mustRun(t, host.Spec{Name: "everything", Host: bot})
	if err := p.Started(within(t, 30*time.Second)); err != nil {
		t.Fatal(err)
	}
	voice := text("")
	voice.Content = sdk.Voice{Media: sdk.Media{ID: "m1"}}
	for _, c := range []struct {
		message *sdk.Message
		want    string
	}{
		{text("send later"), "SENT SENT SENT"},
		{text("values"), "conflict |gone |值 ['a', 'b'] True"},
		{text("window"), "3"},
		{voice, "image saved-1"},
	} {
		did := &said{}
		if err := p.Handle(within(t, 20*time.Second), c.message, did); err != nil || did.text() != c.want {
			t.Errorf("got %q, %v; want %q", did.text(), err, c.want)
		}
	}
	if sent := bot.Sent(); len(sent) != 1 || sent[0].Content != (sdk.Text{Text: "later"}) || sent[0].To.Recipient != "o1" {
		t.Errorf("sent %+v", sent)
	}
	if saved := bot.Saved(); len(saved) != 1 || len(saved[0].Data) != 200_000 || saved[0].Data[0] != 'F' || saved[0].Size != 200_000 {
		t.Error("the media did not arrive as it was saved")
	}
}

// TestHost_Nowhere holds that a plugin to which the bot serves none still works, and that only the turn fails which asks for it.
func TestHost_Nowhere(t *testing.T) {
	p, _ := mustRun(t, host.Spec{Name: "everything"})
	did := &said{}
	if err := p.Handle(within(t, 30*time.Second), text("window"), did); err == nil || did.text() != "" {
		t.Errorf("got %q, %v", did.text(), err)
	}
	if err := p.Handle(within(t, 30*time.Second), text("x"), did); err != nil || did.text() != "hello 1" {
		t.Errorf("got %q, %v", did.text(), err)
	}
}
