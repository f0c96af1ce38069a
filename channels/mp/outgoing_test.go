package mp

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	wechat "github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sdk"
)

// TestOutgoing_OnThePlatform sends what answers no message: once, within the window that the person has opened, which is counted.
func TestOutgoing_OnThePlatform(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	w.answers(t, sdk.Text{Text: "welcome"})
	if _, err := w.account.Say(t.Context(), "oAnn", wechat.Text("hi")); err != nil {
		t.Fatal(err)
	}
	bot := core.New(core.Options{Store: memstore.New(), Channels: map[string]core.Channel{"wx": w.Channel}, Log: w.log})
	defer bot.Close(t.Context())
	ann := sdk.Address{Channel: "wx", Account: account, Conversation: account + "/oAnn", Recipient: "oAnn"}
	watch := bot.Watch("news")
	defer watch.Close()
	for range 2 {
		if _, err := bot.Send(t.Context(), core.Outgoing{Owner: "news", Key: "k", To: ann, Content: sdk.Text{Text: "早上好"}}); err != nil {
			t.Fatal(err)
		}
	}
	if o := <-watch.C; o.State != sdk.SendSent {
		t.Errorf("%+v", o)
	}
	seen := 0
	for _, one := range w.account.Transcript("oAnn") {
		if one.Text == "早上好" {
			seen++
		}
	}
	if seen != 1 {
		t.Errorf("seen %d times", seen)
	}
}

// TestSend_DoesNotOvertakeWhatCouldNotGo is about a platform that refuses one message and takes the next: the person must not see the end of
// an answer before its beginning.
func TestSend_DoesNotOvertakeWhatCouldNotGo(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	w.config.Late.Read = true
	sends := 0
	w.call = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != customSend {
			return false
		}
		sends++
		_, _ = rw.Write([]byte(map[bool]string{true: `{"errcode":45047}`, false: `{"errcode":0}`}[sends == 1]))
		return true
	}
	at := time.Now()
	for n := range 3 {
		d := &core.Delivery{
			ID: fmt.Sprint(n), Channel: "wx", Conversation: account + "/oAnn", Recipient: "oAnn", Created: at.Add(time.Duration(n)),
			Content: sdk.Text{Text: fmt.Sprint("reply ", n)},
		}
		if err := w.Send(t.Context(), d); !errors.Is(err, core.ErrOpen) || sends != 1 {
			t.Errorf("reply %d: %v after %d calls", n, err, sends)
		}
	}
	notice := &core.Delivery{ID: "n", Channel: "wx", Conversation: account + "/oAnn", Recipient: "oAnn", Created: at.Add(time.Hour),
		Content: sdk.Raw{Type: rawTemplate, Fields: []byte(`{"template_id":"t"}`)}}
	if err := w.Send(t.Context(), notice); errors.Is(err, core.ErrOpen) {
		t.Error("a notice waits for what it has nothing to do with")
	}
}

func TestWindow_OfAPersonToWhomSomethingWent(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	until := time.Now().Add(time.Hour)
	if got, err := w.Window(t.Context(), "gh/ann"); err != nil || got != (sdk.Window{}) {
		t.Errorf("nothing is known: %+v, %v", got, err)
	}
	w.late.windows.spend(t.Context(), &core.Delivery{Conversation: "gh/ann", Window: sdk.Window{Left: 5, Until: until}})
	if got, err := w.Window(t.Context(), "gh/ann"); err != nil || got.Left != 4 || got.Until.Unix() != until.Unix() {
		t.Errorf("after one message: %+v, %v", got, err)
	}
	w.late.refused.Store(true)
	if got, err := w.Window(t.Context(), "gh/ann"); err != nil || got != (sdk.Window{}) {
		t.Errorf("an account that may not send: %+v, %v", got, err)
	}
}
