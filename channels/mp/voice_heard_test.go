package mp

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// hearingTurn is a turn whose words are known when known is closed.
type hearingTurn struct {
	core.Turn
	known chan struct{}
	words string
}

func (h *hearingTurn) Heard() (<-chan struct{}, string) {
	select {
	case <-h.known:
		return h.known, h.words
	default:
		return h.known, ""
	}
}

// TestExchanges_WordsComeOnce: a request goes back for the words once, those after it wait for replies.
func TestExchanges_WordsComeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newExchanges()
		one, _ := x.join("m", false)
		turn := &hearingTurn{&endedTurn{done: make(chan struct{})}, make(chan struct{}), " 今天\x00天气 "}
		x.begin(one, turn)
		began := time.Now()
		time.AfterFunc(time.Second, func() { close(turn.known) })
		for _, want := range []time.Duration{time.Second, time.Second + time.Minute} {
			before := x.words(one)
			replies, over, err := x.wait(t.Context(), one, 0, time.Minute)
			if len(replies) != 0 || over || err != nil || time.Since(began) != want {
				t.Errorf("got %v, %t, %v after %s, want %s", replies, over, err, time.Since(began), want)
			}
			if first := want == time.Second; first != (before == "") || x.words(one) != "今天天气" {
				t.Errorf("the words were %q and are %q", before, x.words(one))
			}
		}
		if one.size() != len(turn.words) {
			t.Errorf("it counts as %d bytes", one.size())
		}
	})
}

// hearingInbox makes turns that tell their words at once.
type hearingInbox struct{ *inbox }

func (h hearingInbox) Receive(ctx context.Context, m *sdk.Message) (core.Turn, error) {
	turn, err := h.inbox.Receive(ctx, m)
	known := make(chan struct{})
	close(known)
	return &hearingTurn{turn, known, "今天<b>天气"}, err
}

// TestVoice_WordsReachThePage with what is answered, and in a repeat again.
func TestVoice_WordsReachThePage(t *testing.T) {
	c := newChannel(t, voiceConfig(), &safeBuffer{})
	in := newInbox(func(m *sdk.Message) {
		if err := c.Send(context.Background(), reply(m, sdk.Text{Text: "晴"})); err != nil {
			t.Errorf("send: %v", err)
		}
	})
	t.Cleanup(started(t, c, hearingInbox{in}))
	v := visitorOf(t, c)
	for range 2 {
		var last pageAnswer
		for w := v.post("/recording?id="+saidID, "audio/wav", recorded(1)); !last.Over; w = v.get("/replies?id=" + saidID + "&from=0") {
			if err := json.Unmarshal(w.Body.Bytes(), &last); err != nil || last.Heard != "今天<b>天气" {
				t.Fatalf("%d %s, %v", w.Code, w.Body, err)
			}
		}
		if len(last.Replies) != 1 || last.Replies[0].Text != "晴" {
			t.Errorf("got %+v", last)
		}
	}
}
