package browser

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long something on the page may take that needs no retry of the platform.
const patience = 20 * time.Second

// browser is one window of Chromium on the page of a desk.
type browser struct {
	*desk
	ctx context.Context

	mu         sync.Mutex
	complaints []string // What the page has done wrong, as the browser says.
}

// options are those of a window.
type options struct {
	width, height int64
	language      string // Of the browser: zh-CN or en-US.
	dark          bool
	page          string // Its address; that of the sandbox's page if it is empty.
	agent         string // The User-Agent; that of Chromium if it is empty.
	script        string // What runs before the page's own scripts.
	microphone    string // A file of WAV that it hears, once; beeps if it is empty.
}

var desktop = options{width: 1440, height: 900, language: "zh-CN"}

// open opens a window. That the browser complains of nothing is held at its end.
func (d *desk) open(o options) *browser {
	d.t.Helper()
	b := &browser{desk: d}
	var heard []chromedp.ExecAllocatorOption
	if o.microphone != "" {
		heard = append(heard, chromedp.Flag("use-file-for-fake-audio-capture", o.microphone+"%noloop"))
	}
	allocated, cancel := chromedp.NewExecAllocator(d.t.Context(), append(append(chromedp.DefaultExecAllocatorOptions[:], heard...),
		chromedp.NoSandbox, chromedp.ExecPath("chromium"), chromedp.WindowSize(int(o.width), int(o.height)),
		chromedp.Flag("lang", o.language), chromedp.Flag("accept-lang", o.language),
		chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
	)...)
	d.t.Cleanup(cancel)
	b.ctx, cancel = chromedp.NewContext(allocated, chromedp.WithListener(b.listen))
	d.t.Cleanup(cancel)
	d.t.Cleanup(b.holdQuiet)
	// The browser lives as long as the context that starts it, so that one has no deadline.
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(o.width, o.height)); err != nil {
		d.t.Fatal(err)
	}
	scheme := map[bool]string{false: "light", true: "dark"}[o.dark]
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		d.t.Fatal(err)
	}
	b.disguise(o)
	b.do(chromedp.Navigate(cmp.Or(o.page, d.url)))
	return b
}

// disguise makes the browser another one.
func (b *browser) disguise(o options) {
	b.t.Helper()
	var err error
	if o.agent != "" {
		_, err = chromedp.Call(b.ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: o.agent, AcceptLanguage: o.language})
	}
	if err == nil && o.script != "" {
		_, err = chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: o.script})
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// listen gathers exceptions, console errors and breaches of the Content-Security-Policy.
func (b *browser) listen(event any) {
	text := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = fmt.Sprintf("%+v", e.ExceptionDetails)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			text = fmt.Sprintf("%s %+v", e.Type, e.Args)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if text == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, text)
}

// holdQuiet holds that the browser has complained of nothing.
func (b *browser) holdQuiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Errorf("the browser complains: %s", c)
	}
}

// forgive forgets what the browser has complained of, where the test has broken something itself.
func (b *browser) forgive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = nil
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.fail(err.Error())
	}
}

// fail ends the test with what the page shows.
func (b *browser) fail(why string) {
	b.t.Helper()
	b.shot("failed")
	b.t.Fatalf("%s\nthe page: %.3000s", why, b.text("body"))
}

// value returns what an expression of JavaScript comes to.
func value[T any](b *browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Errorf("%s: %v", expression, err)
	}
	return v
}

// text returns what stands in all elements that fit.
func (b *browser) text(selector string) string {
	b.t.Helper()
	return value[string](b, fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.innerText).join("\n")`, selector))
}

// see waits until an element can be seen that fits and has the text.
func (b *browser) see(selector, text string) { b.t.Helper(); b.seeWithin(patience, selector, text) }

func (b *browser) seeWithin(d time.Duration, selector, text string) {
	b.t.Helper()
	b.until(d, fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.checkVisibility() && e.innerText.includes(%q))`, selector, text))
}

// until waits until an expression of JavaScript is true.
func (b *browser) until(d time.Duration, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, d+patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(d)))
	if err != nil {
		b.fail(fmt.Sprintf("not true in %s: %s: %v", d, expression, err))
	}
}

func test(name string) string { return `[data-test="` + name + `"]` }

func (b *browser) click(selector string) {
	b.t.Helper()
	b.see(selector, "")
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// choose opens the conversation of 小明 with an account.
func (b *browser) choose(account string) {
	b.t.Helper()
	id, person := b.person(account)
	b.click(test("account") + `[data-id="` + id + `"]`) // The rail has the people of one account.
	b.click(test("person") + `[data-id="` + person + `"]`)
}

// say types a text and sends it with Enter.
func (b *browser) say(text string) {
	b.t.Helper()
	b.see(test("composer"), "")
	b.do(chromedp.SendKeys(chromedp.CSS(test("composer")), text))
	b.enter()
	b.see(test("bubble")+`[data-kind="said"]`, text)
}

// enter presses Enter as a keyboard does: the page takes the press away, so no line break follows.
func (b *browser) enter() {
	b.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, NativeVirtualKeyCode: 13,
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
}

// sees waits for a bubble that the person sees.
func (b *browser) sees(text string) { b.t.Helper(); b.see(test("bubble")+`[data-kind="saw"]`, text) }

// shot writes a picture of the window into the folder BOT_SCREENSHOTS, if that is set.
func (b *browser) shot(name string) {
	dir := os.Getenv("BOT_SCREENSHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Sleep(400*time.Millisecond)) // Transitions end.
	var picture []byte
	if err == nil {
		picture, err = chromedp.Run(ctx, chromedp.CaptureScreenshot())
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(b.t.Name(), "/", "_")+"_"+name+".png"), picture, 0o600)
	}
	if err != nil {
		b.t.Logf("no picture: %v", err)
	}
}
