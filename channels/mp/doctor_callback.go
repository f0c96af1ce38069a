package mp

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// network has the platform look up the host of the URL that is set in its console, and ping it
// (developers.weixin.qq.com/doc/service/Basic_Information/Network_Detection.html).
func (e *examination) network(ctx context.Context) {
	var out struct {
		DNS []struct {
			IP string `json:"ip"`
		} `json:"dns"`
		Ping []struct {
			IP   string `json:"ip"`
			Loss string `json:"package_loss"`
		} `json:"ping"`
	}
	err := e.api.Post(ctx, "/cgi-bin/callback/check", map[string]any{"action": "all", "check_operator": "DEFAULT"}, &out)
	if err != nil {
		e.untold(report.Say("微信没有测试到机器人的网络", "WeChat has not tested the network to the bot"), err)
		return
	}
	var found, lost []string
	for _, d := range out.DNS {
		found = append(found, d.IP)
	}
	for _, p := range out.Ping {
		if p.Loss == "100%" {
			lost = append(lost, p.IP)
		}
	}
	switch {
	case len(found) == 0:
		e.Add(report.Warning, report.Say("微信没有解析出回调域名的地址", "WeChat finds no address for the host of the callback URL"),
			report.Say("检查后台里的 URL 和域名的 DNS 解析", "check the URL in the console and the DNS of its host"))
	case len(lost) > 0:
		// Many servers that answer HTTP answer no ping, so this proves nothing.
		e.Add(report.Hint, report.Say("微信 ping 不通回调域名的这些地址；若能收到消息，可以不管", "WeChat's ping gets no answer from these addresses of the callback URL; never mind if messages arrive"),
			report.Say("收不到消息的话，检查防火墙、端口（只能是 80 或 443）和证书", "if none do, check the firewall, the port (80 or 443 only) and the certificate"), lost...)
	default:
		e.Add(report.OK, report.Say("微信能连到回调域名的地址", "WeChat reaches the addresses of the callback URL"), report.Text{}, found...)
	}
}

// callback visits the bot on this machine as the platform does when the owner saves the server settings. It is a GET, which makes
// no message.
func (e *examination) callback(ctx context.Context) {
	timestamp, nonce, echo := fmt.Sprint(time.Now().Unix()), rand.Text(), rand.Text()
	a, answered := e.Knock(ctx, e.config.Path, url.Values{
		"timestamp": {timestamp}, "nonce": {nonce}, "echostr": {echo}, "signature": {wx.Signature(e.config.Token.Value(), timestamp, nonce)},
	})
	switch {
	case !answered:
	case a.Is(echo):
		e.Add(report.OK, report.Textf("机器人正在运行，%s 用 bot.yaml 的 token 验签正常", "the bot runs, and %s takes signatures with the token of bot.yaml", a.At), report.Text{})
	default:
		e.Unexpected(a, report.Say("echostr", "the echostr"), report.Say("重启机器人，并核对微信后台填的 Token", "start the bot again, and compare the Token in WeChat's console"))
	}
}

// mode says what can be said of the mode. Which one the console has, the API does not tell; a bot that gets messages of another
// one refuses them, and its log says so.
func (e *examination) mode() {
	console := map[string]string{ModePlain: "明文模式", ModeCompatible: "兼容模式", ModeSafe: "安全模式"}[e.config.Mode]
	sign := errPlain
	if e.config.Mode == ModePlain {
		sign = errEncrypted
	}
	if e.config.Account == "test" && e.config.Mode != ModePlain {
		e.Add(report.Warning, report.Say("测试号没有 EncodingAESKey，只能用明文模式", "test accounts have no EncodingAESKey, so they are in plain mode"),
			report.Say("写 mode: plain", "write mode: plain"))
		return
	}
	e.Add(report.Hint, report.Textf("加密模式无法向微信查询：后台的“消息加解密方式”须是%s（mode: %s）。若不一致，消息会被拒绝，日志里会有：",
		"the mode cannot be asked for: the console's 消息加解密方式 must be %s (mode: %s). If it is not, messages are refused and the log says:", console, e.config.Mode),
		report.Text{}, `msg="request refused" err="`+sign.Error()+`"`)
}
