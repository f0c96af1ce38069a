package control

import (
	"errors"
	"net/http"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/world"
)

func (s *Server) enter(r *http.Request, a world.Account) (any, error) {
	var in struct {
		act
		Scene      string `json:"scene"`
		SceneParam string `json:"scene_param"`
	}
	if err := readKF(r, a, &in); err != nil {
		return nil, err
	}
	return s.pushKF(r, a, in.act, kf.Enter(in.Scene, in.SceneParam))
}

func (s *Server) recall(r *http.Request, a world.Account) (any, error) {
	var in struct {
		act
		Message string `json:"message"`
	}
	if err := readKF(r, a, &in); err != nil {
		return nil, err
	}
	return s.pushKF(r, a, in.act, kf.Recall(in.Message))
}

func (s *Server) refuse(r *http.Request, a world.Account) (any, error) {
	var in struct {
		act
		Refuses bool `json:"refuses"`
	}
	if err := readKF(r, a, &in); err != nil {
		return nil, err
	}
	return s.pushKF(r, a, in.act, kf.Refuse(in.Refuses))
}

func readKF(r *http.Request, a world.Account, in any) error {
	if a.KF == nil {
		return errOnlyKF
	}
	return read(r, in)
}

// seating is what somebody of the company does.
type seating struct {
	act
	Action   string `json:"action"`
	Servicer string `json:"servicer"`
	Text     string `json:"text"`
	Message  string `json:"message"`
}

// seat is the human seat: somebody of the company who takes customers over.
func (s *Server) seat(r *http.Request, a world.Account) (any, error) {
	var in seating
	if err := readKF(r, a, &in); err != nil {
		return nil, err
	}
	move := kf.Move{Action: in.Action, Servicer: in.Servicer, Content: kf.Text(in.Text), Message: in.Message}
	if in.Action != "start" && in.Action != "stop" {
		var err error
		if move.Customer, err = s.world.PersonID(a, in.Person); err != nil {
			return nil, err
		}
	}
	if in.Action == "say" && in.Text == "" {
		return nil, errors.New("write the text")
	}
	p, err := a.KF.BeginMove(move)
	if err != nil {
		return nil, err
	}
	return s.ring(r, in.act, p)
}
