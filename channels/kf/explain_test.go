package kf

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// TestExplain_KnowsEveryCode holds the tables to what page 90313 has about customer service, media and tokens.
func TestExplain_KnowsEveryCode(t *testing.T) {
	for _, code := range []int{
		-1, 6000, 40001, 40003, 40004, 40005, 40006, 40007, 40008, 40009, 40011, 40013, 40014, 40033, 40058, 40091, 40096, 40123, 40201, 41001, 41006,
		42001, 43009, 44001, 44004, 45001, 45002, 45007, 45009, 45033, 48002, 48007, 50003, 60011, 60020, 60111, 830002, 95000, 95001, 95002, 95003,
		95004, 95005, 95006, 95007, 95008, 95009, 95011, 95012, 95013, 95014, 95015, 95016, 95017, 95018, 95019, 95021, 95022, 95023, 95026, 95027,
		95030, 95031, 95032,
	} {
		if _, ok := explain(code); !ok {
			t.Errorf("%d is not explained", code)
		}
	}
	if m, ok := explain(99999); ok {
		t.Errorf("nobody knows 99999, and it is %s", m)
	}
}

// TestExplain_CuresWhatAnOperatorCanCure: what is held until bot.yaml or the console is put right must say what that is.
func TestExplain_CuresWhatAnOperatorCanCure(t *testing.T) {
	for code := range 100_000 {
		if after, again := waits(code); !again || after == 0 {
			continue
		}
		if m, ok := explain(code); !ok || m.Cure.EN == "" || m.Cure.ZH == "" {
			t.Errorf("%d is for the operator, and there is no cure", code)
		}
	}
}

func TestExplain_InBothLanguages(t *testing.T) {
	seen := map[int]bool{}
	for _, table := range []map[int]report.Meaning{accessCodes(), accountCodes(), sendCodes(), mediaCodes()} {
		for code, m := range table {
			if seen[code] {
				t.Errorf("%d is there twice", code)
			}
			seen[code] = true
			if m.Why.ZH == "" || m.Why.EN == "" || (m.Cure.ZH == "") != (m.Cure.EN == "") {
				t.Errorf("%d: %+v", code, m)
			}
			for _, english := range []string{m.Why.EN, m.Cure.EN} {
				if strings.HasSuffix(english, ".") || english != "" && unicode.IsUpper(rune(english[0])) && !strings.HasPrefix(english, "WeCom") {
					t.Errorf("%d does not fit into a log line: %q", code, english)
				}
			}
			if strings.ContainsFunc(m.Why.EN, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%d: the English is Chinese: %q", code, m.Why.EN)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	const tail = ", hint: [1700000000123456789], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e="
	for name, test := range map[string]struct {
		refusal   wx.Refusal
		why, cure string
	}{
		"not trusted":                  {wx.Refusal{Code: 60020, Text: "not allow to access from your ip" + tail + "60020"}, "address 203.0.113.7 is not", "add 203.0.113.7 to"},
		"not trusted, not told":        {wx.Refusal{Code: 60020, Text: "not allow to access"}, "address is not", "outgoing address"},
		"an address that means little": {wx.Refusal{Code: 40013, Text: "invalid corpid" + tail + "40013"}, "company's ID", "corp_id"},
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

func TestExplained(t *testing.T) {
	lost := errors.New("lost")
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"no refusal": {lost, "lost"},
		"known":      {fmt.Errorf("call: %w", &wx.Refusal{Code: 44004, Text: "empty"}), "the text is empty: look at what the plugin sends: call: errcode 44004: empty"},
		"unknown":    {&wx.Refusal{Code: 12345, Text: "x"}, "errcode 12345: x"},
	} {
		got := explained(test.err)
		if got.Error() != test.want || !errors.Is(got, test.err) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// FuzzRefused reads errmsgs, which come from outside.
func FuzzRefused(f *testing.F) {
	f.Add(60020, "not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info at https://")
	f.Add(60020, "%s%d ::ffff:1.2.3.4%eth0")
	f.Fuzz(func(t *testing.T, code int, text string) {
		if m := refused(&wx.Refusal{Code: code, Text: text}); m.Why == (report.Text{}) {
			t.Errorf("%d %q means nothing", code, text)
		}
	})
}
