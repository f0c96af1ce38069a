package mp

import (
	"net/netip"
	"net/url"
)

// networkTest is what the platform finds out about the host of a URL: its addresses, and whether they answer a ping
// (developers.weixin.qq.com/doc/service/Basic_Information/Network_Detection.html).
type networkTest struct {
	DNS  []resolved `json:"dns"`
	Ping []pinged   `json:"ping"`
}

type resolved struct {
	IP       string `json:"ip"`
	Operator string `json:"real_operator"`
}

type pinged struct {
	IP       string `json:"ip"`
	Operator string `json:"from_operator"`
	Loss     string `json:"package_loss"` // 0% or 100%: it is one ping.
	Time     string `json:"time"`
}

// checkCallback tests the network between the platform and the bot's URL. An address of this machine is reached, others are not
// tried.
func checkCallback(c *call) (any, *refusal) {
	u, err := url.Parse(c.Owner.Settings().URL)
	if err != nil || u.Hostname() == "" {
		return nil, refuse(codeNoURL)
	}
	out := networkTest{DNS: []resolved{}, Ping: []pinged{}}
	for _, ip := range addressesOf(u.Hostname()) {
		out.DNS = append(out.DNS, resolved{ip.String(), "UNKNOWN"})
		ping := pinged{ip.String(), "CAP", "100%", "0ms"}
		if ip.IsLoopback() {
			ping.Loss, ping.Time = "0%", "0.031ms"
		}
		out.Ping = append(out.Ping, ping)
	}
	return out, nil
}

// addressesOf knows numbers and this machine. A name that others give is looked up by nobody: the sandbox needs no network.
func addressesOf(host string) []netip.Addr {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}
	}
	if host == "localhost" {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	}
	return nil
}
