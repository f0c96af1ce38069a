package kf

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/core"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// handsOff says something and gives the conversation to a person when somebody asks for that.
func handsOff(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	if m.Text() != "person" {
		return echo(ctx, m, r)
	}
	if err := r.Reply(sdk.Text{Text: "one moment"}); err != nil {
		return err
	}
	return r.Handoff("wants a refund")
}

func (s *stage) session(customer string) wecom.Session { return s.account.Session(customer) }

func TestHandoff_IntoTheQueue(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(handsOff)
	s.say(ann, wecom.Text("person"))
	s.sees(ann, "one moment", "a person comes")
	if got := s.session(ann); got.State != wecom.StatePool {
		t.Errorf("the session is %+v", got)
	}
	s.logged("wants a refund")
	s.say(ann, wecom.Text("hello?"))
	s.must(s.account.Take(t.Context(), zhang, ann))
	s.must(s.account.End(t.Context(), zhang, ann))
	s.say(ann, wecom.Text("thanks"))
	s.sees(ann, "one moment", "a person comes", "re thanks")
}

// TestHandoff_ToWhoHasTheFewest gives customers to servicers in turn, leaves out who has stopped, and falls back to the queue.
func TestHandoff_ToWhoHasTheFewest(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Handoff.To = "servicer"
	s.start(handsOff)
	has := map[string]int{}
	for _, customer := range []string{ann, bob, "wm3", "wm4"} {
		s.say(customer, wecom.Text("person"))
		s.sees(customer, "one moment", "a person comes")
		has[s.session(customer).Servicer]++
	}
	if has[zhang] != 2 || has[li] != 2 {
		t.Errorf("they have %v", has)
	}
	s.must(s.account.SetReceiving(t.Context(), zhang, false))
	s.say("wm5", wecom.Text("person"))
	s.sees("wm5", "one moment", "a person comes")
	if got := s.session("wm5").Servicer; got != li {
		t.Errorf("%q got the customer", got)
	}
	s.must(s.account.SetReceiving(t.Context(), li, false))
	s.say("wm6", wecom.Text("person"))
	s.sees("wm6", "one moment", "a person comes")
	if got := s.session("wm6").State; got != wecom.StatePool {
		t.Errorf("the state is %d", got)
	}
}

func TestHandoff_OnlyToThoseOfBotYaml(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Handoff = Handoff{To: "servicer", Servicers: []string{li}}
	s.start(handsOff)
	for _, customer := range []string{ann, bob} {
		s.say(customer, wecom.Text("person"))
		s.sees(customer, "one moment")
		if !s.until(func() bool { return s.session(customer).Servicer == li }) {
			t.Errorf("the session is %+v", s.session(customer))
		}
	}
}

// TestHandoff_ToADepartment gives customers to those of one department, also where the department serves the account as a whole.
func TestHandoff_ToADepartment(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.corp.AddServicer("wangwu", "王五")
	s.corp.AddDepartment(2, li)
	s.corp.AddDepartment(3, "zhaoliu")
	s.config.Handoff = Handoff{To: "servicer", Departments: []int{2}}
	s.start(handsOff)
	s.say(ann, wecom.Text("person"))
	if !s.until(func() bool { return s.session(ann).Servicer == li }) {
		t.Errorf("the session is %+v\n%s", s.session(ann), s.log.String())
	}
	s.stop()
	s.corp.AddMember("zhaoliu", "赵六")
	api, err := newAPI(s.config, nil)
	s.must(err)
	defer api.Close()
	s.must(api.Post(t.Context(), "/cgi-bin/kf/servicer/add", map[string]any{"open_kfid": s.account.ID(), "department_id_list": []int{3}}, nil))
	s.config.Handoff.Departments = []int{3}
	s.start(handsOff)
	s.say(bob, wecom.Text("person"))
	if !s.until(func() bool { return s.session(bob).Servicer == "zhaoliu" }) {
		t.Errorf("the session is %+v\n%s", s.session(bob), s.log.String())
	}
}

// TestHandoff_AfterAllThatWasSaid has an answer that is longer than the window: what fits goes before the person comes.
func TestHandoff_AfterAllThatWasSaid(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		for _, text := range []string{"1", "2", "3", "4", "5", "6"} {
			_ = r.Reply(sdk.Text{Text: text})
		}
		return r.Handoff("")
	})
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "1", "2", "3", "4", "5\n6", "a person comes")
	s.deliveries(0)
}

// TestHandoff_IsDoneOnce is a call whose answer is lost, and one to a person who has the customer already.
func TestHandoff_IsDoneOnce(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	var lost bool
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/cgi-bin/kf/service_state/trans" || lost {
			return false
		}
		lost = true
		s.platform.ServeHTTP(discard{}, r)
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	s.start(handsOff)
	s.say(ann, wecom.Text("person"))
	s.logged("a plugin has given a conversation to a person")
	s.deliveries(0)
	if got := s.session(ann).State; got != wecom.StatePool {
		t.Errorf("the state is %d", got)
	}
}

// TestHandoff_OfASessionThatHasEnded is done when the customer writes again.
func TestHandoff_OfASessionThatHasEnded(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.intercept(refuseOnce("/cgi-bin/kf/service_state/trans", 95013))
	s.start(handsOff)
	s.say(ann, wecom.Text("person"))
	s.sees(ann, "one moment")
	s.logged("waits for its customer to write")
	s.later()
	s.say(ann, wecom.Text("hello?"))
	s.sees(ann, "one moment", "a person comes")
}

// TestHandoff_ThatIsNotAllowedAtTheMoment is tried again.
func TestHandoff_ThatIsNotAllowedAtTheMoment(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.intercept(refuseOnce("/cgi-bin/kf/service_state/trans", 95016))
	s.start(handsOff)
	s.say(ann, wecom.Text("person"))
	s.sees(ann, "one moment", "a person comes")
}

// TestHandoff_ThatIsRefused says why it could not be done.
func TestHandoff_ThatIsRefused(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.intercept(refuseOnce("/cgi-bin/kf/service_state/trans", 96017))
	s.start(handsOff)
	s.say(ann, wecom.Text("person"))
	if d := s.deliveries(1, core.StatusFailed)[0]; !strings.Contains(d.Reason, "96017") {
		t.Errorf("the operator reads %q", d.Reason)
	}
	s.later()
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "one moment", "re hello")
}

func TestHandoff_WithoutASecret(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Secret = sdk.Secret{}
	s.start(echo)
	if _, err := s.bot.channel.Handoff(""); !errors.Is(err, core.ErrNoHandoff) {
		t.Errorf("got %v", err)
	}
}

// TestHandoff_WithAWordForWhoTakesOver holds that the person who gets a customer is told who it is and why.
func TestHandoff_WithAWordForWhoTakesOver(t *testing.T) {
	for to, want := range map[string][]string{"servicer": {zhang}, "queue": {zhang, li}} {
		s := newStage(t, wecom.Rules{})
		s.config.Handoff.To, s.config.Handoff.AgentID = to, 1000002
		s.corp.NameCustomer(ann, "小安")
		s.start(handsOff)
		s.say(ann, wecom.Text("person"))
		if !s.until(func() bool { return len(s.corp.AppMessages()) == 1 }) {
			t.Fatalf("%s: nobody was told\n%s", to, s.log.String())
		}
		got := s.corp.AppMessages()[0]
		if !slices.Equal(got.To, want) || !strings.Contains(got.Text, "小安") || !strings.Contains(got.Text, "wants a refund") {
			t.Errorf("%s: %+v", to, got)
		}
	}
}

// TestHandoff_NobodyToTell is done all the same.
func TestHandoff_NobodyToTell(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Handoff.AgentID = 1000002
	s.intercept(refuseOnce("/cgi-bin/message/send", 60011))
	s.start(handsOff)
	s.say(ann, wecom.Text("person"))
	s.sees(ann, "one moment", "a person comes")
	s.logged("not told why a customer comes")
	s.deliveries(0)
}
