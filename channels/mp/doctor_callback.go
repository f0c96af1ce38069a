package mp

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

// sources lists the addresses that callbacks come from (developers.weixin.qq.com, page api_getcallbackip).
func (e *examination) sources(ctx context.Context) {
	var out struct {
		Addresses []string `json:"ip_list"`
	}
	if err := e.api.Get(ctx, "/cgi-bin/getcallbackip", nil, &out); err != nil {
		e.untold(report.Say("查不到微信回调的来源地址", "the addresses that callbacks come from are not told"), err)
		return
	}
	shown := out.Addresses[:min(len(out.Addresses), 500)]
	e.add(report.OK, report.Textf("微信会从这 %d 个地址访问机器人；有防火墙的话请放行", "WeChat calls the bot from these %d addresses; let them pass your firewall", len(out.Addresses)),
		report.Text{}, shown...)
}

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
		e.add(report.Warning, report.Say("微信没有解析出回调域名的地址", "WeChat finds no address for the host of the callback URL"),
			report.Say("检查后台里的 URL 和域名的 DNS 解析", "check the URL in the console and the DNS of its host"))
	case len(lost) > 0:
		// Many servers that answer HTTP answer no ping, so this proves nothing.
		e.add(report.Hint, report.Say("微信 ping 不通回调域名的这些地址；若能收到消息，可以不管", "WeChat's ping gets no answer from these addresses of the callback URL; never mind if messages arrive"),
			report.Say("收不到消息的话，检查防火墙、端口（只能是 80 或 443）和证书", "if none do, check the firewall, the port (80 or 443 only) and the certificate"), lost...)
	default:
		e.add(report.OK, report.Say("微信能连到回调域名的地址", "WeChat reaches the addresses of the callback URL"), report.Text{}, found...)
	}
}

const (
	// localTimeout bounds the visit to the bot on this machine.
	localTimeout = 3 * time.Second
	// maxEcho is the most bytes that are read of what it answers.
	maxEcho = 1 << 10
)

// callback visits the bot on this machine as the platform does when the owner saves the server settings. It is a GET, which makes
// no message.
func (e *examination) callback(ctx context.Context) {
	if e.local == "" {
		e.add(report.Hint, report.Say("listen 没有固定的端口，无法检查机器人是否在本机运行", "listen has no port of its own, so whether the bot runs here was not examined"), report.Text{})
		return
	}
	timestamp, nonce, echo := fmt.Sprint(time.Now().Unix()), rand.Text(), rand.Text()
	q := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "echostr": {echo},
		"signature": {wx.Signature(e.config.Token.Value(), timestamp, nonce)}}
	at := e.local + e.config.Path
	status, body, err := knock(ctx, at+"?"+q.Encode())
	restart := report.Say("若刚改过 bot.yaml，重启机器人；也可能是别的程序占用了这个端口", "if bot.yaml was changed, start the bot again; or another program has this port")
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		e.add(report.Warning, report.Textf("机器人没有在这里运行：%s 没有程序在监听", "the bot is not running here: nothing listens at %s", e.local),
			report.Say("运行 bot run 之后再检查一次；若机器人在别的机器上，请到那台机器上运行 bot doctor", "start it with bot run and ask again; if it runs on another machine, run bot doctor there"))
	case err != nil:
		e.add(report.Fault, report.Textf("%s 的程序没有正常回答", "what listens at %s does not answer properly", e.local), restart, err.Error())
	case status == http.StatusOK && body == echo:
		e.add(report.OK, report.Textf("机器人正在运行，%s 用 bot.yaml 的 token 验签正常", "the bot runs, and %s takes signatures with the token of bot.yaml", at), report.Text{})
	case status == http.StatusForbidden:
		e.add(report.Fault, report.Textf("%s 不认 bot.yaml 的 token：正在运行的机器人用的是另一个", "%s does not take the token of bot.yaml: the bot that runs has another one", at),
			report.Say("重启机器人，并核对微信后台填的 Token", "start the bot again, and compare the Token in WeChat's console"))
	default:
		e.add(report.Fault, report.Textf("%s 回答的不是 echostr（状态 %d）：那里不是这个机器人，或者 path 不同", "%s does not answer the echostr (status %d): it is not this bot, or path differs", at, status), restart)
	}
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

// mode says what can be said of the mode. Which one the console has, the API does not tell; a bot that gets messages of another
// one refuses them, and its log says so.
func (e *examination) mode() {
	console := map[string]string{ModePlain: "明文模式", ModeCompatible: "兼容模式", ModeSafe: "安全模式"}[e.config.Mode]
	sign := errPlain
	if e.config.Mode == ModePlain {
		sign = errEncrypted
	}
	if e.config.Account == "test" && e.config.Mode != ModePlain {
		e.add(report.Warning, report.Say("测试号没有 EncodingAESKey，只能用明文模式", "test accounts have no EncodingAESKey, so they are in plain mode"),
			report.Say("写 mode: plain", "write mode: plain"))
		return
	}
	e.add(report.Hint, report.Textf("加密模式无法向微信查询：后台的“消息加解密方式”须是%s（mode: %s）。若不一致，消息会被拒绝，日志里会有：",
		"the mode cannot be asked for: the console's 消息加解密方式 must be %s (mode: %s). If it is not, messages are refused and the log says:", console, e.config.Mode),
		report.Text{}, `msg="request refused" err="`+sign.Error()+`"`)
}
