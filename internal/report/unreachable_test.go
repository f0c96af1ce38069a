package report_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/report"
)

func TestUnreachable(t *testing.T) {
	op := func(op string, err error) error { return &net.OpError{Op: op, Net: "tcp", Err: err} }
	for name, test := range map[string]struct {
		err     error
		proxied bool
		why     string
		cure    string
	}{
		"no such name":              {op("dial", &net.DNSError{Err: "no such host", IsNotFound: true}), false, "DNS", "resolv.conf"},
		"DNS takes long":            {op("dial", &net.DNSError{Err: "i/o timeout", IsTimeout: true}), false, "DNS", "resolv.conf"},
		"nobody listens":            {op("dial", syscall.ECONNREFUSED), false, "refused", "api_base"},
		"no answer":                 {fmt.Errorf("call: %w", context.DeadlineExceeded), false, "in time", "firewall"},
		"no way":                    {op("dial", syscall.ENETUNREACH), false, "no way", "routes"},
		"hung up":                   {errors.New("EOF"), false, "no proper answer", "later"},
		"a certificate is old":      {x509.CertificateInvalidError{Reason: x509.Expired}, false, "not valid at this time", "clock"},
		"of nobody known":           {x509.UnknownAuthorityError{}, false, "nobody this machine trusts", "ca-certificates"},
		"of another":                {x509.HostnameError{Certificate: &x509.Certificate{}}, false, "another name", "api_base"},
		"the proxy is down":         {op("proxyconnect", syscall.ECONNREFUSED), true, "proxy", "password"},
		"the SOCKS proxy too":       {op("socks connect", errors.New("unknown")), true, "proxy", "password"},
		"the proxy wants a name":    {errors.New("Proxy Authentication Required"), true, "proxy", "password"},
		"there is a proxy, but DNS": {&net.DNSError{Err: "no such host"}, true, "DNS", "resolv.conf"},
		"a host says so, no proxy":  {errors.New("status 502 Bad Gateway"), false, "no proper answer", "later"},
	} {
		t.Run(name, func(t *testing.T) {
			why, cure := report.Unreachable(test.err, test.proxied)
			if !strings.Contains(why.EN, test.why) || !strings.Contains(cure.EN, test.cure) {
				t.Errorf("got %q, %q", why.EN, cure.EN)
			}
			if why.ZH == "" || cure.ZH == "" {
				t.Error("nothing in Chinese")
			}
		})
	}
}

// TestUnreachable_OfRealCalls has the errors come from where they come from.
func TestUnreachable_OfRealCalls(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	open := httptest.NewServer(http.NotFoundHandler())
	defer open.Close()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer refusing.Close()
	through := func(proxy string) *http.Transport {
		u, err := url.Parse(proxy)
		if err != nil {
			t.Fatal(err)
		}
		return &http.Transport{Proxy: http.ProxyURL(u), DisableKeepAlives: true}
	}
	for name, test := range map[string]struct {
		transport *http.Transport
		address   string
		want      string
	}{
		"a certificate of its own":  {&http.Transport{}, secure.URL, "nobody this machine trusts"},
		"HTTPS to one who does not": {&http.Transport{}, strings.Replace(open.URL, "http:", "https:", 1), "does not speak HTTPS"},
		"a certificate for another": {&http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool(secure), ServerName: "example.org"}}, secure.URL, "another name"},
		"a proxy that refuses":      {through(refusing.URL), secure.URL, "proxy"},
		"a proxy that is not there": {through("http://127.0.0.1:1"), secure.URL, "proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			client := &http.Client{Transport: test.transport, Timeout: 10 * time.Second}
			response, err := client.Get(test.address)
			if err == nil {
				_ = response.Body.Close()
				t.Fatalf("an answer: %s", response.Status)
			}
			if why, _ := report.Unreachable(err, test.transport.Proxy != nil); !strings.Contains(why.EN, test.want) {
				t.Errorf("%v is %q", err, why.EN)
			}
		})
	}
}

// pool trusts one server.
func pool(s *httptest.Server) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(s.Certificate())
	return p
}
