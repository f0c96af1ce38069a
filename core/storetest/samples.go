package storetest

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// oddIDs returns names that platforms and plugins may use and that a store's own syntax may trip over.
func oddIDs() []string {
	return []string{
		"", "plain", "中文消息", "with space", "a.b.c", "a/b/../c", "*", ">", "a.*", "a.>", "nul\x00byte", "new\nline",
		"UPPER", "upper", "tail.", ".head", "$JS.API", "{}", `"quoted"`, "%2e", "🙂", strings.Repeat("x", 300),
		strings.Repeat("x", 299) + "y", strings.Repeat("长", 100),
	}
}

// contents returns one content of each kind, with every field set, and the borders of some.
func contents() []sdk.Content {
	media := sdk.Media{ID: "m-1", URL: "https://example.com/m?a=1&b=2", Name: "声音.amr", Format: "amr"}
	return []sdk.Content{
		sdk.Text{Text: "你好\n<b>\x00 & 🙂", Choice: "c1"},
		sdk.Text{},
		sdk.Image{Media: media},
		sdk.Voice{Media: media, Wideband: sdk.Media{ID: "m-16k"}, Transcript: "说的话"},
		sdk.Video{Media: media, Thumbnail: sdk.Media{ID: "t-1"}, Title: "title", Description: "what it shows"},
		sdk.File{Media: media},
		sdk.Location{Latitude: 39.9087, Longitude: -116.3975, Scale: 15, Label: "天安门"},
		sdk.Link{URL: "https://example.com", Title: "t", Description: "d", PictureURL: "https://example.com/p.png"},
		sdk.Menu{Head: "head", Tail: "tail", Choices: []sdk.Choice{{ID: "1", Text: "yes"}, {ID: "2", Text: "no"}}},
		sdk.Event{Type: "subscribe", Key: "qrscene_1", Fields: json.RawMessage(`{"Ticket":"T","n":1}`)},
		sdk.Raw{Type: "msgmenu", Fields: json.RawMessage(`{"list":[1,2,{"a":null}]}`)},
	}
}

// epoch is when all samples happened: in whole milliseconds, which is what the wire keeps.
func epoch() time.Time { return time.UnixMilli(1_700_000_000_123) }

func window() sdk.Window { return sdk.Window{Left: 5, Until: epoch().Add(48 * time.Hour)} }

// message returns a message with every field set.
func message(channel, id string) *sdk.Message {
	return &sdk.Message{
		ID: id, Channel: channel, Account: "gh_1", Sender: "open-id", Conversation: "gh_1/open-id", Time: epoch(),
		Content: sdk.Text{Text: "hello " + id}, State: []byte{0, 1, 0xFF}, AnswerBy: epoch().Add(5 * time.Second),
		Window: window(),
	}
}

// delivery returns a delivery with every field set.
func delivery(id string, created time.Time) *core.Delivery {
	return &core.Delivery{
		ID: id, Channel: "wx", Account: "gh_1", Conversation: "gh_1/open-id", Recipient: "open-id", InReplyTo: "m-1",
		Content: sdk.Text{Text: "reply " + id}, Created: created, Status: core.StatusRetry, Reason: "45009: 忙",
		Attempts: 3, Next: created.Add(time.Minute), Window: window(), Progress: 2048,
	}
}
