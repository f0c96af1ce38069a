package mp

import (
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

func TestTwoEventsOfOneSecondAreTwoMessages(t *testing.T) {
	bodies := []string{
		eventBody("subscribe", "<EventKey>qrscene_1</EventKey>"),
		eventBody("SCAN", "<EventKey>1</EventKey>"),
		eventBody("SCAN", "<EventKey>2</EventKey>"),
		eventBody("SCAN", ""),
		eventBody("LOCATION", "<Latitude>1</Latitude>"),
		eventBody("LOCATION", "<Latitude>2</Latitude>"),
		eventBody("LOCATION", ""),
		eventBody("user_get_card", "<CardId>A</CardId><UserCardCode>1</UserCardCode>"),
		eventBody("user_get_card", "<CardId>A</CardId><UserCardCode>2</UserCardCode>"),
		eventBody("kf_create_session", "<KfAccount>a</KfAccount>"),
		eventBody("subscribe", "<EventKey></EventKey>"),
		eventBody("unsubscribe", "<EventKey></EventKey>"),
		eventBody("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID>"),
		eventBody("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID>"),
		eventBody("CLICK", "<EventKey>a/b</EventKey>"),
		eventBody("CLICK", "<EventKey>a</EventKey><MsgID>b</MsgID>"),
		eventBody("VIEW", "<EventKey>"+strings.Repeat("x", 2000)+"</EventKey>"),
		eventBody("VIEW", "<EventKey>"+strings.Repeat("x", 2001)+"</EventKey>"),
		head("hologram") + "<A>1</A></xml>",
		head("hologram") + "<A>2</A></xml>",
		textBody(1, "x"),
		strings.Replace(textBody(1, "x"), person, "oTestUser0000000000000000002", 1),
		strings.Replace(textBody(1, "x"), account, "gh_other", 1),
	}
	seen := make(map[string]string)
	for _, body := range bodies {
		id := decoded(t, []byte(body)).ID
		if other, there := seen[id]; there {
			t.Errorf("one ID %q for\n%s\n%s", id, other, body)
		}
		if id != decoded(t, []byte(body)).ID || len(id) > 300 {
			t.Errorf("unstable or long ID %q", id)
		}
		seen[id] = body
	}
}

func TestMissingCreateTimeIsTheArrival(t *testing.T) {
	for _, created := range []string{"", "0", "soon", "-5", "99999999999999999999"} {
		body := strings.Replace(textBody(1, "x"), "1760000000", created, 1)
		if got := decoded(t, []byte(body)).Time; !got.Equal(time.Unix(1760000009, 0)) {
			t.Errorf("%q: got %s", created, got)
		}
	}
}

func TestUnsubscribeIsKnownInAnyCase(t *testing.T) {
	if !isUnsubscribe(sdk.Event{Type: "UnSubscribe"}) || isUnsubscribe(sdk.Event{Type: "subscribe"}) || isUnsubscribe(sdk.Text{}) {
		t.Error("isUnsubscribe is wrong")
	}
}
