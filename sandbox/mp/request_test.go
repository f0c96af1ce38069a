package mp_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

const common = "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n<FromUserName><![CDATA[" + ann + "]]></FromUserName>\n" +
	"<CreateTime>1790856000</CreateTime>\n<MsgType><![CDATA["

// TestPush_Bodies compares each kind with the documentation's example, field by field in its order.
func TestPush_Bodies(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, says("success"))
	for want, in := range map[string]mp.Inbound{
		"text]]></MsgType>\n<Content><![CDATA[hello]]></Content>\n<MsgId>ID</MsgId>":                                                                                                      mp.Text("hello"),
		"text]]></MsgType>\n<Content><![CDATA[满意]]></Content>\n<MsgId>ID</MsgId>\n<bizmsgmenuid>101</bizmsgmenuid>":                                                                       mp.MenuText("满意", "101"),
		"text]]></MsgType>\n<Content><![CDATA[a]]></Content>\n<MsgId>ID</MsgId>\n<MsgDataId><![CDATA[2247483650_1]]></MsgDataId>\n<Idx>1</Idx>":                                           mp.ArticleText("a", "2247483650_1", "1"),
		"image]]></MsgType>\n<PicUrl><![CDATA[u]]></PicUrl>\n<MsgId>ID</MsgId>\n<MediaId><![CDATA[m]]></MediaId>":                                                                         mp.Image("u", "m"),
		"voice]]></MsgType>\n<MediaId><![CDATA[m]]></MediaId>\n<Format><![CDATA[amr]]></Format>\n<MsgId>ID</MsgId>\n<MediaId16K><![CDATA[w]]></MediaId16K>":                               mp.Voice("m", "w"),
		"voice]]></MsgType>\n<MediaId><![CDATA[n]]></MediaId>\n<Format><![CDATA[amr]]></Format>\n<MsgId>ID</MsgId>\n<MediaId16K><![CDATA[w]]></MediaId16K>\n" + field("Recognition", ""):  mp.Voice("n", "w").Recognized(""),
		"voice]]></MsgType>\n<MediaId><![CDATA[o]]></MediaId>\n<Format><![CDATA[amr]]></Format>\n<MsgId>ID</MsgId>\n<MediaId16K><![CDATA[w]]></MediaId16K>\n" + field("Recognition", "你"): mp.Voice("o", "w").Recognized("你"),
		"video]]></MsgType>\n<MediaId><![CDATA[v]]></MediaId>\n<ThumbMediaId><![CDATA[t]]></ThumbMediaId>\n<MsgId>ID</MsgId>":                                                             mp.Video("v", "t"),
		"shortvideo]]></MsgType>\n<MediaId><![CDATA[v]]></MediaId>\n<ThumbMediaId><![CDATA[t]]></ThumbMediaId>\n<MsgId>ID</MsgId>":                                                        mp.ShortVideo("v", "t"),
		"location]]></MsgType>\n<Location_X>39.908500</Location_X>\n<Location_Y>116.397500</Location_Y>\n<Scale>16</Scale>\n<Label><![CDATA[北京]]></Label>\n<MsgId>ID</MsgId>":             mp.Location(39.9085, 116.3975, 16, "北京"),
		"link]]></MsgType>\n<Title><![CDATA[T]]></Title>\n<Description><![CDATA[D]]></Description>\n<Url><![CDATA[u]]></Url>\n<MsgId>ID</MsgId>":                                          mp.Link("T", "D", "u"),
		"text]]></MsgType>\n<Content><![CDATA[【收到不支持的消息类型，暂无法显示】]]></Content>\n<MsgId>ID</MsgId>":                                                                                         mp.Unsupported(),
		"odd]]></MsgType>\n<A><![CDATA[b]]></A>\n<MsgId>ID</MsgId>":                                                                                                                       mp.Message("odd", wire.Text("A", "b")),
		ev("subscribe") + field("EventKey", ""):                                                                                                                                 mp.Subscribe(),
		ev("subscribe") + field("EventKey", "qrscene_123") + "\n" + field("Ticket", "T"):                                                                                        mp.SubscribeByScan("123", "T"),
		ev("SCAN") + field("EventKey", "123") + "\n" + field("Ticket", "T"):                                                                                                     mp.Scan("123", "T"),
		ev("LOCATION") + "<Latitude>23.137466</Latitude>\n<Longitude>113.352425</Longitude>\n<Precision>119.385040</Precision>":                                                 mp.ReportLocation(23.137466, 113.352425, 119.38504),
		ev("CLICK") + field("EventKey", "K"):                                                                                                                                    mp.Click("K"),
		ev("VIEW") + field("EventKey", "https://example.com/") + "\n<MenuId>4000001</MenuId>":                                                                                   mp.View("https://example.com/", "4000001"),
		ev("view_miniprogram") + field("EventKey", "pages/index") + "\n<MenuId>4000001</MenuId>":                                                                                mp.ViewMiniProgram("pages/index", "4000001"),
		ev("scancode_push") + field("EventKey", "K") + "\n<ScanCodeInfo>" + field("ScanType", "qrcode") + "\n" + field("ScanResult", "R") + "\n</ScanCodeInfo>":                 mp.ScanCode("K", "R", false),
		ev("scancode_waitmsg") + field("EventKey", "K") + "\n<ScanCodeInfo>" + field("ScanType", "qrcode") + "\n" + field("ScanResult", "R") + "\n</ScanCodeInfo>":              mp.ScanCode("K", "R", true),
		ev("pic_sysphoto") + field("EventKey", "K") + "\n<SendPicsInfo><Count>1</Count>\n<PicList><item>" + field("PicMd5Sum", "0f") + "\n</item>\n</PicList>\n</SendPicsInfo>": mp.Pictures("pic_sysphoto", "K", "0f"),
		ev("location_select") + field("EventKey", "K") + "\n<SendLocationInfo>" + field("Location_X", "23") + "\n" + field("Location_Y", "113") + "\n" + field("Scale", "15") + "\n" +
			field("Label", "L") + "\n" + field("Poiname", "") + "\n</SendLocationInfo>": mp.LocationSelect("K", "23", "113", "15", "L"),
		ev("TEMPLATESENDJOBFINISH") + "<MsgID>200163836</MsgID>\n" + field("Status", "success"): mp.TemplateSent("200163836", "success"),
		ev("MASSSENDJOBFINISH") + "<MsgID>1</MsgID>\n" + field("Status", "send success") +
			"\n<TotalCount>10</TotalCount>\n<FilterCount>8</FilterCount>\n<SentCount>8</SentCount>\n<ErrorCount>0</ErrorCount>": mp.MassSent("1", "send success", 10, 8),
		ev("kf_create_session") + field("KfAccount", "kf1@acct"):                                               mp.ServicerJoins("kf1@acct"),
		ev("kf_close_session") + field("KfAccount", "kf1@acct"):                                                mp.ServicerLeaves("kf1@acct"),
		ev("kf_switch_session") + field("FromKfAccount", "kf1@acct") + "\n" + field("ToKfAccount", "kf2@acct"): mp.ServicerChanges("kf1@acct", "kf2@acct"),
	} {
		out := w.say(t, in)
		want = common + strings.Replace(want, "ID</MsgId>", out.Message+"</MsgId>", 1) + "\n</xml>"
		if got := string(out.Request); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if !out.Answered || out.Fault || strings.HasPrefix(out.Message, "event-") != (in.Type == "event") {
			t.Errorf("%s: %+v", in.Type, out)
		}
	}
}

func field(name, value string) string {
	return "<" + name + "><![CDATA[" + value + "]]></" + name + ">"
}

func ev(name string) string { return "event]]></MsgType>\n" + field("Event", name) + "\n" }

func TestPush_HeadersAndQuery(t *testing.T) {
	for mode, pattern := range map[string]string{
		"plain":      `^/wx\?signature=[0-9a-f]{40}&timestamp=1790856000&nonce=\d{9,10}&openid=` + ann + `$`,
		"compatible": `^/wx\?signature=[0-9a-f]{40}&timestamp=1790856000&nonce=\d{9,10}&openid=` + ann + `&encrypt_type=aes&msg_signature=[0-9a-f]{40}$`,
		"safe":       `^/wx\?signature=[0-9a-f]{40}&timestamp=1790856000&nonce=\d{9,10}&openid=` + ann + `&encrypt_type=aes&msg_signature=[0-9a-f]{40}$`,
	} {
		w := newWorld(t, settings(mode), mp.Rules{}, says("success"))
		w.say(t, mp.Text("hello"))
		r := <-w.arrived
		if !regexp.MustCompile(pattern).MatchString(r.RequestURI) {
			t.Errorf("%s: %s", mode, r.RequestURI)
		}
		q := r.URL.Query()
		if !wire.Signed(q.Get("signature"), "testtoken", q.Get("timestamp"), q.Get("nonce")) {
			t.Errorf("%s: the signature does not fit", mode)
		}
		want := map[string]string{"User-Agent": "Mozilla/4.0", "Accept": "*/*", "Pragma": "no-cache", "Content-Type": "text/xml", "Accept-Encoding": ""}
		for name, value := range want {
			if got := r.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q", mode, name, got)
			}
		}
		if r.Method != http.MethodPost || r.ProtoMinor != 1 || r.ContentLength != int64(len(w.sent()[0])) {
			t.Errorf("%s: %s, HTTP/1.%d, length %d", mode, r.Method, r.ProtoMinor, r.ContentLength)
		}
	}
}

// TestPush_Envelopes opens what went over the wire with the bot's half of the key.
func TestPush_Envelopes(t *testing.T) {
	for _, mode := range []string{"compatible", "safe"} {
		w := newWorld(t, settings(mode), mp.Rules{}, says("success"))
		out := w.say(t, mp.Text("hello"))
		q := (<-w.arrived).URL.Query()
		encrypted := regexp.MustCompile(`<Encrypt><!\[CDATA\[(.*)\]\]></Encrypt>`).FindStringSubmatch(w.sent()[0])
		if encrypted == nil || !wire.Signed(q.Get("msg_signature"), "testtoken", q.Get("timestamp"), q.Get("nonce"), encrypted[1]) {
			t.Fatalf("%s: %s", mode, w.sent()[0])
		}
		c, err := wire.NewCipher(aesKey, "wx0123456789abcdef")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Open(encrypted[1]); err != nil || string(got) != string(out.Plain) {
			t.Errorf("%s: %q, %v", mode, got, err)
		}
		want := map[string]string{
			"compatible": strings.TrimSuffix(string(out.Plain), "</xml>") + encrypted[0] + "\n</xml>",
			"safe":       "<xml>\n    <ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n    " + encrypted[0] + "\n</xml>\n",
		}[mode]
		if w.sent()[0] != want {
			t.Errorf("%s: %q", mode, w.sent()[0])
		}
	}
}

func TestPush_URLWithAQuery(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, says("success"))
	s := w.account.Settings()
	s.URL += "?tenant=1"
	if err := w.account.Set(s); err != nil {
		t.Fatal(err)
	}
	w.say(t, mp.Text("x"))
	if got := (<-w.arrived).RequestURI; !strings.HasPrefix(got, "/wx?tenant=1&signature=") {
		t.Error(got)
	}
}

func TestSettings_Refused(t *testing.T) {
	p := mp.New(mp.Options{})
	for name, change := range map[string]func(*mp.Settings){
		"no id": func(s *mp.Settings) { s.ID = "" }, "no AppID": func(s *mp.Settings) { s.AppID = "" },
		"short token": func(s *mp.Settings) { s.Token = "ab" }, "no key": func(s *mp.Settings) { s.AESKey, s.Mode = "", "safe" },
		"wrong key": func(s *mp.Settings) { s.AESKey = "short" }, "wrong old key": func(s *mp.Settings) { s.PreviousAESKey = "short" },
		"mode": func(s *mp.Settings) { s.Mode = "secret" }, "kind": func(s *mp.Settings) { s.Kind = "big" },
		"URL": func(s *mp.Settings) { s.URL = "example.com/wx" }, "test account": func(s *mp.Settings) { s.Kind, s.Mode = mp.Test, "safe" },
	} {
		s := settings("plain")
		change(&s)
		if _, err := p.Add(s); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for i := range 2 {
		if _, err := p.Add(settings("plain")); (err == nil) != (i == 0) {
			t.Errorf("account %d: %v", i, err)
		}
	}
	if _, err := p.Accounts()[0].Say(t.Context(), ann, mp.Text("x")); err == nil || !strings.Contains(fmt.Sprint(err), "URL") {
		t.Errorf("a push without a URL: %v", err)
	}
}
