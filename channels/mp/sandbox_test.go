package mp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sandbox/clock"
	wechat "github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sdk"
)

// onPlatform is a channel whose account is on a simulated platform.
type onPlatform struct {
	*Channel
	platform *wechat.Platform
	account  *wechat.Account
	clock    *clock.Ahead
	call     func(w http.ResponseWriter, r *http.Request) bool // Answers a call in the place of the platform, if it returns true. May be nil.
}

// newOnPlatform returns one for an account of the kind, of which bot.yaml says that it is verified.
func newOnPlatform(t *testing.T, kind string) *onPlatform {
	t.Helper()
	return newOnPlatformAs(t, kind, "verified", io.Discard)
}

func newOnPlatformAs(t *testing.T, kind, says string, log io.Writer) *onPlatform {
	t.Helper()
	w := &onPlatform{clock: &clock.Ahead{}}
	w.platform = wechat.New(wechat.Options{Clock: w.clock})
	t.Cleanup(w.platform.Close)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.call == nil || !w.call(rw, r) {
			w.platform.ServeHTTP(rw, r)
		}
	}))
	t.Cleanup(server.Close)
	var err error
	w.account, err = w.platform.Add(wechat.Settings{ID: account, AppID: testApp, Secret: "appsecret-hush", Token: testToken, Kind: kind, URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	conf := config(ModePlain)
	conf.APIBase, conf.Account = server.URL, says
	w.Channel = newChannel(t, conf, log)
	t.Cleanup(w.late.close)
	return w
}

// handles runs a bot behind the account.
func (w *onPlatform) handles(t *testing.T, handle sdk.HandlerFunc) {
	t.Helper()
	bot := core.New(core.Options{Store: memstore.New(), Channels: map[string]core.Channel{"wx": w.Channel}, Handler: handle, Log: w.log})
	t.Cleanup(func() { bot.Close(t.Context()) })
	t.Cleanup(started(t, w.Channel, bot))
	server := httptest.NewServer(w.Channel)
	t.Cleanup(server.Close)
	settings := w.account.Settings()
	settings.URL = server.URL + "/wx"
	if err := w.account.Set(settings); err != nil {
		t.Fatal(err)
	}
}

// answers lets the bot answer every message with c.
func (w *onPlatform) answers(t *testing.T, c sdk.Content) {
	t.Helper()
	w.handles(t, func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Reply(c) })
}

// showing is a content and what becomes of it.
type showing struct {
	name            string
	content         sdk.Content
	passive, custom string // The types of what the person sees.
	words           string // Of the passive reply, a part.
}

// shown is what a plugin may send, and what the platform makes of it: as a passive reply, and as a customer-service message.
var shown = []showing{
	{"text", sdk.Text{Text: "**你好**"}, "text", "text", "你好"},
	{"long text", sdk.Text{Text: strings.Repeat("*长* ", 300)}, "text", "text", "长 长"},
	{"link", sdk.Link{URL: "https://example.com/", Title: "T", Description: "D", PictureURL: "https://example.com/p"}, "news", "news", "T"},
	{"place", sdk.Location{Latitude: 39.9, Longitude: 116.4, Label: "北京"}, "text", "text", ">北京</a>"},
	{"file", sdk.File{Media: sdk.Media{Name: "a.pdf"}}, "text", "text", "a.pdf"},
	{"image of the web", sdk.Image{Media: sdk.Media{URL: "https://example.com/p.png"}}, "text", "text", "https://example.com/p.png"},
	{"articles", newsOf(10), "news", "news", "T0"},
	{"image", sdk.Image{Media: sdk.Media{ID: "IMAGE"}}, "image", "image", ""},
	{"voice", sdk.Voice{Media: sdk.Media{ID: "VOICE"}}, "voice", "voice", ""},
	{"video", sdk.Video{Media: sdk.Media{ID: "VIDEO"}, Thumbnail: sdk.Media{ID: "THUMB"}, Title: "片"}, "video", "video", "片"},
	{"music", raw("music", `{"title":"歌","musicurl":"https://example.com/a.mp3","thumb_media_id":"THUMB"}`), "music", "music", "歌"},
	{"transfer", raw("transfer_customer_service", `{"kf_account":"kf1@acct"}`), "transfer_customer_service", "", "kf1@acct"},
}

// kept replaces the names of media by the ids of what the platform keeps.
func (w *onPlatform) kept(c sdk.Content) sdk.Content {
	id := func(name string) string {
		switch name {
		case "IMAGE":
			return w.account.Keep("image", "a.jpg", []byte(jpeg))
		case "VOICE":
			return w.account.Keep("voice", "a.amr", []byte(amr))
		case "VIDEO":
			return w.account.Keep("video", "a.mp4", []byte(mp4))
		case "THUMB":
			return w.account.Keep("thumb", "a.jpg", []byte(jpeg))
		}
		return name
	}
	switch c := c.(type) {
	case sdk.Image:
		c.Media.ID = id(c.Media.ID)
		return c
	case sdk.Voice:
		c.Media.ID = id(c.Media.ID)
		return c
	case sdk.Video:
		c.Media.ID, c.Thumbnail.ID = id(c.Media.ID), id(c.Thumbnail.ID)
		return c
	case sdk.Raw:
		c.Fields = []byte(strings.ReplaceAll(string(c.Fields), "THUMB", id("THUMB")))
		return c
	}
	return c
}

// TestSandbox_TakesEveryPassiveReply holds that the platform shows each kind of content, and has nothing to remark.
func TestSandbox_TakesEveryPassiveReply(t *testing.T) {
	for _, kind := range []string{wechat.Unverified, wechat.Verified} {
		for _, one := range shown {
			w := newOnPlatform(t, kind)
			c := w.kept(one.content)
			w.answers(t, c)
			out, err := w.account.Say(t.Context(), person, wechat.Text("hello"))
			if err != nil || out.Fault || out.Reply == nil || out.Reply.Kind != one.passive || out.Why != "" {
				t.Errorf("%s: %+v, %v", one.name, out, err)
				continue
			}
			if words := wechat.Words(out.Reply); !strings.Contains(words, one.words) {
				t.Errorf("%s: the person sees %s", one.name, words)
			}
		}
	}
}

// TestSandbox_Menus are sent as menus by those who may, and as texts by the others, who say so in the log.
func TestSandbox_Menus(t *testing.T) {
	menu := sdk.Menu{Head: "满意吗？", Choices: []sdk.Choice{{ID: "1", Text: "满意"}}}
	for kind, want := range map[string]string{wechat.Unverified: "text", wechat.Test: "text", wechat.Verified: "msgmenu"} {
		log := &safeBuffer{}
		w := newOnPlatformAs(t, kind, kind, log)
		w.answers(t, menu)
		if out, err := w.account.Say(t.Context(), person, wechat.Text("hello")); err != nil || (out.Reply != nil) != (want == "text") {
			t.Errorf("%s: %+v, %v", kind, out, err)
		}
		w.sawLast(t, want)
		if notes := strings.Count(log.String(), "menus cannot be sent here"); notes != map[string]int{"text": 1, "msgmenu": 0}[want] {
			t.Errorf("%s: %d notes in %s", kind, notes, log)
		}
	}
}

// sawLast waits until the person has seen something of a type.
func (w *onPlatform) sawLast(t *testing.T, kind string) {
	t.Helper()
	var all []transcript.Entry
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		all = w.account.Transcript(person)
		if last := all[len(all)-1]; last.Kind == transcript.Saw && last.Type == kind {
			return
		}
	}
	t.Errorf("no %s in %+v", kind, all)
}

func TestSandbox_ShowsEightArticlesAfterAnEvent(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	w.answers(t, newsOf(10))
	out, err := w.account.Say(t.Context(), person, wechat.Click("K"))
	if err != nil || out.Reply == nil || len(out.Reply.Articles) != 8 || out.Why != "" {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestSandbox_TakesEveryCustomMessage sends without a message to answer.
func TestSandbox_TakesEveryCustomMessage(t *testing.T) {
	for _, one := range append(shown, showing{"menu", sdk.Menu{Head: "h", Choices: []sdk.Choice{{ID: "1", Text: "a"}}}, "", "msgmenu", ""}) {
		w := newOnPlatform(t, wechat.Verified)
		w.answers(t, sdk.Text{Text: "ok"})
		if _, err := w.account.Say(t.Context(), person, wechat.Text("hello")); err != nil { // It opens the window.
			t.Fatal(err)
		}
		d := &core.Delivery{ID: "late", Channel: "wx", Account: account, Recipient: person, InReplyTo: "long gone", Content: w.kept(one.content)}
		err := w.Send(t.Context(), d)
		if one.custom == "" {
			if !errors.Is(err, errPassiveOnly) {
				t.Errorf("%s: %v", one.name, err)
			}
			continue
		}
		all := w.account.Transcript(person)
		if last := all[len(all)-1]; err != nil || last.Kind != transcript.Saw || last.Type != one.custom || last.Why != "" {
			t.Errorf("%s: %+v, %v", one.name, last, err)
		}
	}
}

// notifies sends a notice without a message to answer.
func (w *onPlatform) notifies(t *testing.T, kind, fields string) error {
	t.Helper()
	return w.Send(t.Context(), &core.Delivery{ID: "1", Channel: "wx", Account: account, Recipient: person, InReplyTo: "long gone", Content: raw(kind, fields)})
}

// TestSend_Notices reach people who have written nothing, and the bot hears what became of them. The receiver in the fields is not the
// plugin's to choose.
func TestSend_Notices(t *testing.T) {
	for kind, result := range map[string]string{"template": "TEMPLATESENDJOBFINISH", "subscribe": "subscribe_msg_sent_event"} {
		w := newOnPlatform(t, wechat.Verified)
		heard := make(chan sdk.Event, 10)
		w.handles(t, func(_ context.Context, m *sdk.Message, _ sdk.Responder) error {
			heard <- m.Content.(sdk.Event)
			return nil
		})
		if _, err := w.account.Say(t.Context(), person, wechat.SubscribeMessage("T", true)); err != nil {
			t.Fatal(err)
		}
		if err := w.notifies(t, kind, `{"touser":"somebody else","template_id":"T","url":"https://example.com/","data":{"a":{"value":"<1>"}}}`); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if first, second := <-heard, <-heard; first.Type != "subscribe_msg_popup_event" || second.Type != result {
			t.Errorf("%s: heard %s and %s", kind, first.Type, second.Type)
		}
		w.saw(t, "a: <1>")
	}
}

// TestSend_NoticesThatAreRefused end with what the platform says, and say nothing of customer-service messages.
func TestSend_NoticesThatAreRefused(t *testing.T) {
	const good = `{"template_id":"T","data":{"a":{"value":"1"}}}`
	for name, test := range map[string]struct {
		account, kind, fields string
		left                  bool
		code                  int
	}{
		"not allowed":    {wechat.Unverified, "template", good, false, 48001},
		"no consent":     {wechat.Verified, "subscribe", good, false, 43101},
		"not a follower": {wechat.Verified, "template", good, true, 43004},
	} {
		w := newOnPlatform(t, test.account)
		w.answers(t, sdk.Text{Text: "ok"})
		said := []wechat.Inbound{wechat.Text("hello")}
		if test.left {
			said = append(said, wechat.Unsubscribe())
		}
		for _, one := range said {
			if _, err := w.account.Say(t.Context(), person, one); err != nil {
				t.Fatal(err)
			}
		}
		err := w.notifies(t, test.kind, test.fields)
		if wx.CodeOf(err) != test.code || errors.Is(err, errClosed) || errors.As(err, new(*core.RetryError)) {
			t.Errorf("%s: %v", name, err)
		}
		if !w.late.possible() {
			t.Errorf("%s: the account sends no customer-service messages any more", name)
		}
	}
}
