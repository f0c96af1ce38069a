package kf

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

const codeAddress = 60020

// sources lists the addresses that callbacks come from. It is the first call that shows whether the platform trusts this machine's
// address, and returns false if it does not.
func (e *examination) sources(ctx context.Context) bool {
	return report.Fault != e.Sources(ctx, func(err error) report.Level {
		// Whether every app may ask for this is not documented: nothing is wrong then, and nothing to be done.
		if code := wx.CodeOf(err); code != 0 && code != codeAddress && code != codeQuota {
			return report.Hint
		}
		return levelOf(err)
	})
}

// callback visits the bot on this machine as the platform does when the owner saves the callback settings (page 91144). It is a GET,
// which makes no message.
func (e *examination) callback(ctx context.Context) {
	echo := rand.Text()
	query, err := e.check(echo)
	if err != nil {
		e.Add(report.Fault, report.Textf("不能为检查签名：%v", "the check cannot be signed: %v", err), report.Text{})
		return
	}
	a, answered := e.Knock(ctx, e.config.Path, query)
	again := report.Say("重启机器人，并核对后台填的 Token、EncodingAESKey 和企业 ID", "start the bot again, and compare Token, EncodingAESKey and the company's ID in the console")
	switch {
	case !answered:
	case a.Is(echo):
		e.Add(report.OK, report.Textf("机器人正在运行，%s 用 bot.yaml 的 token、aes_key 和 corp_id 能通过 URL 验证",
			"the bot runs, and %s passes the check of the URL with the token, aes_key and corp_id of bot.yaml", a.At), report.Text{})
	case a.Status == http.StatusBadRequest:
		e.Add(report.Fault, report.Textf("%s 解不开用 bot.yaml 的 aes_key 和 corp_id 加密的内容：正在运行的机器人用的是另外的",
			"%s cannot decrypt what the aes_key and corp_id of bot.yaml have encrypted: the bot that runs has others", a.At), again)
	default:
		e.Unexpected(a, report.Say("echostr 的明文", "the text inside echostr"), again)
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
