package traffic

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func only(t *testing.T, e Exchange) Exchange {
	t.Helper()
	l := New(1)
	l.Add(e)
	got, _ := l.After(0)
	if len(got) != 1 || got[0].Number != 1 {
		t.Fatalf("kept %+v", got)
	}
	return got[0]
}

// TestLog_KeepsNoSecrets goes through everything that carries one on either platform.
func TestLog_KeepsNoSecrets(t *testing.T) {
	for _, text := range []string{
		"http://h/cgi-bin/token?grant_type=client_credential&appid=wx1&secret=HUSH",
		"http://h/cgi-bin/gettoken?corpid=ww1&corpsecret=HUSH&debug=1",
		"http://h/cgi-bin/clear_quota/v2?appid=wx1&appsecret=HUSH",
		"http://h/cgi-bin/message/custom/send?access_token=HUSH",
		"http://h/cgi-bin/media/get?media_id=1&access_token=HUSH&x=1",
	} {
		e := only(t, Exchange{URL: text, Error: `Post "` + text + `": refused`})
		if all, _ := json.Marshal(e); strings.Contains(string(all), "HUSH") || !strings.Contains(e.URL, "=***") {
			t.Errorf("kept %s", all)
		}
	}
	for _, body := range []string{
		`{"access_token":"HUSH","expires_in":7200}`, `{"appid":"wx1", "secret" : "HUSH"}`, `{"appsecret":"a\"HUSH"}`,
		`{"errcode":0,"ticket":"HUSH"}`, `{"corpsecret":"HUSH"}`,
	} {
		e := only(t, Exchange{Request: body, RequestPlain: body, Response: body, ResponsePlain: body})
		if all, _ := json.Marshal(e); strings.Contains(string(all), "HUSH") || !strings.Contains(e.Response, `"***"`) {
			t.Errorf("kept %s", all)
		}
	}
}

// TestLog_KnownSecretsAreHiddenAnywhere is about bots that write a secret where nobody looks for one.
func TestLog_KnownSecretsAreHiddenAnywhere(t *testing.T) {
	l := New(1)
	l.Hide("HUSH-HUSH", "HUSH-HUSH", "short")
	for _, text := range []string{
		"http://h/token?Secret=HUSH-HUSH", "http://h/token?appid=1;secret=HUSH-HUSH", `{"secret":["HUSH-HUSH"]}`, `{"x":"aHUSH-HUSHb"}`, "HUSH-HUSH short",
	} {
		l.Add(Exchange{URL: text, Request: text, RequestPlain: text, Response: text, ResponsePlain: text, Error: text})
		kept, _ := l.After(0)
		if all, _ := json.Marshal(kept); strings.Contains(string(all), "HUSH") || strings.Contains(text, "short") != strings.Contains(string(all), "short") {
			t.Errorf("kept %s", all)
		}
	}
	if len(l.secrets) != 1 {
		t.Errorf("it knows %d secrets", len(l.secrets))
	}
	var none *Log
	none.Hide("HUSH-HUSH") // It does not panic.
}

func TestLog_BodiesAreBoundedText(t *testing.T) {
	for name, test := range map[string]struct{ body, want string }{
		"empty":          {"", ""},
		"XML":            {"<xml>你好</xml>", "<xml>你好</xml>"},
		"a picture":      {"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\xfd\xfc\xfb\xfa", "(16 bytes that are no text)"},
		"zeros":          {"a\x00b", "(3 bytes that are no text)"},
		"long":           {strings.Repeat("a", 70000), strings.Repeat("a", 64<<10) + "\n(70000 bytes in all)"},
		"cut in a rune":  {strings.Repeat("好", 30000), strings.Repeat("好", (64<<10)/3) + "\n(90000 bytes in all)"},
		"one wrong byte": {"hello\xff", "hello"},
	} {
		if got := only(t, Exchange{Request: test.body}).Request; got != test.want {
			t.Errorf("%s: %.60q of %d bytes", name, got, len(got))
		}
	}
}

func TestLog_NilKeepsNothing(t *testing.T) {
	var l *Log
	l.Add(Exchange{}) // It does not panic.
}

func TestMillis(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0", 1500 * time.Microsecond: "1.5", 5 * time.Second: "5000", 1234567: "1.234"} {
		if got, err := json.Marshal(Millis(d)); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", d, got, err)
		}
	}
}
