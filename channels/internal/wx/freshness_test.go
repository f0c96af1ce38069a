package wx

import (
	"testing"
	"time"
)

func TestFresh(t *testing.T) {
	now := time.Unix(1760000000, 0)
	cases := []struct {
		name, timestamp string
		want            bool
	}{
		{"now", "1760000000", true},
		{"third try of the platform", "1759999985", true},
		{"oldest", "1759999700", true},
		{"too old", "1759999699", false},
		{"our clock is behind", "1760000300", true},
		{"from the future", "1760000301", false},
		{"milliseconds", "1760000000000", false},
		{"empty", "", false},
		{"negative", "-1760000000", false},
		{"signed", "+1760000000", false},
		{"too long for a number", "99999999999999999999999", false},
		{"words", "now", false},
	}
	for _, c := range cases {
		if got := Fresh(c.timestamp, now, Freshness); got != c.want {
			t.Errorf("%s: Fresh(%q) = %t, want %t", c.name, c.timestamp, got, c.want)
		}
	}
}

func TestFreshWithTheWidestWindow(t *testing.T) {
	if !Fresh("0", time.Unix(1760000000, 0), 1<<63-1) {
		t.Error("the widest window refused 1970")
	}
}
