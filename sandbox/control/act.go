package control

import (
	"context"
	"errors"
	"net/http"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/world"
)

// act is what everything that a person does has in common.
type act struct {
	Person string `json:"person"`
	Fault  fault  `json:"fault"`
	Wait   *bool  `json:"wait"`
}

func (a act) waits() bool { return a.Wait == nil || *a.Wait }

// outcome is what came of it.
type outcome struct {
	Message  string `json:"message"`
	Answered bool   `json:"answered"`
	Reply    string `json:"reply"`
	Fault    bool   `json:"fault"`
	Why      string `json:"why"`
	Tries    int    `json:"tries"`
}

// pending is an outcome that nobody waits for.
type pending struct {
	Message string `json:"message"`
}

// actor returns the id of who acts, and what goes wrong on the way.
func (s *Server) actor(a world.Account, what act) (string, callback.Fault, error) {
	who, err := s.world.PersonID(a, what.Person)
	if err != nil {
		return "", callback.Fault{}, err
	}
	fault, err := what.Fault.callbackOn(a)
	return who, fault, err
}

// pushMP pushes what a person did to the bot of an Official Account.
func (s *Server) pushMP(r *http.Request, a world.Account, what act, content mp.Inbound) (any, error) {
	who, fault, err := s.actor(a, what)
	if err != nil {
		return nil, err
	}
	p, err := a.MP.Begin(mp.Push{Person: who, Content: content, Fault: fault})
	if err != nil {
		return nil, err
	}
	return s.deliver(r, what, p.Message(), func(ctx context.Context) (outcome, error) {
		out, err := p.Deliver(ctx)
		if err != nil {
			return outcome{}, err
		}
		answer := outcome{Message: out.Message, Answered: out.Answered, Fault: out.Fault, Why: out.Why, Tries: len(out.Tries)}
		if out.Reply != nil {
			answer.Reply = mp.Words(out.Reply)
		}
		return answer, nil
	})
}

// pushKF puts what a customer did into the account's log and rings the bot's bell.
func (s *Server) pushKF(r *http.Request, a world.Account, what act, content kf.Inbound) (any, error) {
	who, fault, err := s.actor(a, what)
	if err != nil {
		return nil, err
	}
	p, err := a.KF.Begin(kf.Push{Customer: who, Content: content, Fault: fault})
	if err != nil {
		return nil, err
	}
	return s.ring(r, what, p)
}

// ring rings the bell for what stands in an account's log.
func (s *Server) ring(r *http.Request, what act, p *kf.Pending) (any, error) {
	return s.deliver(r, what, p.Message(), func(ctx context.Context) (outcome, error) {
		out, err := p.Deliver(ctx)
		if err != nil {
			return outcome{}, err
		}
		return outcome{Message: out.Message, Answered: out.Answered, Why: out.Why, Tries: len(out.Tries)}, nil
	})
}

// deliver sends what has begun: for as long as the caller waits, or in the background.
func (s *Server) deliver(r *http.Request, what act, message string, send func(context.Context) (outcome, error)) (any, error) {
	s.world.Touch()
	if what.waits() {
		return send(r.Context())
	}
	s.world.Go(func(ctx context.Context) { _, _ = send(ctx) }) // What comes of it is in the transcript.
	return pending{message}, nil
}

var (
	errOnlyMP = errors.New("only an mp account has this")
	errOnlyKF = errors.New("only a kf account has this")
)

// pushEvent pushes an event that is made of a request of an Official Account.
func (s *Server) pushEvent(r *http.Request, a world.Account, in interface{ common() act }, content func() (mp.Inbound, error)) (any, error) {
	if a.MP == nil {
		return nil, errOnlyMP
	}
	if err := read(r, in); err != nil {
		return nil, err
	}
	event, err := content()
	if err != nil {
		return nil, err
	}
	return s.pushMP(r, a, in.common(), event)
}

func (a act) common() act { return a }
