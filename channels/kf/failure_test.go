package kf

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chuanhuabot/bot/core"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// TestSendFail_IsTiedToItsDelivery is a message that the platform takes and does not deliver: the operator reads why, and the plugin is
// told which of its answers it was.
func TestSendFail_IsTiedToItsDelivery(t *testing.T) {
	for failType, why := range map[int]string{10: "takes no messages", 13: "security", 3: "does not say why"} {
		s := newStage(t, wecom.Rules{FailAfter: 1})
		w := &watching{}
		s.start(w.handle)
		s.account.FailNextSend(failType)
		id := s.say(ann, wecom.Text("hello"))
		d := s.deliveries(1, core.StatusFailed)[0]
		if !strings.Contains(d.Reason, why) || !strings.Contains(d.Reason, fmt.Sprint("fail_type ", failType)) || d.Progress != 0 {
			t.Errorf("%d: the operator reads %q of %+v", failType, d.Reason, d)
		}
		if !s.until(func() bool {
			return w.has("msg_send_fail", fmt.Sprintf(`"delivery":"work/%s/%s/0"`, s.account.ID(), id), fmt.Sprintf(`"in_reply_to":"%s/%s"`, s.account.ID(), id))
		}) {
			t.Errorf("%d: the plugin saw %q", failType, w.seen)
		}
		review, err := s.bot.Backlog().Retry(t.Context(), []string{d.ID}) // It is another message for the platform.
		if err != nil || len(review.Done) != 1 {
			t.Errorf("%+v, %v", review, err)
		}
		s.sees(ann, "re hello")
		s.deliveries(0)
	}
}

// TestSendFail_OfTheMiddleOfALongAnswer holds that the rest is not sent as if nothing were missing.
func TestSendFail_OfTheMiddleOfALongAnswer(t *testing.T) {
	s := newStage(t, wecom.Rules{FailAfter: 1})
	s.account.FailNextSend(4)
	var sends sync.Mutex
	n := 0
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/cgi-bin/kf/send_msg" {
			sends.Lock()
			defer sends.Unlock()
			if n++; n == 2 { // The second piece waits until it is known that the first one has failed.
				s.logged("msg_send_fail")
			}
		}
		return false
	})
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if e, ok := m.Content.(sdk.Event); ok {
			s.bot.channel.log.Info(e.Type)
			return nil
		}
		return says(strings.Repeat("x", 5000))(ctx, m, r)
	})
	s.say(ann, wecom.Text("go"))
	d := s.deliveries(1, core.StatusFailed)[0]
	if !strings.Contains(d.Reason, "48 hours") {
		t.Errorf("the operator reads %q", d.Reason)
	}
	if seen := s.seen(ann); len(seen) > 1 {
		t.Errorf("the customer saw %d pieces", len(seen))
	}
}

// TestSendFail_OfWhatNobodyKnows is said, and hurts nobody.
func TestSendFail_OfWhatNobodyKnows(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	w := &watching{}
	s.start(w.handle)
	if _, err := s.account.Say(t.Context(), ann, wecom.Event("msg_send_fail", map[string]any{"fail_msgid": "another app's", "fail_type": 4})); err != nil {
		t.Fatal(err)
	}
	s.logged("not known any more")
	if !s.until(func() bool { return w.has("msg_send_fail", "another app's") }) {
		t.Errorf("the plugin saw %q", w.seen)
	}
}

// TestSend_ErrorsByClass holds which refusals are tried again, which wait, and which are final.
func TestSend_ErrorsByClass(t *testing.T) {
	for code, status := range map[int]core.Status{
		-1: core.StatusRetry, 6000: core.StatusRetry, 45033: core.StatusRetry, 45009: core.StatusRetry, 60020: core.StatusRetry, 48002: core.StatusRetry,
		95011: core.StatusRetry, 95003: core.StatusRetry, 40007: core.StatusFailed, 40201: core.StatusFailed, 45002: core.StatusFailed, 40096: core.StatusFailed,
		40058: core.StatusFailed, // Of a message that was not sent before.
		95001: core.StatusQueued, 95002: core.StatusQueued,
	} {
		s := newStage(t, wecom.Rules{})
		s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/cgi-bin/kf/send_msg" {
				return false
			}
			_, _ = fmt.Fprintf(w, `{"errcode":%d,"errmsg":"refused by the test"}`, code)
			return true
		})
		s.start(echo)
		s.say(ann, wecom.Text("hello"))
		if !s.until(func() bool {
			all, _ := s.store.Deliveries(context.Background(), status)
			return len(all) == 1 && strings.Contains(all[0].Reason, fmt.Sprint("errcode ", code))
		}) {
			all, err := s.store.Deliveries(context.Background())
			t.Errorf("%d: %+v, %v", code, all, err)
		}
	}
}

// TestSend_UnclearOutcomeIsSentOnce is a call whose answer is lost: the platform has the message, and gets it once more under the same id,
// which it refuses.
func TestSend_UnclearOutcomeIsSentOnce(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	var mu sync.Mutex
	var ids []string
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/cgi-bin/kf/send_msg" {
			return false
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		var in struct {
			ID string `json:"msgid"`
		}
		_ = json.Unmarshal(body, &in)
		mu.Lock()
		ids = append(ids, in.ID)
		lost := len(ids) == 1
		mu.Unlock()
		if !lost {
			return false
		}
		s.platform.ServeHTTP(discard{}, r)
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	s.start(echo)
	s.say(ann, wecom.Text("hello"))
	s.say(ann, wecom.Text("and more"))
	s.sees(ann, "re hello", "re and more")
	s.deliveries(0)
	mu.Lock()
	defer mu.Unlock()
	if len(ids) != 3 || ids[0] != ids[1] || ids[1] == ids[2] || slices.ContainsFunc(ids, func(id string) bool { return len(id) == 0 || len(id) > 32 }) {
		t.Errorf("the msgids are %q", ids)
	}
}

// discard is a response that nobody reads.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// TestSend_OrderIsKeptOverRetries holds that what follows a message that has to be tried again waits for it.
func TestSend_OrderIsKeptOverRetries(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.intercept(refuseOnce("/cgi-bin/kf/send_msg", 45033))
	s.start(says("1", "2", "3"))
	s.say(ann, wecom.Text("go"))
	s.say(bob, wecom.Text("hello"))
	s.sees(ann, "1", "2", "3")
	s.sees(bob, "re hello")
}

// TestSend_TokenIsReplacedOnce is a token that the platform takes back before its time.
func TestSend_TokenIsReplacedOnce(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	s.say(ann, wecom.Text("1"))
	s.sees(ann, "re 1")
	s.corp.InvalidateTokens()
	s.say(ann, wecom.Text("2"))
	s.sees(ann, "re 1", "re 2")
}
