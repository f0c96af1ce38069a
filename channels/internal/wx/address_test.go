package wx_test

import (
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/wx"
)

func TestAddressIn(t *testing.T) {
	for text, want := range map[string]string{
		"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 65b0-1": "203.0.113.7",
		"invalid ip 2001:db8::1, not in whitelist":                                     "2001:db8::1",
		"access clientip is not registered requestIP: 203.0.113.9 rid: 1":              "203.0.113.9",
		"invalid ip, not in whitelist":                                                 "",
		"":                                                                             "",
	} {
		if got := wx.AddressIn(text); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}
