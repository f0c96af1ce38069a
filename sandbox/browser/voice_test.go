package browser

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// phone has the width of the smallest ones.
var phone = options{width: 320, height: 568, language: "zh-CN"}

const weChatAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.47"

// fakeWX is the JS-SDK: it recognises and uploads whatever was recorded.
const fakeWX = `window.wx = {
  log: [],
  config(c) { this.given = c; setTimeout(() => this.allowed(), 0); },
  ready(f) { this.allowed = f; },
  error() {},
  startRecord({ success }) { this.log.push('start'); success({}); },
  stopRecord({ success }) { this.log.push('stop'); success({ localId: 'local1' }); },
  onVoiceRecordEnd({ complete }) { this.end = () => complete({ localId: 'local2' }); },
  translateVoice({ localId, success }) { this.log.push('translate ' + localId); success({ translateResult: '今天<b>天气</b>怎么样。' }); },
  uploadVoice({ localId, success }) { this.log.push('upload ' + localId); success({ serverId: 'SERVER_1' }); },
};`

// voicePage is the address of the voice page of an account.
func (d *desk) voicePage(account string) string {
	d.t.Helper()
	for _, a := range d.do("GET", "state", "")["accounts"].([]any) {
		if a := a.(map[string]any); a["name"] == account {
			return a["url"].(string) + "/voice"
		}
	}
	d.t.Fatalf("there is no account %s", account)
	return ""
}

// arrive waits until the window is at another page: what is asked of the one that goes has no answer.
func (b *browser) arrive(address string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for again := time.NewTicker(20 * time.Millisecond); ; <-again.C {
		at, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.readyState + location.href"))
		if err == nil && at == "complete"+address {
			return
		}
		if ctx.Err() != nil {
			b.fail("the window is at " + at + ", not at " + address)
		}
	}
}

// speak presses the button, and again when it hears.
func (b *browser) speak() {
	b.t.Helper()
	b.click(`#talk[data-state="ready"]`)
	b.see(`#talk[data-state="recording"]`, "")
	b.until(patience, `document.getElementById("time").textContent.startsWith("0:01")`)
	b.shot("recording")
	b.click(`#talk[data-state="recording"]`)
}

// TestVoicePage_WithinWeChat has the person chosen whom WeChat would know, and speaks.
func TestVoicePage_WithinWeChat(t *testing.T) {
	d := newDesk(t)
	o := phone
	o.page, o.agent, o.script = d.voicePage("wx"), weChatAgent, fakeWX
	b := d.open(o)
	b.shot("who")
	b.click(`[data-test="person"]`)
	b.arrive(o.page)
	b.see(`#talk[data-state="ready"]`, "开始说话")
	b.shot("ready")
	if len(value[string](b, "wx.given.signature")) != 40 || value[string](b, "wx.given.appId") != "wx0000000000000001" {
		t.Errorf("wx.config got %s", value[string](b, "JSON.stringify(wx.given)"))
	}
	b.speak()
	b.see(".said .bubble", "今天<b>天气</b>怎么样。")
	b.see(".answer .bubble", "你发送的消息是: 今天<b>天气</b>怎么样。")
	b.shot("answered")
	if log := value[string](b, "wx.log.join()"); log != "start,stop,translate local1,upload local1" {
		t.Errorf("the JS-SDK was asked: %s", log)
	}
	b.click(`#talk[data-state="ready"]`)
	b.see(`#talk[data-state="recording"]`, "")
	value[bool](b, "wx.end() ?? true") // A minute is over.
	b.until(patience, `document.querySelectorAll(".said").length === 2`)
	b.see(`#talk[data-state="ready"]`, "")
	if log := value[string](b, "wx.log.join()"); !strings.HasSuffix(log, "start,translate local2,upload local2") {
		t.Errorf("the JS-SDK was asked: %s", log)
	}
}

// TestVoicePage_OfTheDesk is a link to it beside the chat.
func TestVoicePage_OfTheDesk(t *testing.T) {
	d := newDesk(t)
	b := d.open(desktop)
	b.choose("wx")
	b.see(test("voice-page"), "")
	if to := value[string](b, "document.querySelector('"+test("voice-page")+"').href"); to != d.voicePage("wx") {
		t.Errorf("the link leads to %s", to)
	}
	b.shot("link")
	b.choose("work")
	b.until(patience, "!document.querySelector('"+test("voice-page")+"')")
}

// notedWAV keeps what the page uploads.
const notedWAV = `const send = window.fetch;
window.fetch = (address, options) => {
  if (options?.body instanceof Blob) options.body.arrayBuffer().then((bytes) => (window.wav = new DataView(bytes)));
  return send(address, options);
};`

// TestVoicePage_OutsideWeChat records Chromium's own microphone, with a beep each second.
func TestVoicePage_OutsideWeChat(t *testing.T) {
	for name, o := range map[string]options{
		"phone": phone, "dark": {width: 320, height: 568, language: "en-US", dark: true}, "desktop": {width: 1280, height: 800, language: "en-US"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			o.page, o.script = d.voicePage("wx"), notedWAV
			b := d.open(o)
			b.see(`#talk[data-state="ready"]`, "")
			b.shot("ready")
			b.speak()
			b.until(patience, `/\d/.test(document.querySelector(".said .bubble")?.innerText)`) // How long it is.
			b.see(".answer .bubble", "收到一条语音消息")
			b.until(patience, `!document.querySelector(".dots")`)
			b.shot("answered")
			b.holdVoice()
			if wide := value[bool](b, "document.documentElement.scrollWidth > innerWidth"); wide {
				t.Error("the page is wider than the window")
			}
		})
	}
}

// holdVoice holds that what was uploaded is what the channel takes, and that something can be heard in it.
func (b *browser) holdVoice() {
	b.t.Helper()
	const head = `[String.fromCharCode(...new Uint8Array(wav.buffer, 0, 4)), wav.getUint16(20, true), wav.getUint16(22, true),
		wav.getUint32(24, true), wav.getUint16(34, true), wav.getUint32(40, true) === wav.byteLength - 44].join()`
	if got := value[string](b, head); got != "RIFF,1,1,16000,16,true" {
		b.t.Errorf("the recording begins with %s", got)
	}
	if seconds := value[float64](b, "(wav.byteLength - 44) / 32000"); seconds < 0.9 || seconds > 5 {
		b.t.Errorf("the recording has %v seconds", seconds)
	}
	if loud := value[int](b, "Math.max(...new Int16Array(wav.buffer, 44))"); loud < 1000 {
		b.t.Errorf("the loudest sample is %d: nothing is to be heard", loud)
	}
}

// TestVoicePage_SDKRefused: WeChat does not let the page use the JS-SDK, so it records as outside.
func TestVoicePage_SDKRefused(t *testing.T) {
	d := newDesk(t)
	o := phone
	o.page, o.agent = d.voicePage("wx"), weChatAgent
	o.script = notedWAV + `window.wx = {config() { setTimeout(() => { this.refused({}); this.allowed(); }, 0); }, ready(f) { this.allowed = f; }, error(f) { this.refused = f; }};`
	b := d.open(o)
	b.click(`[data-test="person"]`)
	b.arrive(o.page)
	b.speak()
	b.see(".answer .bubble", "收到一条语音消息")
	b.holdVoice()
}

// forgetful is a channel that was started again in the middle of an answer, and answers with everything that a bot can.
const forgetful = `let posts = 0;
window.fetch = async (address) => {
  const first = { kind: 'text', text: 'one' };
  const all = [first, { kind: 'link', url: 'https://example.com/a', title: 'T<b>', description: 'D' }, { kind: 'image' }, { kind: 'raw' },
    { kind: 'text', text: 'see <a href="https://example.com/b">this</a>, https://example.com/c。 <img src="x" onerror="alert(1)"> <a href="javascript:alert(1)">no</a>' }];
  const posted = address.startsWith('recording') && posts++;
  const [status, body] = posted === false ? [404, { error: 'unknown' }] : [200, posted ? { replies: all, over: true } : { replies: [first], over: false }];
  return new Response(JSON.stringify(body), { status });
};`

// TestVoicePage_ShowsEveryKindOnce: a reply that is shown already is not shown again, and none is more than text and links.
func TestVoicePage_ShowsEveryKindOnce(t *testing.T) {
	d := newDesk(t)
	o := phone
	o.page, o.script = d.voicePage("wx"), forgetful
	b := d.open(o)
	b.speak()
	b.until(patience, `document.querySelectorAll(".answer .bubble").length === 5 && !document.querySelector(".dots")`)
	b.shot("kinds")
	if links := value[string](b, `[...document.querySelectorAll(".answer a[href]")].map((a) => a.href).join(" ")`); links != "https://example.com/a https://example.com/b https://example.com/c" {
		t.Errorf("the links are %s", links)
	}
	text := b.text(".answer .bubble")
	for _, want := range []string{"T<b>", "[图片，请到聊天中查看]", "[这里无法显示的消息]", "see this, https://example.com/c。", "<img src=", "javascript:alert(1)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	if value[bool](b, `document.querySelector("main img, main b, main script") !== null`) {
		t.Error("what came from the bot became markup")
	}
}

// TestVoicePage_Keyboard starts and stops with Enter; the focus stays.
func TestVoicePage_Keyboard(t *testing.T) {
	d := newDesk(t)
	o := desktop
	o.page = d.voicePage("wx")
	b := d.open(o)
	b.see(`#talk[data-state="ready"]`, "")
	b.do(chromedp.SendKeys(chromedp.CSS("#talk"), kb.Enter))
	b.see(`#talk[data-state="recording"]:focus`, "")
	b.until(patience, `document.getElementById("time").textContent.startsWith("0:01")`)
	b.do(chromedp.SendKeys(chromedp.CSS("#talk"), " "))
	b.see(".answer .bubble", "收到一条语音消息")
	b.see(`#talk[data-state="ready"]:focus`, "")
}

// TestVoicePage_SaysWhatIsWrong in words that a person understands.
func TestVoicePage_SaysWhatIsWrong(t *testing.T) {
	const offline = `const send = window.fetch; let left = 5; window.fetch = (...given) => (left-- > 0 ? Promise.reject(new TypeError()) : send(...given));`
	const clock = `const now = performance.now.bind(performance); let ahead = 0; performance.now = () => now() + ahead;`
	tests := map[string]struct {
		script string
		do     func(b *browser)
	}{
		"refused": {`navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));`, func(b *browser) {
			b.click(`#talk[data-state="ready"]`)
			b.see("#status.bad", "没有麦克风权限")
			b.see(`#talk[data-state="ready"]:focus`, "")
		}},
		"no microphone": {`navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));`, func(b *browser) {
			b.click(`#talk[data-state="ready"]`)
			b.see("#status.bad", "没有找到可用的麦克风")
		}},
		"too short": {"", func(b *browser) {
			b.click(`#talk[data-state="ready"]`)
			b.click(`#talk[data-state="recording"]`)
			b.see("#status.bad", "太短了")
		}},
		"no network, and then there is": {offline, func(b *browser) {
			b.speak()
			b.see(".said .note.bad", "网络不通")
			b.shot("no-network")
			b.click(".again")
			b.see(".answer .bubble", "收到一条语音消息")
			b.until(patience, `!document.querySelector(".note")`)
		}},
		"a minute": {clock, func(b *browser) {
			b.click(`#talk[data-state="ready"]`)
			b.see(`#talk[data-state="recording"]`, "")
			b.until(patience, `document.getElementById("time").textContent.startsWith("0:01")`)
			value[float64](b, "ahead = 59500")
			b.see("#status", "一次最多一分钟")
			b.see(".said .bubble", "60")
			b.see(".answer .bubble", "收到一条语音消息")
		}},
		"without cookies": {"", func(b *browser) {
			b.loseCookies()
			b.speak()
			b.see(".said .note.bad", "请刷新")
			b.forgive()
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			o := phone
			o.page, o.script = d.voicePage("wx"), test.script
			b := d.open(o)
			b.see(`#talk[data-state="ready"]`, "")
			test.do(b)
		})
	}
}

// loseCookies forgets the session.
func (b *browser) loseCookies() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		b.t.Fatal(err)
	}
}
