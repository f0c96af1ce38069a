package kf

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

const codeAddress = 60020

// sources lists the addresses that callbacks come from (page 96238). It is the first call that shows whether the platform trusts this
// machine's address, and returns false if it does not.
func (e *examination) sources(ctx context.Context) bool {
	var out struct {
		Addresses []string `json:"ip_list"`
	}
	err := e.api.Get(ctx, "/cgi-bin/getcallbackip", nil, &out)
	if err != nil {
		// Whether every app may ask for this is not documented: nothing is wrong then, and nothing to be done.
		level := report.Hint
		if code := wx.CodeOf(err); code == 0 || code == codeAddress || code == codeQuota {
			level = levelOf(err)
		}
		e.failed(level, report.Say("查不到企业微信回调的来源地址", "the addresses that callbacks come from are not told"), err)
		return level != report.Fault
	}
	shown := out.Addresses[:min(len(out.Addresses), 500)]
	e.add(report.OK, report.Textf("企业微信会从这 %d 个地址访问机器人；有防火墙的话请放行", "WeCom calls the bot from these %d addresses; let them pass your firewall", len(out.Addresses)),
		report.Text{}, shown...)
	return true
}

const (
	// localTimeout bounds the visit to the bot on this machine.
	localTimeout = 3 * time.Second
	// maxEcho is the most bytes that are read of what it answers.
	maxEcho = 1 << 10
)

// callback visits the bot on this machine as the platform does when the owner saves the callback settings (page 91144). It is a GET,
// which makes no message.
func (e *examination) callback(ctx context.Context) {
	if e.local == "" {
		e.add(report.Hint, report.Say("listen 没有固定的端口，无法检查机器人是否在本机运行", "listen has no port of its own, so whether the bot runs here was not examined"), report.Text{})
		return
	}
	at, echo := e.local+e.config.Path, rand.Text()
	query, err := e.check(echo)
	if err != nil {
		e.add(report.Fault, report.Textf("不能为检查签名：%v", "the check cannot be signed: %v", err), report.Text{})
		return
	}
	status, body, err := knock(ctx, at+"?"+query.Encode())
	restart := report.Say("若刚改过 bot.yaml，重启机器人；也可能是别的程序占用了这个端口", "if bot.yaml was changed, start the bot again; or another program has this port")
	again := report.Say("重启机器人，并核对后台填的 Token、EncodingAESKey 和企业 ID", "start the bot again, and compare Token, EncodingAESKey and the company's ID in the console")
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		e.add(report.Warning, report.Textf("机器人没有在这里运行：%s 没有程序在监听", "the bot is not running here: nothing listens at %s", e.local),
			report.Say("运行 bot run 之后再检查一次；若机器人在别的机器上，请到那台机器上运行 bot doctor", "start it with bot run and ask again; if it runs on another machine, run bot doctor there"))
	case err != nil:
		e.add(report.Fault, report.Textf("%s 的程序没有正常回答", "what listens at %s does not answer properly", e.local), restart, err.Error())
	case status == http.StatusOK && body == echo:
		e.add(report.OK, report.Textf("机器人正在运行，%s 用 bot.yaml 的 token、aes_key 和 corp_id 能通过 URL 验证",
			"the bot runs, and %s passes the check of the URL with the token, aes_key and corp_id of bot.yaml", at), report.Text{})
	case status == http.StatusForbidden:
		e.add(report.Fault, report.Textf("%s 不认 bot.yaml 的 token：正在运行的机器人用的是另一个", "%s does not take the token of bot.yaml: the bot that runs has another one", at), again)
	case status == http.StatusBadRequest:
		e.add(report.Fault, report.Textf("%s 解不开用 bot.yaml 的 aes_key 和 corp_id 加密的内容：正在运行的机器人用的是另外的",
			"%s cannot decrypt what the aes_key and corp_id of bot.yaml have encrypted: the bot that runs has others", at), again)
	default:
		e.add(report.Fault, report.Textf("%s 回答的不是 echostr 的明文（状态 %d）：那里不是这个机器人，或者 path 不同",
			"%s does not answer the text inside echostr (status %d): it is not this bot, or path differs", at, status), restart)
	}
}

// check returns the query of a check of the URL with a text inside.
func (e *examination) check(echo string) (url.Values, error) {
	key, err := wx.NewKey(e.config.AESKey.Value())
	if err != nil {
		return nil, err
	}
	random := func(b []byte) { _, _ = rand.Read(b) } // It never fails.
	sealed := wx.NewEnvelope(e.config.CorpID, random, key).Seal(key, []byte(echo))
	timestamp, nonce := fmt.Sprint(time.Now().Unix()), rand.Text()
	return url.Values{
		"timestamp": {timestamp}, "nonce": {nonce}, "echostr": {sealed},
		"msg_signature": {wx.Signature(e.config.Token.Value(), timestamp, nonce, sealed)},
	}, nil
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
	text, err := io.ReadAll(io.LimitReader(response.Body, maxEcho))
	return response.StatusCode, string(text), err
}
