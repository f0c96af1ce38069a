package kf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/channels/internal/fields"
	"github.com/chuanhuabot/bot/channels/internal/ids"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/internal/logtest"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sdk"
)

// counter is a stage whose bot answers nothing by itself: the test sends by its channel, to somebody else each time.
type counter struct {
	*stage
	customers int
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	s := &counter{stage: newStage(t, wecom.Rules{})}
	s.config.Confirm = 0 // Whether it is delivered does not matter here.
	s.start(func(_ context.Context, _ *sdk.Message, _ sdk.Responder) error { return nil })
	return s
}

// send sends a content to a customer who has just written, and returns what the platform says of that: what they see, and what was
// refused.
func (s *counter) send(content sdk.Content) (all []transcript.Entry, err error) {
	s.t.Helper()
	s.customers++
	customer := fmt.Sprintf("wmCustomer%d", s.customers)
	message := s.say(customer, wecom.Text("hello"))
	d := &core.Delivery{
		ID: fmt.Sprint("d", s.customers), Channel: "work", Account: s.account.ID(), Recipient: customer, Content: content,
		Conversation: ids.Join(s.account.ID(), customer), InReplyTo: ids.Join(s.account.ID(), message), Created: time.Now(),
		Window: sdk.Window{Left: 5, Until: time.Now().Add(time.Hour)},
	}
	for err = core.ErrMore; errors.Is(err, core.ErrMore); {
		err = s.bot.channel.Send(s.t.Context(), d)
	}
	for _, e := range s.account.Transcript(customer) {
		if e.Kind != transcript.Said {
			all = append(all, e)
		}
	}
	return all, err
}

// test is a content, and what becomes of it: what the customer sees of which type, or why not.
type test struct {
	content    sdk.Content
	kind, text string
	err        error
}

// check sends each content, and holds that the platform has taken it as it was.
func (s *counter) check(tests map[string]test) {
	s.t.Helper()
	for name, test := range tests {
		all, err := s.send(test.content)
		switch {
		case !errors.Is(err, test.err) || errors.As(err, new(*core.RetryError)):
			s.t.Errorf("%s: %v, want %v", name, err, test.err)
		case test.err != nil && len(all) > 0:
			s.t.Errorf("%s: it was sent all the same: %+v", name, all)
		case test.err == nil && (len(all) != 1 || all[0].Kind != transcript.Saw || all[0].Type != test.kind || all[0].Text != test.text):
			s.t.Errorf("%s: got  %+.900v\nwant %s %.900q", name, all, test.kind, test.text)
		}
	}
}

func TestSend_ContentsAsTexts(t *testing.T) {
	link := sdk.Link{URL: "https://example.com/", Title: "T", Description: "D", PictureURL: "https://example.com/p"}
	web := func(name string) sdk.Media { return sdk.Media{URL: "https://example.com/x", Name: name} }
	newCounter(t).check(map[string]test{
		"text":                      {sdk.Text{Text: "hello 你好"}, "text", "hello 你好", nil},
		"text of Markdown":          {sdk.Text{Text: "# 标题\n**粗**体 `x`"}, "text", "【标题】\n粗体 x", nil},
		"text of nothing but that":  {sdk.Text{Text: "```\n```"}, "text", "```\n```", nil},
		"text with HTML":            {sdk.Text{Text: `<a href="x">a & b</a>`}, "text", `<a href="x">a & b</a>`, nil},
		"text of odd characters":    {sdk.Text{Text: "a\u2028b\x01c\xffd"}, "text", "a\nbc\ufffdd", nil},
		"no text":                   {sdk.Text{}, "", "", errNothing},
		"text of blanks":            {sdk.Text{Text: " \n\t\u3000"}, "", "", errNothing},
		"text of control letters":   {sdk.Text{Text: "\x00\x08"}, "", "", errNothing},
		"link":                      {link, "text", "T\nD\nhttps://example.com/", nil},
		"link of an address":        {sdk.Link{URL: "https://example.com/"}, "text", "https://example.com/", nil},
		"link of nothing":           {sdk.Link{PictureURL: "https://example.com/p"}, "", "", errNothing},
		"image of the web":          {sdk.Image{Media: web("a.png")}, "text", "a.png\nhttps://example.com/x", nil},
		"voice of the web":          {sdk.Voice{Media: web(""), Transcript: "said"}, "text", "said\nhttps://example.com/x", nil},
		"video of the web":          {sdk.Video{Media: web("v.mp4"), Title: "T"}, "text", "T\nhttps://example.com/x", nil},
		"file of the web":           {sdk.File{Media: web("")}, "text", "https://example.com/x", nil},
		"image of nothing":          {sdk.Image{}, "", "", errNoMedia},
		"voice of nothing":          {sdk.Voice{Transcript: "said"}, "", "", errNoMedia},
		"video of blanks":           {sdk.Video{Media: sdk.Media{ID: " \x00"}}, "", "", errNoMedia},
		"file that would run":       {sdk.File{Media: sdk.Media{URL: "javascript:alert(1)", Name: "a"}}, "", "", errNoMedia},
		"place off the earth":       {sdk.Location{Latitude: 90.1, Label: "nowhere"}, "text", "nowhere", nil},
		"place off the earth, west": {sdk.Location{Longitude: -180.1, Label: "nowhere"}, "text", "nowhere", nil},
		"place of no number":        {sdk.Location{Latitude: math.NaN(), Label: "nowhere"}, "text", "nowhere", nil},
		"place of no name there":    {sdk.Location{Latitude: math.Inf(1)}, "", "", errNowhere},
		"place of nothing at all":   {sdk.Location{Longitude: math.NaN(), Label: " "}, "", "", errNowhere},
		"event":                     {sdk.Event{Type: "x"}, "", "", errNeverSent},
		"nothing":                   {nil, "", "", errNothing},
	})
}

func TestSend_ContentsAsTheyAre(t *testing.T) {
	s := newCounter(t)
	keep := func(kind string) sdk.Media {
		return sdk.Media{ID: s.corp.Keep(kind, "a", []byte("data")), URL: "https://example.com"}
	}
	image, voice, video, file := keep("image"), keep("voice"), keep("video"), keep("file")
	s.check(map[string]test{
		"image":             {sdk.Image{Media: image}, "image", image.ID, nil},
		"voice":             {sdk.Voice{Media: voice}, "voice", voice.ID, nil},
		"video":             {sdk.Video{Media: video, Title: "T", Description: "D"}, "video", video.ID, nil},
		"file":              {sdk.File{Media: file}, "file", file.ID, nil},
		"place":             {sdk.Location{Latitude: 39.9, Longitude: 116.4, Label: "北京\x00市"}, "location", "北京市 北京市", nil},
		"place at the edge": {sdk.Location{Latitude: -90, Longitude: 180}, "location", "", nil},
	})
	all, err := s.send(sdk.Location{Latitude: 39.9, Longitude: -116.4})
	if err != nil || len(all) != 1 || all[0].Detail.Latitude != 39.9 || all[0].Detail.Longitude != -116.4 {
		t.Errorf("%+v, %v", all, err)
	}
	// What the platform does not have, or has as something else, is its refusal, and final.
	for _, content := range []sdk.Content{sdk.Image{Media: voice}, sdk.File{Media: sdk.Media{ID: "gone"}}} {
		if _, err := s.send(content); wx.CodeOf(err) != 40007 || errors.As(err, new(*core.RetryError)) {
			t.Errorf("%+v: %v", content, err)
		}
	}
}

// TestSend_LongTextsArriveWhole: in messages that the platform takes, with nothing cut in the middle of a character.
func TestSend_LongTextsArriveWhole(t *testing.T) {
	s := newCounter(t)
	for name, text := range map[string]string{
		"of one message":  strings.Repeat("a", 2048-len("\nmore")),
		"of two":          strings.Repeat("长", 1000),
		"of four":         strings.Repeat("🐱", 2000),
		"of lines":        strings.Repeat("一行字，一行字。\n", 200),
		"of control ones": strings.Repeat("a\x01\u2028", 2000),
	} {
		all, err := s.send(sdk.Text{Text: text})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var seen strings.Builder
		for _, e := range all {
			if e.Kind != transcript.Saw || len(e.Text) > 2048 || !utf8.ValidString(e.Text) {
				t.Errorf("%s: %+v", name, e)
			}
			seen.WriteString(e.Text)
		}
		if got, want := squeezed(seen.String()), squeezed(wx.JSONText(text)); got != want {
			t.Errorf("%s: got %d bytes in %d messages, want %d: %.100q", name, len(got), len(all), len(want), got)
		}
	}
}

// squeezed leaves out the blanks, where texts are cut.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

func TestSend_WithoutMarkdownTextsStayAsTheyAre(t *testing.T) {
	config := testConfig()
	config.Markdown = false
	c := newChannel(t, config, &logtest.Buffer{})
	if got := c.shown(&core.Delivery{Content: sdk.Text{Text: "# a **b**"}}); got != (sdk.Text{Text: "# a **b**"}) {
		t.Errorf("got %v", got)
	}
}

// TestShown_IsDone: what is shown as a text is a text from then on, or cannot be sent at all.
func TestShown_IsDone(t *testing.T) {
	c := newChannel(t, testConfig(), &logtest.Buffer{})
	for _, content := range everything() {
		shown := c.shown(&core.Delivery{Content: content})
		_, note, ok := c.asText(content)
		if _, wasText := content.(sdk.Text); ok && (note == "") != wasText {
			t.Errorf("%#v is shown as %#v with the note %q", content, shown, note)
		}
		if again := c.shown(&core.Delivery{Content: shown}); ok && again != shown {
			t.Errorf("%#v became %#v, and then %#v", content, shown, again)
		}
		if ok {
			continue
		}
		o, _, err := c.outgoing(content)
		if data, jsonErr := json.Marshal(o.body); (err == nil) != (o.body != nil) || jsonErr != nil {
			t.Errorf("%#v: %s, %v, %v", content, data, err, jsonErr)
		}
	}
}

// everything has contents of each kind, as plugins send them and should not.
func everything() []sdk.Content {
	return []sdk.Content{
		nil, sdk.Text{}, sdk.Text{Text: "a"}, sdk.Image{}, sdk.Image{Media: sdk.Media{ID: "M", URL: "https://example.com"}},
		sdk.Image{Media: sdk.Media{URL: "https://example.com"}}, sdk.Voice{Media: sdk.Media{URL: "ftp://example.com"}},
		sdk.Voice{Media: sdk.Media{ID: "M"}}, sdk.Video{Media: sdk.Media{URL: "https://example.com"}, Title: "t"}, sdk.File{},
		sdk.File{Media: sdk.Media{Name: "n"}}, sdk.Location{}, sdk.Location{Latitude: 200}, sdk.Location{Latitude: math.NaN()},
		sdk.Location{Longitude: math.Inf(-1), Label: "x"}, sdk.Menu{}, sdk.Menu{Head: "h"}, sdk.Menu{Choices: choices(1, 0, 1)},
		sdk.Menu{Choices: make([]sdk.Choice, 20)}, sdk.Menu{Choices: choices(1, 65, 1)}, sdk.Event{}, sdk.Raw{}, sdk.Raw{Type: rawMenu},
		sdk.Link{}, sdk.Link{Title: "t"},
	}
}

// TestCapabilities_AreTrue: what the channel says that it can show becomes a message, or its error says what is missing.
func TestCapabilities_AreTrue(t *testing.T) {
	c := newChannel(t, testConfig(), &logtest.Buffer{})
	kinds := c.Capabilities().Kinds
	for _, content := range everything() {
		if content == nil {
			continue
		}
		_, _, asText := c.asText(content)
		_, _, err := c.outgoing(content)
		never := !asText && errors.Is(err, errNeverSent)
		if can := slices.Contains(kinds, content.Kind()); can == never {
			t.Errorf("%#v: %t, %v", content, can, err)
		}
		if !asText && err != nil && !errors.Is(err, errNothing) && !errors.Is(err, errNoMedia) && !errors.Is(err, errNowhere) &&
			!errors.Is(err, errNeverSent) && !errors.Is(err, fields.ErrRaw) {
			t.Errorf("%#v: %v", content, err)
		}
	}
}
