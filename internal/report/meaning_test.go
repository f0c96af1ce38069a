package report_test

import (
	"testing"

	"github.com/chuanhuabot/bot/internal/report"
)

func TestMeaning_AsALogLine(t *testing.T) {
	for want, m := range map[string]report.Meaning{
		"the secret is frozen: thaw it": {Why: report.Say("密钥已冻结", "the secret is frozen"), Cure: report.Say("解冻它", "thaw it")},
		"it is shown already":           {Why: report.Say("已经在显示", "it is shown already")},
	} {
		if m.String() != want {
			t.Errorf("got %q, want %q", m, want)
		}
	}
}

func TestCoded(t *testing.T) {
	got := report.Coded(report.Say("拿不到 token", "there is no token"), 40243, report.Say("密钥已冻结", "the secret is frozen"))
	if want := report.Say("拿不到 token：密钥已冻结（errcode 40243）", "there is no token: the secret is frozen (errcode 40243)"); got != want {
		t.Errorf("got %+v", got)
	}
}
