package mp

import (
	"strings"
	"testing"
	"unicode"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// TestExplain_KnowsEveryCode holds the table to the codes of tokens, of messages and of typing.
func TestExplain_KnowsEveryCode(t *testing.T) {
	for _, code := range []int{
		-1, 40001, 40014, 42001, 41001, 40002, 40013, 40125, 40243, 40164, 61004, 89503, 40003, 43004, 50005, 40004, 40006, 40007, 40033, 40200,
		43019, 48002, 50002, 44004, 45001, 45002, 45007, 45008, 45162, 45009, 45011, 45015, 45047, 45072, 45080, 45081, 47001, 48001, 48004,
		48008, 48006, 40037, 43101, 47003, 40016, 40017, 40018, 40019, 40020, 40023, 46003, 40201,
	} {
		if _, ok := explain(code); !ok {
			t.Errorf("%d is not explained", code)
		}
	}
	for _, code := range configuration {
		if m, ok := explain(code); !ok || m.Cure.EN == "" {
			t.Errorf("%d is for the operator, and there is no cure", code)
		}
	}
	if m, ok := explain(99999); ok {
		t.Errorf("nobody knows 99999, and it is %s", m)
	}
}

func TestExplain_InBothLanguages(t *testing.T) {
	seen := map[int]bool{}
	for _, table := range []map[int]report.Meaning{accessCodes(), messageCodes(), menuCodes()} {
		for code, m := range table {
			if seen[code] {
				t.Errorf("%d is there twice", code)
			}
			seen[code] = true
			if m.Why.ZH == "" || m.Why.EN == "" || (m.Cure.ZH == "") != (m.Cure.EN == "") {
				t.Errorf("%d: %+v", code, m)
			}
			for _, english := range []string{m.Why.EN, m.Cure.EN} {
				if strings.HasSuffix(english, ".") || english != "" && unicode.IsUpper(rune(english[0])) && !strings.HasPrefix(english, "WeChat") && !strings.HasPrefix(english, "App") {
					t.Errorf("%d does not fit into a log line: %q", code, english)
				}
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for name, test := range map[string]struct {
		refusal   wx.Refusal
		why, cure string
	}{
		"not on the list":              {wx.Refusal{Code: 40164, Text: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist"}, "address 203.0.113.7 is not", "add 203.0.113.7 to"},
		"not on the list, not told":    {wx.Refusal{Code: 40164, Text: "not in whitelist"}, "address is not", "outgoing address"},
		"an address that means little": {wx.Refusal{Code: 40013, Text: "invalid appid 203.0.113.7"}, "AppID", "app_id"},
		"a code that nobody knows":     {wx.Refusal{Code: 12345, Text: "who are you"}, "who are you", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := refused(&test.refusal)
			if !strings.Contains(m.Why.EN, test.why) || !strings.Contains(m.Cure.EN, test.cure) || m.Why.ZH == "" {
				t.Errorf("got %+v", m)
			}
		})
	}
}

// FuzzRefused reads errmsgs, which come from outside.
func FuzzRefused(f *testing.F) {
	f.Add(40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist")
	f.Add(61004, "%s%d ::ffff:1.2.3.4%eth0")
	f.Fuzz(func(t *testing.T, code int, text string) {
		m := refused(&wx.Refusal{Code: code, Text: text})
		if m.Why == (report.Text{}) {
			t.Errorf("%d %q means nothing", code, text)
		}
	})
}
