package control

import (
	"net/http"
	"time"

	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/world"
)

// state is what there is. The tags are the contract of docs/sandbox-api.md, here and below.
type state struct {
	Now      time.Time                 `json:"now"`
	Moved    duration                  `json:"moved"`
	People   []string                  `json:"people"`
	Accounts []account                 `json:"accounts"`
	Faults   faults                    `json:"faults"`
	Rules    map[string]map[string]any `json:"rules"`
}

type account struct {
	Platform  string      `json:"platform"`
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Title     string      `json:"title,omitempty"` // Of kf.
	AppID     string      `json:"app_id,omitempty"`
	CorpID    string      `json:"corp_id,omitempty"`
	Mode      string      `json:"mode,omitempty"`
	Kind      string      `json:"kind"`
	URL       string      `json:"url"`
	Page      string      `json:"page,omitempty"` // Of mp.
	Menu      []mp.Button `json:"menu,omitempty"`
	Servicers []servicer  `json:"servicers,omitempty"`
	People    []person    `json:"people"`
}

type servicer struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Receiving bool   `json:"receiving"`
}

type person struct {
	Name        string     `json:"name"`
	ID          string     `json:"id"`
	Following   *bool      `json:"following,omitempty"`    // Of mp.
	TypingUntil *time.Time `json:"typing_until,omitempty"` // Of mp.
	State       *int       `json:"state,omitempty"`        // Of kf, as the next two.
	Servicer    string     `json:"servicer,omitempty"`
	Refuses     bool       `json:"refuses,omitempty"`
	Windows     []window   `json:"windows"`
}

type window struct {
	After string    `json:"after"`
	Left  int       `json:"left"`
	Until time.Time `json:"until"`
}

func (s *Server) state(*http.Request) (any, error) {
	w := s.world
	out := state{
		Now: w.Clock.Now(), Moved: duration(w.Moved()), People: w.People(), Accounts: []account{}, Faults: s.faults(),
		Rules: map[string]map[string]any{"mp": fields(w.MP.Rules()), "kf": fields(w.KF.Rules())},
	}
	for _, a := range w.Accounts() {
		if a.MP != nil {
			out.Accounts = append(out.Accounts, s.accountOfMP(a))
			continue
		}
		out.Accounts = append(out.Accounts, s.accountOfKF(a))
	}
	return out, nil
}

func (s *Server) accountOfMP(a world.Account) account {
	settings := a.MP.Settings()
	out := account{
		Platform: "mp", ID: settings.ID, Name: a.Name, AppID: settings.AppID, Mode: settings.Mode, Kind: settings.Kind,
		URL: settings.URL, Page: settings.Page, Menu: a.MP.Menu(),
	}
	now := s.world.Clock.Now()
	for _, who := range s.world.PeopleOf(a) {
		is := a.MP.Person(who.ID)
		p := person{Name: who.Name, ID: who.ID, Following: &is.Following, Windows: []window{}}
		if is.TypingUntil.After(now) {
			p.TypingUntil = &is.TypingUntil
		}
		for _, w := range is.Windows {
			p.Windows = append(p.Windows, window(w))
		}
		out.People = append(out.People, p)
	}
	return out
}

func (s *Server) accountOfKF(a world.Account) account {
	corp := a.KF.Corp()
	settings := corp.Settings()
	out := account{
		Platform: "kf", ID: a.KF.ID(), Name: a.Name, Title: a.KF.Name(), CorpID: settings.CorpID, Kind: settings.Kind, URL: settings.URL,
	}
	for _, one := range a.KF.Servicers() {
		out.Servicers = append(out.Servicers, servicer{one.ID, one.Name, one.Receiving})
	}
	now := s.world.Clock.Now()
	for _, who := range s.world.PeopleOf(a) {
		is := a.KF.Session(who.ID)
		p := person{Name: who.Name, ID: who.ID, State: &is.State, Servicer: is.Servicer, Refuses: is.Refuses, Windows: []window{}}
		if is.Window.Until.After(now) {
			p.Windows = append(p.Windows, window{"message", is.Window.Left, is.Window.Until})
		}
		out.People = append(out.People, p)
	}
	return out
}
