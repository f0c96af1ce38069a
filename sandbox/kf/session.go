package kf

import (
	"slices"
	"time"
)

// The states of a session (page 94698).
const (
	StateNew      = 0 // Nobody has taken it; the bot may send.
	StateBot      = 1 // The bot has it.
	StatePool     = 2 // It waits for a servicer.
	StateServicer = 3 // A servicer has it.
	StateEnded    = 4 // It has ended, or not begun.
)

const (
	// sessionLife is how long a session lasts from the customer's last message (page 94698), and also how long the bot may
	// send after that (page 94677), and how long nobody is welcomed again (page 94670).
	sessionLife = 48 * time.Hour
	// perMessage is how many messages the bot may send after each of the customer's (page 94677).
	perMessage = 5
)

// Session is how a customer stands with an account.
type Session struct {
	State    int
	Servicer string // Who has it, in StateServicer.
	Refuses  bool   // The customer takes no messages of the account.
	Window   Window
}

// Window is how many messages the bot may still send, and until when.
type Window struct {
	Left  int
	Until time.Time // Zero before the customer's first message.
}

// person is a customer as one account has them. Guarded by the account's mutex.
type person struct {
	state         int
	servicer      string
	until         time.Time // When the session ends by itself.
	window        Window
	refuses       bool // They take no messages.
	blocked       bool // A servicer takes none of theirs.
	wrote         bool // Ever.
	seen          time.Time
	welcomed      time.Time
	scene, param  string
	waited, taken bool // The session was in the pool, with a servicer.
}

// person returns who has that id, up to date; a stranger has no session. The caller holds mu.
func (a *Account) person(id string) *person {
	who, ok := a.people[id]
	if !ok {
		return &person{state: StateEnded}
	}
	if who.state != StateEnded && !a.now().Before(who.until) {
		who.move(StateEnded, "")
	}
	return who
}

// meet returns the person, who is known to the account and the corp from now on. The caller holds mu.
func (a *Account) meet(id string) *person {
	who := a.person(id)
	if _, ok := a.people[id]; !ok {
		a.people[id] = who
		a.corp.mu.Lock()
		a.corp.meet(id)
		a.corp.mu.Unlock()
	}
	return who
}

// move brings the session into another state.
func (w *person) move(state int, servicer string) {
	w.state, w.servicer = state, servicer
	switch state {
	case StatePool:
		w.waited = true
	case StateServicer:
		w.taken = true
	case StateEnded:
		w.waited, w.taken = false, false
	}
}

// Session returns how a customer stands with the account. Who was never heard of has no session.
func (a *Account) Session(customer string) Session {
	a.mu.Lock()
	defer a.mu.Unlock()
	who := a.person(customer)
	return Session{who.state, who.servicer, who.refuses, who.window}
}

// consult is a customer's message, which begins a session and opens the window. The caller holds mu.
func (a *Account) consult(who *person, in Inbound, now time.Time) {
	who.wrote, who.until = true, now.Add(sessionLife)
	if in.get("menu_id") == "" || !a.rules().IdleTaps {
		who.window = Window{perMessage, now.Add(sessionLife)}
	}
	if who.state != StateEnded {
		return
	}
	who.move(StateNew, "")
	i := slices.IndexFunc(a.servicers, func(s Servicer) bool { return s.Receiving })
	if a.unmanaged && i >= 0 {
		who.move(StateServicer, a.servicers[i].ID)
	}
}

// visit is a customer who opens the chat. It returns the welcome_code that goes with that, or "". The caller holds mu.
func (a *Account) visit(customer string, who *person, in Inbound, now time.Time) string {
	who.scene, who.param = in.get("scene"), in.get("scene_param")
	if who.wrote || !who.welcomed.IsZero() && now.Sub(who.welcomed) < sessionLife {
		return ""
	}
	return a.corp.giveCode(code{account: a, customer: customer, occasion: entered, until: now.Add(codeSoon)})
}
