package examine

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/chuanhuabot/bot/internal/report"
)

const (
	// localTimeout bounds the visit to the bot on this machine.
	localTimeout = 3 * time.Second
	// maxAnswer is the most bytes that are read of what it answers.
	maxAnswer = 1 << 10
)

// Answer is what the program that listens on this machine has said.
type Answer struct {
	At     string // Its address, without the query.
	Status int
	Body   string
}

// Is tells whether an answer is a text.
func (a Answer) Is(text string) bool { return a.Status == http.StatusOK && a.Body == text }

// Knock visits the bot on this machine, with a query that the platform could have made for the owner who saves the settings of the
// callback. It is a GET, which makes no message. It blocks for at most 3 s, or until ctx ends. Where nothing answers it adds that,
// and returns false.
func (e *Examination) Knock(ctx context.Context, path string, query url.Values) (Answer, bool) {
	if e.Local == "" {
		e.Add(report.Hint, report.Say("listen 没有固定的端口，无法检查机器人是否在本机运行", "listen has no port of its own, so whether the bot runs here was not examined"), report.Text{})
		return Answer{}, false
	}
	at := e.Local + path
	status, body, err := knock(ctx, at+"?"+query.Encode())
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Add(report.Warning, report.Textf("机器人没有在这里运行：%s 没有程序在监听", "the bot is not running here: nothing listens at %s", e.Local),
			report.Say("运行 bot run 之后再检查一次；若机器人在别的机器上，请到那台机器上运行 bot doctor", "start it with bot run and ask again; if it runs on another machine, run bot doctor there"))
	case err != nil:
		e.Add(report.Fault, report.Textf("%s 的程序没有正常回答", "what listens at %s does not answer properly", e.Local), restart(), err.Error())
	}
	return Answer{At: at, Status: status, Body: body}, err == nil
}

// Unexpected adds what an answer tells that is not the wanted one, which the bot gives that has the settings of bot.yaml. compare
// is the cure if the token is another one.
func (e *Examination) Unexpected(a Answer, wanted, compare report.Text) {
	if a.Status == http.StatusForbidden {
		e.Add(report.Fault, report.Textf("%s 不认 bot.yaml 的 token：正在运行的机器人用的是另一个", "%s does not take the token of bot.yaml: the bot that runs has another one", a.At), compare)
		return
	}
	e.Add(report.Fault, report.Textf("%s 回答的不是 %s（状态 %d）：那里不是这个机器人，或者 path 不同",
		"%s does not answer %s (status %d): it is not this bot, or path differs", a.At, wanted, a.Status), restart())
}

func restart() report.Text {
	return report.Say("若刚改过 bot.yaml，重启机器人；也可能是别的程序占用了这个端口", "if bot.yaml was changed, start the bot again; or another program has this port")
}

// knock makes one GET without a proxy. Its errors do not contain the address, which is signed.
func knock(ctx context.Context, address string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, localTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", errors.New("not an address")
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(r)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return response.StatusCode, string(text), err
}
