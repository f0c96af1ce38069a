package kf

import (
	"fmt"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

type stateRequest struct {
	Account  string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	State    *int   `json:"service_state"`
	Servicer string `json:"servicer_userid"`
}

// readState reads a call about a session.
func readState(c *call) (in stateRequest, a *Account, refused *refusal) {
	if refused = read(c, &in); refused != nil {
		return in, nil, refused
	}
	a, refused = findWith(c, in.Account, in.Customer)
	return in, a, refused
}

// getState says in which state a session is (page 94669).
func getState(c *call) (any, *refusal) {
	in, a, refused := readState(c)
	if refused != nil {
		return nil, refused
	}
	is := a.Session(in.Customer)
	return struct {
		apihost.Done
		State    int    `json:"service_state"`
		Servicer string `json:"servicer_userid,omitempty"`
	}{okay, is.State, is.Servicer}, nil
}

// transState moves a session into another state (page 94669). The log says nothing of it: only what servicers do is an event.
func transState(c *call) (any, *refusal) {
	in, a, refused := readState(c)
	if refused != nil {
		return nil, refused
	}
	if in.State == nil {
		return nil, refuse(codeParameter)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	who := a.person(in.Customer)
	before := *who
	if refused := a.mayMove(who, in); refused != nil {
		a.note(in.Customer, transcript.Entry{
			Kind: transcript.Note, Type: "service_state", Why: fmt.Sprintf("from %d to %d: refused with %d: %s", before.state, *in.State, refused.Code, words(refused)),
		})
		return nil, refused
	}
	if *in.State != StateServicer {
		in.Servicer = ""
	}
	who.move(*in.State, in.Servicer)
	a.note(in.Customer, transcript.Entry{
		Kind: transcript.Note, Type: "service_state", Why: fmt.Sprintf("the bot moved the session from %d to %d", before.state, who.state), Detail: ofServicer(who.servicer),
	})
	return struct {
		apihost.Done
		Code string `json:"msg_code,omitempty"`
	}{okay, a.stateCode(in.Customer, who, before)}, nil
}

func ofServicer(id string) *transcript.Detail {
	if id == "" {
		return nil
	}
	return &transcript.Detail{Servicer: id}
}

// mayMove refuses a step that the API has not. The caller holds mu.
func (a *Account) mayMove(who *person, in stateRequest) *refusal {
	rules, to := a.rules(), *in.State
	allowed := map[int]bool{}
	switch who.state {
	case StateNew:
		allowed = map[int]bool{StateBot: rules.TransToBot, StatePool: true, StateServicer: true, StateEnded: rules.TransToEnd}
	case StateBot:
		allowed = map[int]bool{StatePool: true, StateServicer: true, StateEnded: rules.TransToEnd}
	case StatePool:
		allowed = map[int]bool{StateServicer: true, StateEnded: rules.TransToEnd}
	case StateServicer:
		allowed = map[int]bool{StateServicer: in.Servicer != who.servicer, StateEnded: true}
	case StateEnded:
		return refuse(codeEnded)
	}
	switch {
	case to < StateNew || to > StateEnded:
		return refuse(codeParameter)
	case !allowed[to]:
		return refuse(codeTransition)
	case to != StateServicer:
		return nil
	}
	return a.mayServe(in.Servicer)
}

// mayServe refuses who cannot be given customers. The caller holds mu.
func (a *Account) mayServe(servicer string) *refusal {
	i := a.servicerAt(servicer)
	switch {
	case servicer == "":
		return refuse(codeParameter)
	case i < 0:
		return refuse(codeNoServicer)
	case !a.servicers[i].Receiving:
		return refuse(codeStopped)
	}
	return nil
}
