package console

import (
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

func TestShow(t *testing.T) {
	for want, c := range map[string]sdk.Content{
		"你好\nthere":                             sdk.Text{Text: "你好\nthere"},
		"[image] a.png":                         sdk.Image{Media: sdk.Media{ID: "M", Name: "a.png"}},
		"[image] http://x/0":                    sdk.Image{Media: sdk.Media{ID: "M", URL: "http://x/0"}},
		"[voice] M hello":                       sdk.Voice{Media: sdk.Media{ID: "M"}, Transcript: "hello"},
		"[video] M":                             sdk.Video{Media: sdk.Media{ID: "M"}},
		"[file] (no source)":                    sdk.File{},
		"[location] 39.9, 116.3 Beijing":        sdk.Location{Latitude: 39.9, Longitude: 116.3, Label: "Beijing"},
		"[link] T https://x":                    sdk.Link{Title: "T", URL: "https://x"},
		"Are you happy?\n - yes\n - no\nThanks": sdk.Menu{Head: "Are you happy?", Choices: []sdk.Choice{{Text: "yes"}, {Text: "no"}}, Tail: "Thanks"},
		"[event]":                               sdk.Event{Type: "x"},
		"[raw]":                                 sdk.Raw{Type: "x"},
		"clear \uFFFD[2J screen":                sdk.Text{Text: "clear \x1b[2J screen"},
	} {
		if got := show(c); got != want {
			t.Errorf("%#v: got %q, want %q", c, got, want)
		}
	}
}
