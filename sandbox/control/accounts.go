package control

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/world"
)

func (s *Server) addPerson(r *http.Request) (any, error) {
	var in struct {
		Name string `json:"name"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	return struct{}{}, s.world.AddPerson(in.Name)
}

// credentials are what a bot needs for an account. Here its owner asks for them, so they are shown.
type credentials struct {
	Platform string `json:"platform"`
	Name     string `json:"name"`
	URL      string `json:"url"`
	ID       string `json:"id"`
	APIBase  string `json:"api_base"`
	AppID    string `json:"app_id,omitempty"`
	CorpID   string `json:"corp_id,omitempty"`
	Secret   string `json:"secret"`
	Token    string `json:"token"`
	AESKey   string `json:"aes_key"`
	Mode     string `json:"mode,omitempty"`
	Kind     string `json:"kind"`
}

// addAccount opens an account for a bot that is not in bot.yaml, and returns its credentials with what was made up.
func (s *Server) addAccount(r *http.Request) (any, error) {
	var in credentials
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if err := local(in.URL); err != nil {
		return nil, err
	}
	in.APIBase = "http://" + r.Host + "/" + in.Platform
	switch in.Platform {
	case "mp":
		return in.addMP(s.world)
	case "kf":
		return in.addKF(s.world)
	}
	return nil, fmt.Errorf("the platform is mp or kf, not %q", in.Platform)
}

func (c credentials) addMP(w *world.World) (any, error) {
	a, err := w.AddMP(c.Name, mp.Settings{
		ID: c.ID, AppID: c.AppID, Secret: c.Secret, Token: c.Token, AESKey: c.AESKey, Mode: c.Mode, Kind: c.Kind, URL: c.URL,
	})
	if err != nil {
		return nil, err
	}
	set := a.Settings()
	c.ID, c.AppID, c.Secret, c.Token, c.AESKey, c.Mode, c.Kind = set.ID, set.AppID, set.Secret, set.Token, set.AESKey, set.Mode, set.Kind
	return c, nil
}

func (c credentials) addKF(w *world.World) (any, error) {
	a, err := w.AddKF(c.Name, kf.Settings{
		CorpID: c.CorpID, Secret: c.Secret, Token: c.Token, AESKey: c.AESKey, Kind: c.Kind, URL: c.URL,
	})
	if err != nil {
		return nil, err
	}
	set := a.Corp().Settings()
	c.ID, c.CorpID, c.Secret, c.Token, c.AESKey, c.Kind = a.ID(), set.CorpID, set.Secret, set.Token, set.AESKey, set.Kind
	return c, nil
}

// change is what the owner of an account can change. What is nil stays.
type change struct {
	Mode *string      `json:"mode"`
	Kind *string      `json:"kind"`
	URL  *string      `json:"url"`
	Menu *[]mp.Button `json:"menu"`
}

func (s *Server) change(r *http.Request, a world.Account) (any, error) {
	var in change
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if in.URL != nil {
		if err := local(*in.URL); err != nil {
			return nil, err
		}
	}
	err := in.apply(a)
	s.world.Touch()
	return struct{}{}, err
}

func (c change) apply(a world.Account) error {
	if a.KF != nil {
		if c.Mode != nil || c.Menu != nil {
			return errOnlyMP
		}
		set := a.KF.Corp().Settings()
		replace(&set.Kind, c.Kind)
		replace(&set.URL, c.URL)
		return a.KF.Corp().Set(set)
	}
	set := a.MP.Settings()
	replace(&set.Mode, c.Mode)
	replace(&set.Kind, c.Kind)
	replace(&set.URL, c.URL)
	if err := a.MP.Set(set); err != nil {
		return err
	}
	if c.Menu != nil {
		return a.MP.SetMenu(*c.Menu)
	}
	return nil
}

func replace(field, by *string) {
	if by != nil {
		*field = *by
	}
}

// local refuses the address of another machine: a sandbox must not be made to call strangers.
func local(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !ownHost(u.Hostname()) {
		return fmt.Errorf("the bot's url must be on this machine, such as http://127.0.0.1:8080/wx")
	}
	return nil
}

// verify asks the bot's URL to prove that it knows the Token.
func (s *Server) verify(r *http.Request, a world.Account) (any, error) {
	check := func() error { return a.MP.Verify(r.Context()) }
	if a.KF != nil {
		check = func() error { return a.KF.Corp().Verify(r.Context()) }
	}
	if err := check(); err != nil {
		return map[string]any{"ok": false, "why": err.Error()}, nil
	}
	return map[string]any{"ok": true}, nil
}

// invalidate takes back the account's access tokens.
func (s *Server) invalidate(_ *http.Request, a world.Account) (any, error) {
	if a.MP != nil {
		a.MP.InvalidateTokens()
	} else {
		a.KF.Corp().InvalidateTokens()
	}
	return struct{}{}, nil
}
