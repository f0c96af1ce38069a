package wx

import (
	"net/netip"
	"strings"
)

// AddressIn returns the first IP address in an errmsg such as "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in
// whitelist", or "".
func AddressIn(text string) string {
	for word := range strings.FieldsSeq(text) {
		if a, err := netip.ParseAddr(strings.Trim(word, ",;")); err == nil {
			return a.Unmap().String()
		}
	}
	return ""
}
