package browser

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPage_BothAccountsAnswer is what the README promises: type 你好, and an answer comes; beside it stands how.
func TestPage_BothAccountsAnswer(t *testing.T) {
	b := newDesk(t).open(desktop)
	b.shot("empty")
	b.choose("wx")
	b.say("你好")
	b.sees("你发送的消息是: 你好")
	b.see(test("inspector")+" "+test("exchange")+`[data-direction="callback"][data-try="1"]`, "")
	b.see(test("inspector")+" "+test("turn"), "echo")
	b.shot("mp")
	b.choose("work")
	b.say("你好")
	b.sees("你好")
	b.see(test("inspector")+" "+test("exchange")+`[data-direction="call"]`, "/cgi-bin/kf/send_msg")
	b.shot("kf")
}

// TestPage_ShowsWhatWasEncrypted opens a request and finds the message inside it.
func TestPage_ShowsWhatWasEncrypted(t *testing.T) {
	b := newDesk(t).open(desktop)
	b.choose("wx")
	b.say("secret words")
	b.sees("secret words")
	row := test("inspector") + " " + test("exchange") + `[data-direction="callback"]`
	b.click(row + " summary")
	b.see(row, "msg_signature")
	b.see(row, "<Content><![CDATA[secret words]]></Content>")
	b.until(patience, `/<Encrypt>/.test(document.querySelector('[data-test="exchange"]').textContent)`)
	b.shot("open")
}

// choosing answers the next dialog for files with one.
func (b *browser) choosing(file string, open func()) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true}); err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	opened := make(chan *page.EventFileChooserOpened, 1)
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*page.EventFileChooserOpened); ok {
			opened <- e
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	open()
	select {
	case e := <-opened:
		_, err := chromedp.Call(b.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, BackendNodeID: e.BackendNodeID})
		if err != nil {
			b.t.Fatal(err)
		}
	case <-ctx.Done():
		b.fail("no dialog for files")
	}
}

// TestPage_VoiceClips sends a file as phones record it, and what the microphone of the browser hears.
func TestPage_VoiceClips(t *testing.T) {
	b := newDesk(t).open(desktop)
	b.choose("wx")
	clip := filepath.Join(t.TempDir(), "clip.amr")
	if err := os.WriteFile(clip, []byte("#!AMR\n"+strings.Repeat("\x7c", 50)), 0o600); err != nil { // A second of silence.
		t.Fatal(err)
	}
	b.click(test("plus"))
	b.shot("plus")
	b.choosing(clip, func() { b.click(test("voice-file")) })
	b.see(test("bubble")+`[data-kind="said"][data-type="voice"]`, "")
	b.sees("收到一条语音消息")
	b.click(test("plus"))
	b.click(test("record")) // Opens the recorder.
	b.click(test("record")) // Begins.
	b.until(patience, `/[1-9]\.\d″/.test(document.querySelector('.recorder')?.innerText ?? "")`)
	b.shot("recording")
	b.click(test("record"))
	b.until(patience, `document.querySelectorAll('[data-test="bubble"][data-kind="said"][data-type="voice"]').length == 2`)
	b.until(patience, `document.querySelectorAll('[data-test="bubble"][data-kind="saw"]').length == 2`)
	b.shot("sent")
	var recorded []byte
	for _, e := range b.desk.do("GET", "transcript?account=wx&kind=said", "")["entries"].([]any) {
		detail := e.(map[string]any)["detail"].(map[string]any)
		recorded = b.media("wx", detail["media"].(string))
	}
	if !strings.HasPrefix(string(recorded), "RIFF") || len(recorded) < 16_000 {
		t.Errorf("the recording has %d bytes: %.20q", len(recorded), recorded)
	}
}

// TestPage_RetryIsShown loses a request: the page shows the five seconds, and the try that brought the answer.
func TestPage_RetryIsShown(t *testing.T) {
	b := newDesk(t).open(desktop)
	b.choose("wx")
	b.click(test("tab-faults"))
	b.do(chromedp.SetValue(chromedp.CSS(test("fault-lost")), "1"), chromedp.Click(chromedp.CSS(test("fault-push-set"))))
	b.see(test("active-faults"), "")
	b.see(test("fault-indicator"), "")
	b.shot("faults")
	b.say("again")
	b.click(test("tab-wire"))
	b.see(test("waiting"), "")
	b.shot("waiting")
	b.sees("again")
	b.see(test("exchange")+`[data-try="1"]`, "")
	b.see(test("exchange")+`[data-try="2"]`, "")
	b.shot("answered")
	if n := value[int](b, `document.querySelectorAll('[data-test="bubble"][data-kind="saw"]').length`); n != 1 {
		t.Errorf("%d answers are seen", n)
	}
}

// TestPage_FaultBannerIsShown makes the platform send what a bot must refuse.
func TestPage_FaultBannerIsShown(t *testing.T) {
	b := newDesk(t).open(desktop)
	b.choose("wx")
	b.click(test("tab-faults"))
	b.do(chromedp.Click(chromedp.CSS(test("fault-wrong_signature")+" + span")), chromedp.Click(chromedp.CSS(test("fault-push-set"))))
	b.see(test("active-faults"), "")
	b.say("forged")
	b.see(test("fault-banner"), "该公众号提供的服务出现故障，请稍后再试")
	b.click(test("tab-wire"))
	b.see(test("exchange")+`[data-try="4"]`, "403")
	b.shot("banner")
}

// TestPage_SeatTakesOver is a customer whom a servicer takes from the bot, and gives back.
func TestPage_SeatTakesOver(t *testing.T) {
	b := newDesk(t).open(desktop)
	b.choose("work")
	b.say("is anybody there?")
	b.sees("is anybody there?")
	b.click(test("seat-open"))
	b.see(test("session")+`[data-state="0"]`, "")
	b.click(test("seat-take"))
	b.see(test("session")+`[data-state="3"]`, "")
	b.do(chromedp.SendKeys(chromedp.CSS(test("seat-text")), "我是张三"+kb.Enter))
	b.sees("我是张三")
	b.say("thanks") // The bot is silent now.
	b.shot("seat")
	b.click(test("seat-end"))
	b.see(test("session")+`[data-state="4"]`, "")
	b.say("and the bot?")
	b.sees("你发送的消息是: and the bot?")
}

func TestPage_ClockMoves(t *testing.T) {
	b := newDesk(t).open(desktop)
	b.choose("wx")
	b.say("hi")
	b.sees("hi")
	b.see(test("window"), "5")
	b.click(test("tab-faults"))
	b.click(test("clock-48h"))
	b.see(test("fault-indicator"), "")
	if moved := b.desk.do("GET", "state", "")["moved"]; moved != "48h0m0s" {
		t.Errorf("moved by %v", moved)
	}
	b.say("two days later")
	b.sees("two days later") // The bot's own clock has not moved, and what it checks has not either.
	b.shot("moved")
}

func TestPage_Keyboard(t *testing.T) {
	b := newDesk(t).open(desktop)
	b.choose("wx")
	b.do(chromedp.KeyEvent("k", chromedp.KeyModifiers(kb.ModifierCtrl)))
	b.until(patience, `document.activeElement?.dataset.test == "search"`)
	b.do(chromedp.KeyEvent("work 小明"))
	b.enter()
	b.until(patience, `document.querySelector('[data-test="seat-open"]')?.checkVisibility()`) // Of KF only.
	b.do(chromedp.KeyEvent(kb.Escape))
	b.until(patience, `document.activeElement?.dataset.test == "composer"`)
	b.do(chromedp.KeyEvent("from the keyboard"))
	b.enter()
	b.sees("from the keyboard")
}

func TestPage_LanguagesAndThemes(t *testing.T) {
	d := newDesk(t)
	b := d.open(options{width: 1440, height: 900, language: "en-US", dark: true})
	b.choose("wx")
	b.say("hello")
	b.sees("hello")
	if got := value[string](b, `document.documentElement.lang`); got != "en" {
		t.Errorf("the page is in %s", got)
	}
	dark := value[string](b, `getComputedStyle(document.body).backgroundColor`)
	b.shot("dark-en")
	b.click(test("lang"))
	b.until(patience, `document.documentElement.lang.startsWith("zh")`)
	b.click(test("theme"))
	b.until(patience, `getComputedStyle(document.body).backgroundColor != "`+dark+`"`)
	b.shot("light-zh")
	b.do(chromedp.Reload())
	b.until(patience, `document.documentElement.lang.startsWith("zh") && getComputedStyle(document.body).backgroundColor != "`+dark+`"`)
}

// TestPage_OnPhones goes through a conversation at the widths of phones: nothing may stand beside the screen.
func TestPage_OnPhones(t *testing.T) {
	d := newDesk(t)
	for name, o := range map[string]options{
		"small": {width: 320, height: 640, language: "zh-CN"}, "usual": {width: 390, height: 844, language: "en-US", dark: true},
	} {
		b := d.open(o)
		b.until(patience, `document.querySelectorAll('[data-test="composer"]').length > 0`)
		b.say("on a phone " + name)
		b.sees("on a phone " + name)
		b.shot(name + "-chat")
		within := `document.documentElement.scrollWidth <= innerWidth`
		if !value[bool](b, within) {
			t.Errorf("%s: the chat is wider than the screen", name)
		}
		b.click(test("bubble") + `[data-kind="saw"]`)
		b.see(test("inspector")+" "+test("exchange"), "")
		b.shot(name + "-wire")
		if !value[bool](b, within) {
			t.Errorf("%s: the wire is wider than the screen", name)
		}
		b.click(test("pane-back"))
		b.see(test("composer"), "")
	}
}

// TestPage_ComesBack ends the sandbox under the page and starts it anew: the page begins anew too.
func TestPage_ComesBack(t *testing.T) {
	d := newDesk(t)
	b := d.open(desktop)
	b.choose("wx")
	b.say("before")
	b.sees("before")
	listen := strings.TrimSuffix(strings.TrimPrefix(d.url, "http://"), "/")
	d.stop()
	time.Sleep(time.Second) // Long enough for the page to notice: what it shows then is part of its pictures.
	b.shot("lost")
	d.start(listen)
	b.until(patience, `!document.querySelector('[data-test="bubble"]')`)
	b.say("after")
	b.sees("after")
	b.forgive() // Its requests failed meanwhile.
}
