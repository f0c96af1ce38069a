package kf_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/kf"
)

func apiOutage(slow time.Duration) apihost.Outage { return apihost.Outage{Slow: slow} }

const login = "gettoken?corpid=ww0123456789abcdef&corpsecret=secret"

func TestToken_Refusals(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.refused(w.get("gettoken?corpid=ww1&corpsecret=secret"), 40013)
	w.refused(w.get("gettoken?corpid=ww0123456789abcdef&corpsecret=x"), 40001)
	w.refused(w.get("gettoken?corpid=ww0123456789abcdef"), 41004)
	w.refused(w.post("gettoken", "{}"), 40058)
	w.refused(w.get("getcallbackip"), 41001)
	w.refused(w.get("getcallbackip?access_token=x"), 40014)
	response, _ := w.do("GET", "/cgi-bin/none", "", nil)
	if response.StatusCode != http.StatusNotFound {
		t.Error(response.Status)
	}
}

func TestToken_StaysTheSameForTwoHours(t *testing.T) {
	w := quiet(t, kf.Rules{})
	one := w.accepted(w.get(login))
	if one["expires_in"] != 7200.0 || len(one["access_token"].(string)) > 512 {
		t.Errorf("got %v", one)
	}
	w.clock.Advance(2*time.Hour - time.Second)
	if again := w.get(login); again["access_token"] != one["access_token"] || again["expires_in"] != 1.0 {
		t.Errorf("got %v", again)
	}
	w.accepted(w.get("getcallbackip?access_token=" + w.token))
	w.clock.Advance(time.Second)
	w.refused(w.get("getcallbackip?access_token="+w.token), 42001)
	if again := w.get(login); again["access_token"] == one["access_token"] || again["expires_in"] != 7200.0 {
		t.Errorf("got %v", again)
	}
}

func TestToken_Invalidated(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.corp.InvalidateTokens()
	w.refused(w.get("getcallbackip?access_token="+w.token), 40014)
	old := w.token
	if w.login(); w.token == old {
		t.Error("it was given again")
	}
	if got := w.accepted(w.get("getcallbackip?access_token=" + w.token))["ip_list"].([]any); len(got) != 2 {
		t.Errorf("got %v", got)
	}
}

func TestToken_Addresses(t *testing.T) {
	w := quiet(t, kf.Rules{})
	s := w.corp.Settings()
	s.Addresses = []string{"192.0.2.1"}
	w.did(w.corp.Set(s))
	w.refused(w.get("getcallbackip?access_token="+w.token), 60020)
	s.Addresses = append(s.Addresses, "127.0.0.1")
	w.did(w.corp.Set(s))
	w.accepted(w.get("getcallbackip?access_token=" + w.token))
}

func TestHost_FailsAsItIsTold(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.Host().Fail(apihost.Failure{Path: "/cgi-bin/kf/sync_msg", Code: -1, Times: 2})
	w.Host().FailNext("", 45009)
	w.refused(w.pull(nil), -1)
	w.refused(w.get("getcallbackip?access_token="+w.token), 45009)
	w.refused(w.pull(nil), -1)
	w.accepted(w.pull(nil))
	w.Host().FailNext("", 95011)
	w.refused(w.pull(nil), 95011)
}

// TestTwoCorpsAreApart holds that tokens, accounts, media and customers of one corp are nothing to another.
func TestTwoCorpsAreApart(t *testing.T) {
	w := quiet(t, kf.Rules{})
	s := settings()
	s.CorpID, s.Secret = "wwother", "othersecret"
	other, err := w.AddCorp(s)
	if err != nil {
		t.Fatal(err)
	}
	w.say(ann, kf.Text("hello"))
	media := w.corp.Keep("image", "a.png", []byte("png"))
	theirs := other.AddAccount("theirs")
	w.refused(w.get("gettoken?corpid=wwother&corpsecret=secret"), 40001)
	w.token, _ = w.get("gettoken?corpid=wwother&corpsecret=othersecret")["access_token"].(string)
	w.refused(w.pull(nil), 95004)
	w.refused(w.post("kf/send_msg", object{"touser": ann, "open_kfid": theirs.ID(), "msgtype": "text", "text": object{"content": "x"}}), 40096)
	w.refused(w.get("media/get?access_token="+w.token+"&media_id="+media), 40007)
	w.corp.InvalidateTokens()
	w.accepted(w.get("getcallbackip?access_token=" + w.token))
	if theirs.ID() == w.account.ID() {
		t.Error("both have an account of the same id")
	}
}
