package mp_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

func TestReply_Plain(t *testing.T) {
	long := strings.Repeat("好", 682) + "ab" // 2048 bytes.
	article := "<item><Title>T</Title><Description>D</Description><PicUrl>p</PicUrl><Url>u</Url></item>"
	news := func(n int) string {
		return reply(fmt.Sprintf("<MsgType>news</MsgType><ArticleCount>%d</ArticleCount><Articles>%s</Articles>", n, strings.Repeat(article, n)))
	}
	media := func(kind, element, id string) string {
		return reply("<MsgType>" + kind + "</MsgType><" + element + "><MediaId>" + id + "</MediaId></" + element + ">")
	}
	for name, test := range map[string]struct {
		body, sees, why string
		in              mp.Inbound
	}{
		"success":            {body: "success"},
		"empty":              {body: ""},
		"quoted":             {body: `"success"`, why: "begin"},
		"success and more":   {body: "success\n", why: "begin"},
		"text":               {body: textReply("hi"), sees: "saw text hi"},
		"empty Content":      {body: textReply(""), why: "Content"},
		"longest text":       {body: textReply(long), sees: "saw text " + long},
		"too long":           {body: textReply(long + "c"), why: "2049 bytes"},
		"not swapped":        {body: strings.NewReplacer(ann, "gh_0123456789ab", "gh_0123456789ab", ann).Replace(textReply("hi")), why: "swapped"},
		"somebody else":      {body: strings.Replace(textReply("hi"), ann, bob, 1), why: "swapped"},
		"milliseconds":       {body: strings.Replace(textReply("hi"), "1790000000", "1790000000000", 1), why: "seconds"},
		"unknown element":    {body: strings.Replace(textReply("hi"), "</xml>", "<FuncFlag>0</FuncFlag></xml>", 1), why: "FuncFlag"},
		"image":              {body: media("image", "Image", "IMG"), sees: "saw image MEDIA"},
		"voice":              {body: media("voice", "Voice", "AMR"), sees: "saw voice MEDIA"},
		"no such media":      {body: media("image", "Image", "none"), why: "not there"},
		"old media":          {body: media("image", "Image", "OLD"), why: "three days"},
		"media of a kind":    {body: media("voice", "Voice", "IMG"), why: "of type image"},
		"GIF":                {body: media("image", "Image", "GIF"), why: "GIF"},
		"one article":        {body: news(1), sees: "saw news T"},
		"two for a text":     {body: news(2), sees: "saw news T"},
		"two for a tap":      {body: news(2), in: mp.Click("K"), sees: "saw news T\nT"},
		"transfer":           {body: reply("<MsgType>transfer_customer_service</MsgType>"), sees: "saw transfer_customer_service"},
		"transfer, an event": {body: reply("<MsgType>transfer_customer_service</MsgType>"), in: mp.Click("K"), why: "transferred"},
		"sealed":             {body: sealed(t, textReply("hi"), 1790000000), why: "plain mode"},
	} {
		t.Run(name, func(t *testing.T) {
			var body string
			w := newWorld(t, settings("plain"), mp.Rules{}, func(w http.ResponseWriter, r *http.Request) { says(body)(w, r) })
			old := w.account.Keep("image", "o.png", []byte("png"))
			w.clock.Advance(72 * time.Hour)
			body = strings.NewReplacer("OLD", old, "IMG", w.account.Keep("image", "a.png", []byte("png")),
				"AMR", w.account.Keep("voice", "a.amr", []byte("#!AMR\n")), "GIF", w.account.Keep("image", "a.gif", []byte("GIF89a"))).Replace(test.body)
			in := test.in
			if in.Type == "" {
				in = mp.Text("hello")
			}
			out := w.say(t, in)
			if out.Fault != (test.why != "") || !strings.Contains(out.Why, test.why) {
				t.Fatalf("%+v", out)
			}
			after := seen(w.account.Transcript(ann)[1:])
			if out.Reply != nil && out.Reply.MediaID != "" {
				after = strings.Replace(after, out.Reply.MediaID, "MEDIA", 1)
			}
			if test.why == "" && after != test.sees {
				t.Errorf("sees %q, want %q", after, test.sees)
			}
			if test.why != "" && !strings.Contains(after, mp.FaultBanner) {
				t.Errorf("sees %q", after)
			}
		})
	}
}

// sealed encrypts a reply as a bot does.
func sealed(t *testing.T, plain string, at int64) string {
	t.Helper()
	c, err := wire.NewCipher(aesKey, "wx0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	encrypted, err := c.Seal(rand.Reader, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature><TimeStamp>%d</TimeStamp><Nonce><![CDATA[7]]></Nonce></xml>",
		encrypted, wire.Sign("testtoken", fmt.Sprint(at), "7", encrypted), at)
}

func TestReply_Modes(t *testing.T) {
	good := sealed(t, textReply("hi"), 1790000000)
	for name, test := range map[string]struct {
		mode, body string
		rules      mp.Rules
		why        string
	}{
		"safe":                       {mode: "safe", body: good},
		"safe, success":              {mode: "safe", body: "success"},
		"safe, plain":                {mode: "safe", body: textReply("hi"), why: "plain reply in safe mode"},
		"safe, plain is taken":       {mode: "safe", body: textReply("hi"), rules: mp.Rules{TakePlain: true}},
		"compatible":                 {mode: "compatible", body: good},
		"compatible, plain":          {mode: "compatible", body: textReply("hi")},
		"wrong signature":            {mode: "safe", body: strings.Replace(good, "<Nonce><![CDATA[7]]>", "<Nonce><![CDATA[8]]>", 1), why: "MsgSignature"},
		"Timestamp":                  {mode: "safe", body: strings.ReplaceAll(good, "TimeStamp", "Timestamp"), why: "TimeStamp"},
		"milliseconds":               {mode: "safe", body: sealed(t, textReply("hi"), 1790000000000), why: "seconds"},
		"milliseconds inside":        {mode: "safe", body: sealed(t, strings.Replace(textReply("hi"), "1790000000", "1790000000000", 1), 1790000000), why: "seconds"},
		"success inside an envelope": {mode: "safe", body: sealed(t, "success", 1790000000), why: "begin"},
		"unknown elements are taken": {mode: "safe", body: sealed(t, strings.Replace(textReply("hi"), "</xml>", "<FuncFlag>0</FuncFlag></xml>", 1), 1790000000),
			rules: mp.Rules{TakeUnknown: true}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, settings(test.mode), test.rules, says(test.body))
			out := w.say(t, mp.Text("hello"))
			if out.Fault != (test.why != "") || !strings.Contains(out.Why, test.why) {
				t.Fatalf("%+v", out)
			}
			if test.why == "" && test.body != "success" && out.Reply.Content != "hi" {
				t.Errorf("%+v", out.Reply)
			}
		})
	}
}
