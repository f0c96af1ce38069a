package mp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/mp"
)

// client calls the API of a world as a bot does.
type client struct {
	*world
	t     *testing.T
	host  string
	token string
}

func newClient(t *testing.T, kind string, rules mp.Rules) *client {
	t.Helper()
	s := settings("plain")
	s.Kind = kind
	c := &client{world: newWorld(t, s, rules, says("success")), t: t}
	server := httptest.NewServer(c.Platform)
	t.Cleanup(server.Close)
	c.host = server.URL
	c.token = c.stable(false)
	return c
}

// call returns the answer's JSON, or its bytes under "bytes", and holds that each answer is a 200.
func (c *client) call(method, path, kind string, body []byte) map[string]any {
	c.t.Helper()
	path = strings.Replace(path, "TOKEN", c.token, 1)
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.host+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %s, %v", path, response.Status, err)
	}
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		return map[string]any{"bytes": string(data), "type": response.Header.Get("Content-Type"), "name": response.Header.Get("Content-disposition")}
	}
	var answer map[string]any
	if err := json.Unmarshal(data, &answer); err != nil {
		c.t.Fatalf("%s: %v in %q", path, err, data)
	}
	return answer
}

func (c *client) get(path string) map[string]any { c.t.Helper(); return c.call("GET", path, "", nil) }

func (c *client) post(path, body string) map[string]any {
	c.t.Helper()
	return c.call("POST", path, "application/json", []byte(body))
}

// refused holds that an answer is a refusal as the platform writes them.
func (c *client) refused(answer map[string]any, code int) {
	c.t.Helper()
	text, _ := answer["errmsg"].(string)
	if answer["errcode"] != float64(code) || !regexp.MustCompile(`^\S.* rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$`).MatchString(text) {
		c.t.Errorf("got %v, want %d", answer, code)
	}
}

func (c *client) accepted(answer map[string]any) {
	c.t.Helper()
	if answer["errcode"] != 0.0 || answer["errmsg"] != "ok" {
		c.t.Errorf("got %v", answer)
	}
}

func (c *client) stable(force bool) string {
	c.t.Helper()
	answer := c.post("/cgi-bin/stable_token", fmt.Sprintf(`{"grant_type":"client_credential","appid":"wx0123456789abcdef","secret":"secret","force_refresh":%t}`, force))
	token, _ := answer["access_token"].(string)
	return token
}

func (c *client) classic() string {
	c.t.Helper()
	token, _ := c.get("/cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=secret")["access_token"].(string)
	return token
}

// works tells the code that a call with the token gets, 0 for none.
func (c *client) works(token string) int {
	c.t.Helper()
	code, _ := c.get("/cgi-bin/getcallbackip?access_token=" + token)["errcode"].(float64)
	return int(code)
}

func TestToken_Refusals(t *testing.T) {
	c := newClient(t, mp.Unverified, mp.Rules{})
	c.refused(c.get("/cgi-bin/token?grant_type=x&appid=wx0123456789abcdef&secret=secret"), 40002)
	c.refused(c.get("/cgi-bin/token?grant_type=client_credential&appid=wx1&secret=secret"), 40013)
	c.refused(c.get("/cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=x"), 40125)
	c.refused(c.post("/cgi-bin/token", ""), 43001)
	c.refused(c.get("/cgi-bin/stable_token"), 43002)
	c.refused(c.post("/cgi-bin/stable_token", "{"), 47001)
	c.refused(c.get("/cgi-bin/getcallbackip"), 41001)
	c.refused(c.get("/cgi-bin/getcallbackip?access_token=x"), 40001)
}

func TestToken_ClassicReplacesTheOneBefore(t *testing.T) {
	c := newClient(t, mp.Unverified, mp.Rules{})
	one := c.classic()
	two := c.classic()
	if one == two || c.works(one) != 0 || c.works(two) != 0 || c.works(c.token) != 0 {
		t.Error("in the change-over all work")
	}
	c.clock.Advance(5 * time.Minute)
	if c.works(one) != 42001 || c.works(two) != 0 {
		t.Errorf("after five minutes: %d, %d", c.works(one), c.works(two))
	}
	c.clock.Advance(115 * time.Minute)
	if c.works(two) != 42001 || len(two) < 100 {
		t.Errorf("after two hours: %d", c.works(two))
	}
}

func TestToken_StableStaysTheSame(t *testing.T) {
	c := newClient(t, mp.Unverified, mp.Rules{})
	one := c.token
	c.classic()
	c.clock.Advance(114 * time.Minute)
	if c.stable(false) != one {
		t.Error("changed too early")
	}
	c.clock.Advance(time.Minute)
	two := c.stable(false)
	if two == one || c.works(one) != 0 || c.works(two) != 0 {
		t.Error("in the last five minutes both work")
	}
	c.clock.Advance(5 * time.Minute)
	if c.works(one) != 42001 || c.works(two) != 0 {
		t.Error("after the last five minutes")
	}
}

func TestToken_ForceRefresh(t *testing.T) {
	c := newClient(t, mp.Unverified, mp.Rules{})
	one := c.token
	two := c.stable(true)
	if two == one || c.works(one) != 40001 || c.works(two) != 0 {
		t.Error("the old one works")
	}
	force := `{"grant_type":"client_credential","appid":"wx0123456789abcdef","secret":"secret","force_refresh":true}`
	c.refused(c.post("/cgi-bin/stable_token", force), 45011)
	for range 19 {
		c.clock.Advance(30 * time.Second)
		if c.stable(true) == "" {
			t.Fatal("refused too early")
		}
	}
	c.clock.Advance(30 * time.Second)
	c.refused(c.post("/cgi-bin/stable_token", force), 45009)
	c.clock.Advance(24 * time.Hour)
	if c.stable(true) == "" {
		t.Error("refused the next day")
	}
}

func TestToken_Invalidated(t *testing.T) {
	c := newClient(t, mp.Unverified, mp.Rules{})
	c.account.InvalidateTokens()
	if c.works(c.token) != 40001 {
		t.Error("it works")
	}
	if again := c.stable(false); again == c.token || c.works(again) != 0 {
		t.Error("a new one does not work")
	}
}

func TestFailNext(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	c.Host().FailNext("/cgi-bin/getcallbackip", 45009)
	c.Host().FailNext("", -1)
	c.Host().FailNext("/cgi-bin/getcallbackip", 99999)
	c.refused(c.get("/cgi-bin/get_api_domain_ip?access_token=TOKEN"), -1)
	c.refused(c.get("/cgi-bin/getcallbackip?access_token=TOKEN"), 45009)
	c.refused(c.get("/cgi-bin/getcallbackip?access_token=TOKEN"), 99999)
	if list, ok := c.get("/cgi-bin/getcallbackip?access_token=TOKEN")["ip_list"].([]any); !ok || len(list) != 2 {
		t.Errorf("got %v", list)
	}
}

const send = "/cgi-bin/message/custom/send?access_token=TOKEN"

func text(to, content string) string {
	return `{"touser":"` + to + `","msgtype":"text","text":{"content":"` + content + `"}}`
}

func TestSend_FiveMessagesIn48Hours(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	c.refused(c.post(send, text(ann, "hi")), 40003)
	c.say(t, mp.Text("hello"))
	for i := range 5 {
		c.accepted(c.post(send, text(ann, fmt.Sprint(i))))
	}
	c.refused(c.post(send, text(ann, "six")), 45047)
	c.say(t, mp.Text("again"))
	c.accepted(c.post(send, text(ann, "hi")))
	c.clock.Advance(48 * time.Hour)
	c.token = c.stable(false)
	c.refused(c.post(send, text(ann, "late")), 45015)
	want := "note text hi | said text hello | saw text 0 | saw text 1 | saw text 2 | saw text 3 | saw text 4 | note text six | said text again | saw text hi | note text late"
	if got := seen(c.account.Transcript(ann)); got != want {
		t.Errorf("got %s", got)
	}
}

func TestSend_ThreeMessagesInAMinuteAfterATap(t *testing.T) {
	for name, in := range map[string]mp.Inbound{
		"click": mp.Click("K"), "scan code": mp.ScanCode("K", "R", false), "subscribe": mp.Subscribe(), "QR code": mp.Scan("1", "T"),
		"msgmenu": mp.MenuText("满意", "101"),
	} {
		c := newClient(t, mp.Test, mp.Rules{})
		c.say(t, in)
		for range 3 {
			c.accepted(c.post(send, text(ann, "hi")))
		}
		answer := c.post(send, text(ann, "four"))
		if c.refused(answer, 45047); t.Failed() {
			t.Fatal(name)
		}
		c.clock.Advance(time.Minute)
		c.refused(c.post(send, text(ann, "late")), 45015)
	}
	c := newClient(t, mp.Verified, mp.Rules{})
	c.say(t, mp.View("u", "1"))
	c.refused(c.post(send, text(ann, "hi")), 45015)
}

func TestSend_Refusals(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	c.say(t, mp.Text("hello"))
	message := func(kind, object string) string {
		return `{"touser":"` + ann + `","msgtype":"` + kind + `","` + kind + `":` + object + `}`
	}
	for body, code := range map[string]int{
		"{":                                                    47001,
		text(ann, `\u4f60`):                                    40033,
		text(ann, " "):                                         44004,
		text(ann, strings.Repeat("x", 2049)):                   45002,
		message("image", `{"media_id":"x"}`):                   40007,
		message("voice", `{"media_id":"x"}`):                   40007,
		message("video", `{"media_id":"x"}`):                   40007,
		message("music", `{"thumb_media_id":"x"}`):             40007,
		message("news", `{"articles":[]}`):                     45008,
		message("news", `{"articles":[{},{}]}`):                45008,
		message("wxcard", `{"card_id":"x"}`):                   48008,
		message("carrier", `{}`):                               45162,
		strings.Replace(text(bob, "never seen"), bob, "oX", 1): 40003,
	} {
		c.refused(c.post(send, body), code)
	}
	c.accepted(c.post(send, text(ann, `a \\u b`))) // A backslash and a u, no escape.
	c.accepted(c.post(send, message("news", `{"articles":[{"title":"T","url":"u"}]}`)))
	c.accepted(c.post(send, message("msgmenu", `{"head_content":"H","list":[{"id":"1","content":"A"}],"tail_content":"Z"}`)))
	if got := seen(c.account.Transcript(ann)); !strings.HasSuffix(got, "saw text a \\u b | saw news T | saw msgmenu H\nA\nZ") {
		t.Error(got)
	}
	c.say(t, mp.Unsubscribe())
	c.refused(c.post(send, text(ann, "hi")), 45015)
}

func TestSend_KindsOfAccount(t *testing.T) {
	c := newClient(t, mp.Unverified, mp.Rules{})
	c.say(t, mp.Text("hello"))
	c.refused(c.post(send, text(ann, "hi")), 48001)
	c.refused(c.post("/cgi-bin/message/custom/typing?access_token=TOKEN", "{}"), 48001)
	c.refused(c.post("/cgi-bin/media/upload?access_token=TOKEN&type=image", ""), 48001)
	c.refused(c.get("/cgi-bin/media/get?access_token=TOKEN&media_id=x"), 48001)
	c = newClient(t, mp.Test, mp.Rules{})
	c.say(t, mp.Text("hello"))
	c.refused(c.post(send, `{"touser":"`+ann+`","msgtype":"msgmenu"}`), 40200)
	c = newClient(t, mp.Unverified, mp.Rules{OpenMedia: true})
	c.refused(c.get("/cgi-bin/media/get?access_token=TOKEN&media_id=x"), 40007)
}

func TestTyping(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	sign := func(command string) map[string]any {
		return c.post("/cgi-bin/message/custom/typing?access_token=TOKEN", `{"touser":"`+ann+`","command":"`+command+`"}`)
	}
	c.refused(sign("Typing"), 40003)
	c.say(t, mp.Text("hello"))
	c.refused(sign("typing"), 45072)
	c.accepted(sign("Typing"))
	c.refused(sign("Typing"), 45081)
	c.accepted(c.post(send, text(ann, "hi")))
	c.accepted(sign("Typing"))
	c.accepted(sign("CancelTyping"))
	c.accepted(sign("Typing"))
	c.clock.Advance(15 * time.Second)
	c.accepted(sign("Typing"))
	c.clock.Advance(16 * time.Second)
	c.refused(sign("Typing"), 45080)
}

func (c *client) upload(kind, field, name string, data []byte) map[string]any {
	c.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = part.Write(data) // Into memory.
	_ = form.Close()
	return c.call("POST", "/cgi-bin/media/upload?access_token=TOKEN&type="+kind, form.FormDataContentType(), b.Bytes())
}

const (
	png = "\x89PNG\r\n\x1a\n"
	mp4 = "\x00\x00\x00\x18ftypmp42"
)

func TestMedia_ThreeDays(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	answer := c.upload("image", "media", "a.png", []byte(png))
	id, _ := answer["media_id"].(string)
	if answer["type"] != "image" || answer["created_at"] != float64(noon.Unix()) || id == "" {
		t.Fatalf("got %v", answer)
	}
	path := "/cgi-bin/media/get?access_token=TOKEN&media_id="
	if got := c.get(path + id); got["bytes"] != png || got["type"] != "image/png" || !strings.Contains(got["name"].(string), "a.png") {
		t.Errorf("got %v", got)
	}
	voice := c.account.Keep("voice", "a.amr", []byte("#!AMR\n"))
	if got := c.get(path + voice); got["bytes"] != "#!AMR\n" || got["type"] != "audio/amr" {
		t.Errorf("got %v", got)
	}
	film, _ := c.upload("video", "media", "a.mp4", []byte(mp4))["media_id"].(string)
	address, _ := c.get(path + film)["video_url"].(string)
	if got := c.get(strings.TrimPrefix(address, c.host)); got["bytes"] != mp4 {
		t.Errorf("%s: %v", address, got)
	}
	if c.upload("thumb", "media", "a.jpg", []byte("\xff\xd8\xff\xe0"))["thumb_media_id"] == nil {
		t.Error("no thumb_media_id")
	}
	c.say(t, mp.Text("hello"))
	c.accepted(c.post(send, `{"touser":"`+ann+`","msgtype":"image","image":{"media_id":"`+id+`"}}`))
	c.clock.Advance(72 * time.Hour)
	c.token = c.stable(false)
	c.refused(c.get(path+id), 40007)
	c.refused(c.get("/sandbox/video?media_id="+film), 40007)
}

func TestMedia_Refusals(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	c.refused(c.upload("file", "media", "a.pdf", []byte("x")), 40004)
	for kind, data := range map[string]string{"image": "<html>", "voice": png, "video": png, "thumb": png} {
		c.refused(c.upload(kind, "media", "a", []byte(data)), 40004)
	}
	for _, voice := range []string{"#!AMR\n", "ID3\x04", "\xff\xfb\x90"} {
		if c.upload("voice", "media", "a", []byte(voice))["media_id"] == nil {
			t.Errorf("%q is no voice", voice)
		}
	}
	c.refused(c.upload("thumb", "media", "a.jpg", make([]byte, 64<<10+1)), 45001)
	c.refused(c.upload("image", "file", "a.png", []byte("x")), 44004)
	c.refused(c.upload("image", "media", "a.png", nil), 44004)
	c.refused(c.post("/cgi-bin/media/upload?access_token=TOKEN&type=image", "x"), 44004)
}

func TestTicketAndQuota(t *testing.T) {
	c := newClient(t, mp.Unverified, mp.Rules{})
	ticket := "/cgi-bin/ticket/getticket?access_token=TOKEN&type=jsapi"
	one, two := c.get(ticket), c.get(ticket)
	if one["ticket"] == nil || one["ticket"] != two["ticket"] || one["expires_in"] != 7200.0 {
		t.Errorf("got %v", one)
	}
	c.refused(c.get("/cgi-bin/ticket/getticket?access_token=TOKEN&type=x"), 40004)
	for range 5 {
		c.accepted(c.post("/cgi-bin/clear_quota?access_token=TOKEN", `{"appid":"wx0123456789abcdef"}`))
		c.accepted(c.post("/cgi-bin/clear_quota/v2?appid=wx0123456789abcdef&appsecret=secret", ""))
	}
	c.refused(c.post("/cgi-bin/clear_quota?access_token=TOKEN", `{"appid":"wx0123456789abcdef"}`), 48006)
	c.refused(c.post("/cgi-bin/clear_quota?access_token=TOKEN", `{"appid":"wx1"}`), 40013)
	c.refused(c.post("/cgi-bin/clear_quota/v2", `{"appid":"wx0123456789abcdef","appsecret":"x"}`), 40125)
	c.clock.Advance(31 * 24 * time.Hour)
	c.accepted(c.post("/cgi-bin/clear_quota/v2", `{"appid":"wx0123456789abcdef","appsecret":"secret"}`))
}

func TestAPI_OtherAddresses(t *testing.T) {
	c := newClient(t, mp.Unverified, mp.Rules{})
	response, err := http.Get(c.host + "/cgi-bin/none")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if response.StatusCode != http.StatusNotFound {
		t.Error(response.Status)
	}
}
