package kf

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/report"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
)

func TestDoctor_NoAccounts(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	if _, err := s.account.SetGranted(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	f := finding(t, s.examine(), "may use no account")
	if f.Level != report.Warning || !strings.Contains(f.Cure.ZH, "通过API管理微信客服账号") {
		t.Errorf("got %+v", f)
	}
}

func TestDoctor_AccountsOfTheFile(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*stage)
		code  int
	}{
		"right":       {func(s *stage) { s.config.Accounts = []string{s.account.ID()} }, 0},
		"nobody's":    {func(s *stage) { s.config.Accounts = []string{s.account.ID(), "wkNobody"} }, 95004},
		"not granted": {func(s *stage) { s.config.Accounts = []string{s.account.ID(), s.taken()} }, 48007},
	} {
		s := newStage(t, wecom.Rules{})
		test.spoil(s)
		found := s.examine()
		if test.code == 0 {
			if worst(found) != report.Hint {
				t.Errorf("%s: %+v", name, found)
			}
			continue
		}
		f := finding(t, found, "cannot be used")
		if f.Level != report.Fault || !strings.Contains(f.What.EN, fmt.Sprint("errcode ", test.code)) || !strings.Contains(f.What.EN, s.config.Accounts[1]) || f.Cure.EN == "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// taken returns an account that the app may not use.
func (s *stage) taken() string {
	other := s.corp.AddAccount("别的账号")
	if _, err := other.SetGranted(s.t.Context(), false); err != nil {
		s.t.Fatal(err)
	}
	return other.ID()
}

// TestDoctor_OnlyServedAccounts: what bot.yaml does not name is not the bot's.
func TestDoctor_OnlyServedAccounts(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Accounts = []string{s.account.ID()}
	other := s.corp.AddAccount("别的账号")
	other.SetManaged(false)
	found := s.examine()
	if f := finding(t, found, "app sees: 2"); f.Level != report.OK {
		t.Errorf("got %+v", f)
	}
	for _, f := range found {
		if f.Level > report.OK && slices.ContainsFunc(f.Details, func(d string) bool { return strings.Contains(d, other.ID()) }) {
			t.Errorf("got %+v", f)
		}
	}
}

func TestDoctor_WhoHasTheSessions(t *testing.T) {
	servicers := func(list string) func(*stage) {
		return func(s *stage) { s.answer("/cgi-bin/kf/servicer/list", `{"errcode":0,"servicer_list":[`+list+`]}`) }
	}
	accounts := func(more string) func(*stage) {
		return func(s *stage) {
			s.answer("/cgi-bin/kf/account/list", `{"errcode":0,"account_list":[{"open_kfid":"`+s.account.ID()+`","name":""`+more+`}]}`)
		}
	}
	for name, test := range map[string]struct {
		spoil     func(*stage)
		unmanaged bool
		people    string // Who have sessions; nobody if it is empty.
	}{
		"two servicers":      {func(*stage) {}, false, "zhangsan, lisi"},
		"one has stopped":    {func(s *stage) { s.stopReceiving(zhang) }, false, "lisi"},
		"all have stopped":   {func(s *stage) { s.stopReceiving(zhang, li) }, false, ""},
		"nobody":             {servicers(``), false, ""},
		"a department":       {servicers(`{"department_id":2},{"userid":"wang","status":1}`), false, "department_id 2"},
		"a line of nothing":  {servicers(`{}`), false, ""},
		"not managed by API": {func(s *stage) { s.account.SetManaged(false) }, true, "zhangsan, lisi"},
		"app of a component": {accounts(``), false, "zhangsan, lisi"},
		"nothing to manage":  {accounts(`,"manage_privilege":false`), true, "zhangsan, lisi"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, wecom.Rules{})
			test.spoil(s)
			found := s.examine()
			says := func(text string) (details string, said bool) {
				i := slices.IndexFunc(found, func(f report.Finding) bool { return strings.Contains(f.What.EN, text) })
				if i < 0 {
					return "", false
				}
				return strings.Join(found[i].Details, "; "), true
			}
			if details, said := says("does not manage"); said != test.unmanaged || said && !strings.Contains(details, s.account.ID()) {
				t.Errorf("not managed: %t, %s", said, details)
			}
			if details, said := says("receive customers: while"); said != (test.people != "") || said && !strings.HasSuffix(details, ": "+test.people) {
				t.Errorf("people: %t, %s", said, details)
			}
			if _, said := says("all sessions are the bot's"); said != (!test.unmanaged && test.people == "") {
				t.Errorf("the bot alone: %t", said)
			}
		})
	}
}

func (s *stage) stopReceiving(servicers ...string) {
	s.t.Helper()
	settings := s.corp.Settings()
	s.start(echo) // Somebody has to answer the bell.
	for _, id := range servicers {
		if err := s.account.SetReceiving(s.t.Context(), id, false); err != nil {
			s.t.Fatal(err)
		}
	}
	s.stop()
	if err := s.corp.Set(settings); err != nil {
		s.t.Fatal(err)
	}
}

func TestDoctor_ManyAccounts(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	for i := range 104 {
		s.corp.AddAccount(fmt.Sprint("客服", i))
	}
	found := s.examine()
	if f := finding(t, found, "app sees: 105"); len(f.Details) != 105 {
		t.Errorf("%d details", len(f.Details))
	}
	if f := finding(t, found, "first 50 accounts"); f.Level != report.Hint {
		t.Errorf("got %+v", f)
	}
	if f := finding(t, found, "receive customers: while"); len(f.Details) != 50 {
		t.Errorf("%d details", len(f.Details))
	}
}

func TestDoctor_Customers(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	for answer, test := range map[string]struct {
		says  string
		level report.Level
	}{
		`{"errcode":0,"wechat_channels_binding":true}`:   {"any number of customers", report.OK},
		`{"errcode":0,"wechat_channels_binding":false}`:  {"10,000 customers", report.Hint},
		`{"errcode":43009,"errmsg":"corp not verified"}`: {"100 customers in all (95003 after that) and 10 accounts", report.Hint},
		`{"errcode":48002,"errmsg":"api forbidden"}`:     {"is not told (100 in all", report.Hint},
		`nothing`: {"is not told (100 in all", report.Hint},
	} {
		s.answer("/cgi-bin/kf/get_corp_qualification", answer)
		if f := finding(t, s.examine(), test.says); f.Level != test.level {
			t.Errorf("%s: %+v", answer, f)
		}
	}
}
