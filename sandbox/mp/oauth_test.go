package mp_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/mp"
)

// authorize opens the page of open.weixin.qq.com.
func authorize(t *testing.T, w *world, q url.Values) *http.Response {
	t.Helper()
	out := httptest.NewRecorder()
	w.Platform.ServeHTTP(out, httptest.NewRequestWithContext(t.Context(), "GET", "/connect/oauth2/authorize?"+q.Encode(), nil))
	return out.Result()
}

// asking is what a page asks with.
func asking(w *world) url.Values {
	back := strings.TrimSuffix(w.account.Settings().URL, "/wx") + "/page?a=b"
	return url.Values{
		"appid": {w.account.Settings().AppID}, "redirect_uri": {back}, "response_type": {"code"}, "scope": {"snsapi_base"}, "state": {"S&1"},
	}
}

// exchanged returns the answer to a code.
func exchanged(t *testing.T, w *world, q url.Values) map[string]any {
	t.Helper()
	out := httptest.NewRecorder()
	w.Platform.ServeHTTP(out, httptest.NewRequestWithContext(t.Context(), "GET", "/sns/oauth2/access_token?"+q.Encode(), nil))
	var answer map[string]any
	if err := json.Unmarshal(out.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestOAuth_TellsWhoWasChosen(t *testing.T) {
	w := newWorld(t, settings(mp.ModePlain), mp.Rules{}, says("success"))
	w.say(t, mp.Text("hello"))
	page, err := io.ReadAll(authorize(t, w, asking(w)).Body)
	if err != nil || !strings.Contains(string(page), ">"+ann+"</a>") || !strings.Contains(string(page), "person="+ann) {
		t.Errorf("the page offers %s, %v", page, err)
	}
	q := asking(w)
	q.Set("person", ann)
	chosen := authorize(t, w, q)
	to, err := url.Parse(chosen.Header.Get("Location"))
	if err != nil || chosen.StatusCode != http.StatusFound || to.Path != "/page" || to.Query().Get("a") != "b" || to.Query().Get("state") != "S&1" {
		t.Fatalf("%s to %s, %v", chosen.Status, to, err)
	}
	ask := url.Values{"appid": {"wx0123456789abcdef"}, "secret": {"secret"}, "code": {to.Query().Get("code")}, "grant_type": {"authorization_code"}}
	for field, spoiled := range map[string]struct {
		value string
		code  float64
	}{"appid": {"wx1", 40013}, "secret": {"x", 40125}, "code": {"x", 40029}, "grant_type": {"x", 40002}} {
		wrong := url.Values{"appid": ask["appid"], "secret": ask["secret"], "code": ask["code"], "grant_type": ask["grant_type"]}
		wrong.Set(field, spoiled.value)
		if got := exchanged(t, w, wrong); got["errcode"] != spoiled.code {
			t.Errorf("a wrong %s: %v", field, got)
		}
	}
	if got := exchanged(t, w, ask); got["openid"] != ann || got["access_token"] == "" {
		t.Errorf("got %v", got)
	}
	if got := exchanged(t, w, ask); got["errcode"] != 40163.0 {
		t.Errorf("again: %v", got)
	}
	ask.Del("code")
	if got := exchanged(t, w, ask); got["errcode"] != 41008.0 {
		t.Errorf("without a code: %v", got)
	}
}

func TestOAuth_CodesExpire(t *testing.T) {
	w := newWorld(t, settings(mp.ModePlain), mp.Rules{}, says("success"))
	q := asking(w)
	q.Set("person", ann)
	to, err := url.Parse(authorize(t, w, q).Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(5*time.Minute + time.Second)
	got := exchanged(t, w, url.Values{"appid": {"wx0123456789abcdef"}, "secret": {"secret"}, "code": {to.Query().Get("code")}, "grant_type": {"authorization_code"}})
	if got["errcode"] != 40029.0 {
		t.Errorf("got %v", got)
	}
}

// TestOAuth_RefusesWhatWeChatWould asks for what a page may not have.
func TestOAuth_RefusesWhatWeChatWould(t *testing.T) {
	for name, test := range map[string]struct{ field, value, why string }{
		"another account":   {"appid", "wx1", "40013"},
		"another site":      {"redirect_uri", "https://evil.example.com/", "10003"},
		"code as address":   {"redirect_uri", "javascript:alert(1)", "10003"},
		"no address":        {"redirect_uri", "", "10003"},
		"an unknown scope":  {"scope", "all", "10005"},
		"a token at once":   {"response_type", "token", "10005"},
		"a very long state": {"state", strings.Repeat("x", 129), "state"},
	} {
		w := newWorld(t, settings(mp.ModePlain), mp.Rules{}, says("success"))
		q := asking(w)
		q.Set(test.field, test.value)
		q.Set("person", ann)
		response := authorize(t, w, q)
		if page, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusBadRequest || !strings.Contains(string(page), test.why) {
			t.Errorf("%s: %s %s, %v", name, response.Status, page, err)
		}
	}
	s := settings(mp.ModePlain)
	s.Kind = mp.Unverified
	w := newWorld(t, s, mp.Rules{}, says("success"))
	if response := authorize(t, w, asking(w)); response.StatusCode != http.StatusBadRequest {
		t.Errorf("an unverified account: %s", response.Status)
	}
}
