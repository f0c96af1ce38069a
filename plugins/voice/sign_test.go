package voice

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// TestTC3_Documentation signs what the documentation does (cloud.tencent.com/document/api/213/30654).
func TestTC3_Documentation(t *testing.T) {
	payload := `{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`
	r, err := http.NewRequest(http.MethodPost, "https://cvm.tencentcloudapi.com", strings.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	s := tc3{id: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", key: sdk.NewSecret("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"), service: "cvm"}
	s.sign(r, []byte(payload), time.Unix(1551113065, 0))
	const want = "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, " +
		"Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
	if got := r.Header.Get("Authorization"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := r.Header.Get("X-TC-Timestamp"); got != "1551113065" {
		t.Errorf("the time is %s", got)
	}
}

// TestPopSignature_Documentation signs what the documentation does (help.aliyun.com/document_detail/450514.html).
func TestPopSignature_Documentation(t *testing.T) {
	query := url.Values{
		"AccessKeyId": {"my_access_key_id"}, "Action": {"CreateToken"}, "Format": {"JSON"}, "RegionId": {"cn-shanghai"},
		"SignatureMethod": {"HMAC-SHA1"}, "SignatureNonce": {"b924c8c3-6d03-4c5d-ad36-d984d3116788"}, "SignatureVersion": {"1.0"},
		"Timestamp": {"2019-04-18T08:32:31Z"}, "Version": {"2019-02-28"},
	}
	if got := popSignature(query, sdk.NewSecret("my_access_key_secret")); got != "hHq4yNsPitlfDJ2L0nQPdugdEzM=" {
		t.Errorf("got %s", got)
	}
	if got := popEscape("a b*c~d/é"); got != "a%20b%2Ac~d%2F%C3%A9" {
		t.Errorf("got %s", got)
	}
}

func TestUntagged(t *testing.T) {
	for text, want := range map[string]string{
		"<|zh|><|NEUTRAL|><|Speech|><|withitn|>今天天气怎么样？": "今天天气怎么样？",
		"<|en|><|HAPPY|><|BGM|><|woitn|> so be it ":      "so be it",
		"1 < 2 | 3 > 2": "1 < 2 | 3 > 2", "": "", "<||>": "", "a <| b": "a <| b",
	} {
		if got := untagged(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	long := strings.Repeat("语", maxTranscript)
	if got := cut(long); len(got) > maxTranscript || len(got) < maxTranscript-3 || !strings.HasPrefix(long, got) {
		t.Errorf("%d bytes", len(got))
	}
	if got := cut("short"); got != "short" {
		t.Errorf("got %q", got)
	}
}

// TestResults_Bounded holds that no number of messages fills the memory, or the bot's values.
func TestResults_Bounded(t *testing.T) {
	r := newResults(nil, nil)
	places := map[string]bool{}
	for i := range 3 * maxResults {
		m := &sdk.Message{Channel: "c", ID: strings.Repeat("x", i)}
		if _, err := r.once(t.Context(), m, func() (string, error) { return "text", nil }); err != nil {
			t.Fatal(err)
		}
		places[place(identity(m))] = true
	}
	if len(r.kept) != maxResults || len(r.order) != maxResults || len(r.running) != 0 {
		t.Errorf("%d results, %d in order, %d running", len(r.kept), len(r.order), len(r.running))
	}
	if len(places) > maxResults || maxResults > sdk.MaxKeys {
		t.Errorf("%d places", len(places))
	}
}
