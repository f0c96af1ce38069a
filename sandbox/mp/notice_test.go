package mp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

const (
	templateSend  = "/cgi-bin/message/template/send?access_token=TOKEN"
	subscribeSend = "/cgi-bin/message/subscribe/bizsend?access_token=TOKEN"
)

func noticeTo(person, template, data string) string {
	return fmt.Sprintf(`{"touser":%q,"template_id":%q,"url":"https://example.com/","data":%s}`, person, template, data)
}

// follows lets ann be somebody whom the account knows, and reads away the callback for that.
func (c *client) follows() {
	c.t.Helper()
	if _, err := c.account.Say(c.t.Context(), ann, mp.Text("hi")); err != nil {
		c.t.Fatal(err)
	}
	<-c.arrived
}

func TestTemplate_IsShownAndReported(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	c.follows()
	answer := c.post(templateSend, noticeTo(ann, "T", `{"thing1":{"value":"到货"},"amount2":{"value":"3"}}`))
	c.accepted(answer)
	<-c.arrived
	want := "<MsgID>" + fmt.Sprintf("%.0f", answer["msgid"])[:14] // The first digits, as a float64 has them.
	if sent := c.sent(); !strings.Contains(sent[1], "TEMPLATESENDJOBFINISH") || !strings.Contains(sent[1], want) || !strings.Contains(sent[1], "success") {
		t.Errorf("the bot hears %s", sent[1])
	}
	var seen transcript.Entry
	for _, e := range c.account.Transcript(ann) {
		if e.Kind == transcript.Saw {
			seen = e
		}
	}
	if seen.Type != "template_message" || seen.Text != "amount2: 3\nthing1: 到货" || seen.Detail.Title != "T" || seen.Detail.URL != "https://example.com/" {
		t.Errorf("seen %+v", seen)
	}
}

func TestTemplate_Refusals(t *testing.T) {
	const data = `{"a":{"value":"1"}}`
	c := newClient(t, mp.Verified, mp.Rules{})
	c.refused(c.post(templateSend, noticeTo(ann, "T", data)), 40003)
	c.follows()
	c.refused(c.post(templateSend, noticeTo(ann, "", data)), 40037)
	c.refused(c.post(templateSend, noticeTo(ann, "T", `{}`)), 47003)
	c.refused(c.post(templateSend, `{`), 47001)
	if _, err := c.account.Say(t.Context(), ann, mp.Unsubscribe()); err != nil {
		t.Fatal(err)
	}
	c.refused(c.post(templateSend, noticeTo(ann, "T", data)), 43004)
	all := c.account.Transcript(ann)
	if last := all[len(all)-1]; last.Kind != transcript.Note || last.Why != "require subscribe" {
		t.Errorf("developers see %+v", last)
	}
	newUnverified := newClient(t, mp.Unverified, mp.Rules{})
	newUnverified.refused(newUnverified.post(templateSend, noticeTo(ann, "T", data)), 48001)
}

// TestSubscribe_EachConsentIsGoodForOne of the template that was agreed to.
func TestSubscribe_EachConsentIsGoodForOne(t *testing.T) {
	const data = `{"a":{"value":"1"}}`
	c := newClient(t, mp.Verified, mp.Rules{})
	c.follows()
	for _, agrees := range []bool{false, true} {
		if _, err := c.account.Say(t.Context(), ann, mp.SubscribeMessage("T", agrees)); err != nil {
			t.Fatal(err)
		}
		<-c.arrived
		if !agrees {
			c.refused(c.post(subscribeSend, noticeTo(ann, "T", data)), 43101)
		}
	}
	c.refused(c.post(subscribeSend, noticeTo(ann, "OTHER", data)), 43101)
	c.accepted(c.post(subscribeSend, noticeTo(ann, "T", data)))
	<-c.arrived
	if sent := c.sent(); !strings.Contains(sent[len(sent)-1], "subscribe_msg_sent_event") {
		t.Errorf("the bot hears %s", sent[len(sent)-1])
	}
	c.refused(c.post(subscribeSend, noticeTo(ann, "T", data)), 43101)
}
