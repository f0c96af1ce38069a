package world_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T) *world.World {
	t.Helper()
	w := world.New(world.Options{Clock: clock.NewMoved(noon)})
	t.Cleanup(w.Close)
	return w
}

func TestAdd_MakesUpWhatIsOpen(t *testing.T) {
	w := newWorld(t)
	a, err := w.AddMP("wx", mp.Settings{Mode: mp.ModeSafe})
	if err != nil {
		t.Fatal(err)
	}
	s := a.Settings()
	for name, pair := range map[string][2]string{
		"ID": {s.ID, `^gh_[0-9a-f]{12}$`}, "AppID": {s.AppID, `^wx[0-9a-f]{16}$`}, "Secret": {s.Secret, `^[0-9a-f]{32}$`},
		"Token": {s.Token, `^[A-Z0-9]{26}$`}, "AESKey": {s.AESKey, `^[A-Z0-9]{43}$`},
	} {
		if !regexp.MustCompile(pair[1]).MatchString(pair[0]) {
			t.Errorf("%s is %q", name, pair[0])
		}
	}
	k, err := w.AddKF("work", kf.Settings{CorpID: "wwmine"})
	if err != nil {
		t.Fatal(err)
	}
	if got := k.Corp().Settings(); got.CorpID != "wwmine" || got.Secret == "" || got.Token == "" || len(got.AESKey) != 43 || len(k.Servicers()) != 2 {
		t.Errorf("%+v, %v", got, k.Servicers())
	}
}

// TestAdd_TheSameIDInEachRun holds that a page or a script may keep the ids of accounts and people.
func TestAdd_TheSameIDInEachRun(t *testing.T) {
	var ids []string
	for range 2 {
		w := newWorld(t)
		a, err := w.AddMP("wx", mp.Settings{AppID: "wx1"})
		if err != nil {
			t.Fatal(err)
		}
		account, _ := w.Account("wx")
		person, err := w.PersonID(account, "小明")
		if err != nil || len(person) != 28 || person[0] != 'o' {
			t.Errorf("%q, %v", person, err)
		}
		ids = append(ids, a.Settings().ID+person)
	}
	if ids[0] != ids[1] {
		t.Errorf("%v", ids)
	}
}

func TestAccount_ByNameAndID(t *testing.T) {
	w := newWorld(t)
	a, err := w.AddMP("wx", mp.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddMP("wx", mp.Settings{}); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("the same name: %v", err)
	}
	if _, err := w.AddKF("", kf.Settings{}); err == nil {
		t.Error("no name")
	}
	if _, err := w.AddMP("other", mp.Settings{Mode: "loud"}); err == nil {
		t.Error("a wrong mode")
	}
	for _, key := range []string{"wx", a.Settings().ID} {
		if found, ok := w.Account(key); !ok || found.MP != a || found.Platform() != "mp" || found.ID() != a.Settings().ID {
			t.Errorf("%s: %+v", key, found)
		}
	}
	if _, ok := w.Account("nobody"); ok {
		t.Error("an account that is not there")
	}
}

// TestAccounts_ThatABotHasAdded finds what kf/account/add made.
func TestAccounts_ThatABotHasAdded(t *testing.T) {
	w := newWorld(t)
	k, err := w.AddKF("work", kf.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	k.Corp().AddAccount("second")
	all := w.Accounts()
	if len(all) != 2 || all[0].Name != "work" || all[1].Name != "second" || all[1].Platform() != "kf" {
		t.Errorf("%+v", all)
	}
}

func TestPersonID_IsAnotherOnEachAccount(t *testing.T) {
	w := newWorld(t)
	if _, err := w.AddMP("wx", mp.Settings{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddKF("work", kf.Settings{}); err != nil {
		t.Fatal(err)
	}
	wx, _ := w.Account("wx")
	work, _ := w.Account("work")
	one, err := w.PersonID(wx, "小明")
	if err != nil {
		t.Fatal(err)
	}
	other, err := w.PersonID(work, "小明")
	if err != nil || len(other) != 32 || !strings.HasPrefix(other, "wm") || one == other {
		t.Errorf("%q, %q, %v", one, other, err)
	}
	if again, err := w.PersonID(wx, one); err != nil || again != one {
		t.Errorf("by id: %q, %v", again, err)
	}
	if len(w.People()) != 2 {
		t.Errorf("people %v", w.People())
	}
	if _, err := w.PersonID(wx, "小李"); err != nil || len(w.People()) != 3 || len(w.PeopleOf(wx)) != 3 {
		t.Errorf("somebody new: %v, %v", w.People(), err)
	}
}

// TestAddTurn_FindsItsEvent is about events, which have no id on the wire.
func TestAddTurn_FindsItsEvent(t *testing.T) {
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("success")) }))
	defer bot.Close()
	w := newWorld(t)
	a, err := w.AddMP("wx", mp.Settings{URL: bot.URL})
	if err != nil {
		t.Fatal(err)
	}
	first, err := a.Say(t.Context(), "ann", mp.Click("K"))
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Minute) // Not by the world, so it counts as time that has passed.
	var same [2]*mp.Outcome      // Two taps in one second.
	for i := range same {
		if same[i], err = a.Say(t.Context(), "ann", mp.Click("K")); err != nil {
			t.Fatal(err)
		}
	}
	id := a.Settings().ID
	later := world.Turn{Event: "CLICK", Sent: noon.Add(time.Minute), Turn: traffic.Turn{Account: id, Person: "ann"}}
	for _, test := range []struct {
		want string
		turn world.Turn
	}{
		{first.Message, world.Turn{Event: "CLICK", Sent: noon, Turn: traffic.Turn{Account: id, Person: "ann"}}},
		{same[0].Message, later},
		{same[1].Message, later},
		{"", later},
		{"", world.Turn{Event: "CLICK", Sent: noon, Turn: traffic.Turn{Account: id, Person: "bob"}}},
		{"its own", world.Turn{Event: "CLICK", Sent: noon, Turn: traffic.Turn{Account: id, Person: "ann", Message: "its own"}}},
	} {
		want, turn := test.want, test.turn
		w.AddTurn(turn)
		turns, _ := w.Turns.After(w.Turns.Last() - 1)
		if len(turns) != 1 || turns[0].Message != want || turns[0].Number != w.Turns.Last() {
			t.Errorf("want %q, got %+v", want, turns)
		}
	}
}

func TestAdvance_TellsAndMovesTurnsToo(t *testing.T) {
	w := newWorld(t)
	changed := w.Changed()
	w.Advance(time.Hour)
	<-changed
	if w.Moved() != time.Hour || !w.Clock.Now().Equal(noon.Add(time.Hour)) {
		t.Errorf("moved by %s to %s", w.Moved(), w.Clock.Now())
	}
	w.AddTurn(world.Turn{Turn: traffic.Turn{Time: noon, Message: "1"}})
	if turns, _ := w.Turns.After(0); !turns[0].Time.Equal(noon.Add(time.Hour)) {
		t.Errorf("the turn was at %s", turns[0].Time)
	}
}

func TestClose_EndsWhatRunsBehind(t *testing.T) {
	w := world.New(world.Options{})
	began, ended := make(chan struct{}), false
	w.Go(func(ctx context.Context) {
		close(began)
		<-ctx.Done()
		ended = true
	})
	<-began
	w.Close()
	if !ended {
		t.Error("it runs still")
	}
	w.Go(func(context.Context) { t.Error("it runs after the end") })
	w.Close()
}
