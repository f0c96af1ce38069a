package report

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// Unreachable explains why a call over HTTP got no answer. proxied says that it goes through a proxy, which is then suspected
// first. The words contain nothing of err that could hold a secret.
func Unreachable(err error, proxied bool) (why, cure Text) {
	if proxied && ofProxy(err) {
		return Say("代理不通或拒绝了请求", "the proxy cannot be reached, or refuses"),
			Say("检查 bot.yaml 中 proxy 的地址、用户名和密码，以及代理是否在运行、是否允许访问微信",
				"check the address, user and password of proxy in bot.yaml, and that the proxy runs and lets calls to WeChat pass")
	}
	if why, cure, ok := ofTLS(err); ok {
		return why, cure
	}
	return ofNetwork(err)
}

// ofProxy tells whether an error is about the proxy. What a proxy says in answer to CONNECT is an error of no type.
func ofProxy(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks")
	}
	return strings.Contains(err.Error(), "Proxy Authentication Required") || strings.Contains(err.Error(), "Forbidden") ||
		strings.Contains(err.Error(), "Bad Gateway")
}

func ofTLS(err error) (why, cure Text, ok bool) {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Say("对方的证书不在有效期内", "the certificate of the other side is not valid at this time"),
			Say("先核对本机的时间；时间正确的话，问题在 api_base 所指的服务器或中间的代理", "check this machine's clock first; if it is right, the server that api_base names or a proxy in between is at fault"), true
	case errors.As(err, &unknown):
		return Say("对方的证书不是由本机信任的机构签发的", "the certificate of the other side is signed by nobody this machine trusts"),
			Say("安装 ca-certificates；若公司网络会解密 HTTPS，请把它的根证书装进系统", "install ca-certificates; if your network decrypts HTTPS, install its root certificate in the system"), true
	case errors.As(err, &name) || errors.As(err, &invalid):
		return Say("对方的证书不属于这个域名，或者不合规", "the certificate of the other side is for another name, or not proper"),
			Say("检查 api_base，以及 DNS 或代理是否把请求引到了别处", "check api_base, and whether DNS or a proxy leads the calls elsewhere"), true
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return Say("对方说的不是 HTTPS", "the other side does not speak HTTPS"),
			Say("检查 api_base 是 http:// 还是 https://，以及端口", "check whether api_base has http:// or https://, and its port"), true
	}
	return Text{}, Text{}, false
}

func ofNetwork(err error) (why, cure Text) {
	var (
		dns     *net.DNSError
		timeout net.Error
	)
	switch {
	case errors.As(err, &dns):
		return Say("域名解析失败", "the name of the host is not known to DNS"),
			Say("检查本机的 DNS（/etc/resolv.conf）和网络，以及 api_base 有没有写错", "check this machine's DNS (/etc/resolv.conf) and network, and the spelling of api_base")
	case errors.Is(err, syscall.ECONNREFUSED):
		return Say("连接被拒绝：那个端口上没有程序在监听", "the connection is refused: nothing listens at that port"),
			Say("检查 api_base 的主机和端口，以及那个程序是否在运行", "check host and port of api_base, and that the program there runs")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return Say("等不到回应（超时）", "there is no answer in time"),
			Say("检查出站防火墙和路由；若本机只能经由代理上网，请在 bot.yaml 里设置 proxy", "check the outgoing firewall and routes; if this machine reaches the internet by a proxy only, set proxy in bot.yaml")
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return Say("网络不可达", "there is no way to that network"), Say("检查本机的网络和路由", "check this machine's network and routes")
	}
	return Say("没有得到像样的回答", "there is no proper answer"),
		Say("稍后再试；若总是如此，检查中间的防火墙或代理", "try again later; if it stays like that, check firewalls and proxies in between")
}
