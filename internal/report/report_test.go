package report_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/report"
)

func TestChooseLanguage(t *testing.T) {
	for name, test := range map[string]struct {
		flag string
		env  map[string]string
		want report.Language
	}{
		"nothing":                 {"", nil, report.English},
		"a Chinese terminal":      {"", map[string]string{"LANG": "zh_CN.UTF-8"}, report.Chinese},
		"Chinese of elsewhere":    {"", map[string]string{"LANG": "zh_TW"}, report.Chinese},
		"C is English":            {"", map[string]string{"LANG": "C.UTF-8"}, report.English},
		"LC_ALL is first":         {"", map[string]string{"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, report.English},
		"LC_MESSAGES before LANG": {"", map[string]string{"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "de_DE.UTF-8"}, report.Chinese},
		"the flag before all":     {"zh", map[string]string{"LC_ALL": "en_US.UTF-8"}, report.Chinese},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := report.ChooseLanguage(test.flag, func(name string) string { return test.env[name] })
			if got != test.want || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if _, err := report.ChooseLanguage("fr", func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "zh or en") {
		t.Errorf("got %v", err)
	}
}

func TestTextf_PutsEachLanguageIntoItsOwn(t *testing.T) {
	got := report.Textf("时钟%s，%d 次", "the clock is %s, %d times", report.Say("慢了", "behind"), 3)
	if want := report.Say("时钟慢了，3 次", "the clock is behind, 3 times"); got != want {
		t.Errorf("got %+v", got)
	}
}

func TestPrinter(t *testing.T) {
	section := report.Section{Title: report.Say("渠道 wx", "channel wx"), Findings: []report.Finding{
		{What: report.Say("一切都好", "fine")},
		{Level: report.Hint, What: report.Say("可以更好", "could be better"), Details: []string{"10.0.0.1", "10.0.0.2"}},
		{Level: report.Warning, What: report.Say("小心", "careful")},
		{Level: report.Fault, What: report.Say("坏了", "broken"), Cure: report.Say("修好它", "mend it")},
		{Level: report.Fault, What: report.Say("也坏了", "broken too")},
	}}
	for language, want := range map[report.Language]string{
		report.English: `channel wx
  ok       fine
  hint     could be better
           10.0.0.1, 10.0.0.2
  warning  careful
  fault    broken
           → mend it
  fault    broken too

2 faults, 1 warning, 1 hint.
`,
		report.Chinese: `渠道 wx
  正常  一切都好
  提示  可以更好
           10.0.0.1, 10.0.0.2
  警告  小心
  故障  坏了
           → 修好它
  故障  也坏了

2 处故障，1 条警告，1 条提示。
`,
	} {
		var out strings.Builder
		p := &report.Printer{Out: &out, Language: language}
		p.Section(section)
		p.Summary()
		if out.String() != want {
			t.Errorf("got\n%s\nwant\n%s", out.String(), want)
		}
		if bad := errors.New("bad"); p.Err(bad) != bad {
			t.Error("faults are no error")
		}
	}
}

func TestPrinter_Well(t *testing.T) {
	var out strings.Builder
	p := &report.Printer{Out: &out, Language: report.English}
	p.Finding(report.Finding{What: report.Say("好", "fine")})
	p.Summary()
	if !strings.HasSuffix(out.String(), "\nAll is well.\n") || p.Err(errors.New("bad")) != nil {
		t.Errorf("got %q, %v", out.String(), p.Err(errors.New("bad")))
	}
}

func TestPrinter_WordsFromOutsideMoveNoCursor(t *testing.T) {
	var out strings.Builder
	evil := "a\x1b[2Jb\nc"
	(&report.Printer{Out: &out, Language: report.English}).Finding(report.Finding{What: report.Say(evil, evil), Cure: report.Say(evil, evil), Details: []string{evil}})
	if strings.Contains(out.String(), "\x1b") || strings.Count(out.String(), "\n") != 3 || strings.Count(out.String(), "a[2Jbc") != 3 {
		t.Errorf("got %q", out.String())
	}
}

func TestPrinter_ManyDetailsTakeSeveralLines(t *testing.T) {
	var out strings.Builder
	details := strings.Fields(strings.Repeat("203.0.113.127/25 ", 40))
	(&report.Printer{Out: &out, Language: report.English}).Finding(report.Finding{What: report.Say("地址", "addresses"), Details: details})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) < 5 || strings.Count(out.String(), "203.0.113.127/25") != 40 || strings.Count(out.String(), ",") != 39 {
		t.Errorf("got %s", out.String())
	}
	for _, line := range lines {
		if len(line) > 120 {
			t.Errorf("a line of %d", len(line))
		}
	}
}
