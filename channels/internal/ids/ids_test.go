package ids_test

import (
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/ids"
)

func TestJoin_IsUnambiguous(t *testing.T) {
	pairs := [][2][]string{
		{{"a", "b"}, {"a/b"}}, {{"a", "", "b"}, {"a", "b", ""}}, {{"a%2Fb"}, {"a/b"}}, {{""}, {"", ""}},
		{{"%~" + ids.Hash(strings.Repeat("x", 200))}, {strings.Repeat("x", 200)}},
	}
	for _, p := range pairs {
		if ids.Join(p[0]...) == ids.Join(p[1]...) {
			t.Errorf("%q and %q make %q", p[0], p[1], ids.Join(p[0]...))
		}
	}
}

// TestJoin_StaysTheSame holds what is on record: with another id, a message that was handled already would be handled again.
func TestJoin_StaysTheSame(t *testing.T) {
	for want, parts := range map[string][]string{
		"gh_1/oPerson-_2/64":                   {"gh_1", "oPerson-_2", "64"},
		"a%2Fb/%E7%8C%AB":                      {"a/b", "猫"},
		"a/%~0ec9eb33e74510bcdd1f2ea55206e82f": {"a", strings.Repeat("x", 129)},
	} {
		if got := ids.Join(parts...); got != want {
			t.Errorf("%q make %q, want %q", parts, got, want)
		}
	}
}
