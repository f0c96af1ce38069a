package app_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

const withVoicePage = `
listen: "127.0.0.1:0"
channels:
  wx:
    mp: {path: /wx, app_id: wx0000000000000001, account: verified, voice_page: /wx/voice, oauth: true, original_id: gh_000000000001}
plugins: {echo: {}}
routes: [{when: {text: 天气}, to: [echo]}, {to: []}]
`

// offered is a person whom the platform's page offers.
var offered = regexp.MustCompile(`href="(\?[^"]*)">小红<`)

// TestVoicePage_WholePath goes from the page to WeChat, which asks who the person is, back, through the routes to the plugin, and
// with the answer to the page.
func TestVoicePage_WholePath(t *testing.T) {
	d := sandboxed(t, withVoicePage)
	account := d.do("GET", "state", "")["accounts"].([]any)[0].(map[string]any)
	at := account["url"].(string) + "/voice"
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	t.Cleanup(browser.CloseIdleConnections)
	ask := func(method, address, body string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", "MicroMessenger")
		r.Header.Set("Content-Type", "application/json")
		response, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(text)
	}
	who, page := ask("GET", at, "")
	found := offered.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("%s: %s", who.Request.URL, page)
	}
	chosen, err := who.Request.URL.Parse(strings.ReplaceAll(found[1], "&amp;", "&"))
	if err != nil {
		t.Fatal(err)
	}
	if back, page := ask("GET", chosen.String(), ""); back.Request.URL.String() != at || !strings.Contains(page, "main.js") {
		t.Fatalf("%s: %s", back.Request.URL, page)
	}
	if response, config := ask("GET", at+"/config?url="+url.QueryEscape(at), ""); response.StatusCode != http.StatusOK || !strings.Contains(config, `"appId":"wx0000000000000001"`) {
		t.Errorf("%s %s", response.Status, config)
	}
	for id, test := range map[string]struct{ text, want string }{
		"0123456789abcdef-1": {"天气", `{"replies":[{"kind":"text","text":"你发送的消息是: 天气"}],"over":true}`},
		"0123456789abcdef-2": {"别的事", `{"replies":[],"over":true}`},
	} {
		if response, answer := ask("POST", at+"/said", `{"id":"`+id+`","text":"`+test.text+`"}`); answer != test.want {
			t.Errorf("%s: %s %s", test.text, response.Status, answer)
		}
	}
	if response, script := ask("GET", at+"/main.js", ""); response.StatusCode != http.StatusOK || !strings.Contains(script, "import") {
		t.Errorf("main.js: %s", response.Status)
	}
	if response, _ := ask("GET", at+"/a/b", ""); response.StatusCode != http.StatusNotFound {
		t.Errorf("below the page: %s", response.Status)
	}
}
