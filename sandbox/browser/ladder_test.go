package browser

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// quietYAML is the bot of an account that may not send customer-service messages, with a plugin that is too slow for WeChat.
const quietYAML = `
listen: "127.0.0.1:0"
channels: {quiet: {mp: {path: /wx, app_id: wx0000000000000001, mode: safe, account: unverified, original_id: gh_000000000001, late: {hold: false}}}}
plugins: {slow: {command: [BINARY, be-slow]}}
routes: [{to: [slow]}]
`

const beSlow = "be-slow"

// slow answers after six seconds, with more than one message can hold.
func slow(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	select {
	case <-time.After(6 * time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	return r.Reply(sdk.Text{Text: "想好了：" + m.Text() + strings.Repeat("。很长", 300) + "。完"})
}

// TestPage_LateAnswerIsReadByTapping is a person of an unverified account: they are told that the answer takes longer, tap the link in
// the text, and read the answer page by page.
func TestPage_LateAnswerIsReadByTapping(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, yaml: strings.Replace(quietYAML, "BINARY", fmt.Sprintf("%q", self), 1)}
	d.start("127.0.0.1:0")
	b := d.open(options{width: 390, height: 844, language: "zh-CN"})
	b.say("难题")
	link := test("bubble") + `[data-kind="saw"] .link-button`
	b.see(link, "查看")
	b.shot("told")
	b.click(link)
	b.sees("想好了：难题")
	b.until(patience, `document.querySelectorAll('`+link+`').length == 2`)
	b.shot("first-page")
	value[any](b, `[...document.querySelectorAll('`+link+`')].at(-1).click()`)
	b.sees("。完")
	b.shot("last-page")
	if n := value[int](b, `document.querySelectorAll('[data-test="bubble"][data-kind="saw"]').length`); n != 3 {
		t.Errorf("the person sees %d messages, want 3", n)
	}
}
