package kf

import (
	"context"
	"errors"
	"fmt"

	"github.com/chuanhuabot/bot/sandbox/transcript"
)

var (
	// ErrNoServicer is returned for what somebody does who does not serve the account.
	ErrNoServicer = errors.New("they are no servicer of the account")
	// ErrStopped is returned for a servicer who receives no customers.
	ErrStopped = errors.New("the servicer receives no customers")
	// ErrNotInHand is returned if the session is not with that servicer, or cannot be had.
	ErrNotInHand = errors.New("the session is not in their hands")
)

// Move is what a servicer does in the WeCom client.
type Move struct {
	Action   string // take, say, transfer, recall, end, block, unblock, stop or start.
	Servicer string // Who does it; for transfer, who gets the customer.
	Customer string // Nobody for stop and start.
	Content  Inbound
	Message  string // Of recall.
}

// BeginMove does what the move says and puts it into the log. It does not block. The error is ErrNoServicer, ErrStopped,
// ErrNotInHand, ErrNotTheirs or ErrDeleted, or says what is not set.
func (a *Account) BeginMove(m Move) (*Pending, error) {
	if m.Action == "say" {
		return a.beginSay(m)
	}
	do, ok := map[string]func(Move) (happening, error){
		"take": a.take, "transfer": a.transfer, "recall": a.recall, "end": a.end, "block": a.block, "unblock": a.block, "stop": a.receive,
		"start": a.receive,
	}[m.Action]
	if !ok {
		return nil, fmt.Errorf("a servicer cannot %q", m.Action)
	}
	return a.happen(m.Customer, func() (happening, error) {
		if a.servicerAt(m.Servicer) < 0 {
			return happening{}, ErrNoServicer
		}
		h, err := do(m)
		h.servicer = m.Servicer
		return h, err
	})
}

func (a *Account) move(ctx context.Context, m Move) error {
	p, err := a.BeginMove(m)
	if err != nil {
		return err
	}
	_, err = p.Deliver(ctx)
	return err
}

// Take gives a customer who waits, or whom the bot has, to a servicer. It blocks while the bell rings, as the others do. For
// the error see BeginMove, or it is that of ctx.
func (a *Account) Take(ctx context.Context, servicer, customer string) error {
	return a.move(ctx, Move{Action: "take", Servicer: servicer, Customer: customer})
}

// SeatSay shows a servicer's message to a customer whom they have, or whose session has ended: that begins it again.
func (a *Account) SeatSay(ctx context.Context, servicer, customer string, content Inbound) error {
	return a.move(ctx, Move{Action: "say", Servicer: servicer, Customer: customer, Content: content})
}

// Transfer gives a customer from the servicer who has them to another one.
func (a *Account) Transfer(ctx context.Context, customer, toServicer string) error {
	return a.move(ctx, Move{Action: "transfer", Servicer: toServicer, Customer: customer})
}

// SeatRecall takes back a message that a servicer has sent.
func (a *Account) SeatRecall(ctx context.Context, servicer, customer, message string) error {
	return a.move(ctx, Move{Action: "recall", Servicer: servicer, Customer: customer, Message: message})
}

// End ends a session that a servicer has.
func (a *Account) End(ctx context.Context, servicer, customer string) error {
	return a.move(ctx, Move{Action: "end", Servicer: servicer, Customer: customer})
}

// Block lets a servicer take no more messages of a customer, or take them again.
func (a *Account) Block(ctx context.Context, servicer, customer string, blocked bool) error {
	action := "unblock"
	if blocked {
		action = "block"
	}
	return a.move(ctx, Move{Action: action, Servicer: servicer, Customer: customer})
}

// SetReceiving lets a servicer receive customers, or no more.
func (a *Account) SetReceiving(ctx context.Context, servicer string, receiving bool) error {
	action := "stop"
	if receiving {
		action = "start"
	}
	return a.move(ctx, Move{Action: action, Servicer: servicer})
}

// sessionChange is the event of what a servicer does with a session (page 94670).
func sessionChange(kind int, before, after, code string) Inbound {
	in := Event("session_status_change", map[string]any{"change_type": kind})
	for name, value := range map[string]string{"old_servicer_userid": before, "new_servicer_userid": after, "msg_code": code} {
		if value != "" {
			in = in.with(name, value)
		}
	}
	return in
}

func (a *Account) take(m Move) (happening, error) {
	who := a.person(m.Customer)
	switch {
	case who.state == StateServicer || who.state == StateEnded:
		return happening{}, ErrNotInHand
	case !a.servicers[a.servicerAt(m.Servicer)].Receiving:
		return happening{}, ErrStopped
	}
	before := *who
	who.move(StateServicer, m.Servicer)
	return happening{in: sessionChange(1, "", m.Servicer, a.stateCode(m.Customer, who, before)), why: m.Servicer + " took the session"}, nil
}

func (a *Account) transfer(m Move) (happening, error) {
	who := a.person(m.Customer)
	old := who.servicer
	switch {
	case who.state != StateServicer || old == m.Servicer:
		return happening{}, ErrNotInHand
	case !a.servicers[a.servicerAt(m.Servicer)].Receiving:
		return happening{}, ErrStopped
	}
	who.move(StateServicer, m.Servicer)
	return happening{in: sessionChange(2, old, m.Servicer, ""), why: old + " gave the session to " + m.Servicer}, nil
}

func (a *Account) end(m Move) (happening, error) {
	who := a.person(m.Customer)
	if who.state != StateServicer || who.servicer != m.Servicer {
		return happening{}, ErrNotInHand
	}
	before := *who
	who.move(StateEnded, "")
	return happening{in: sessionChange(3, m.Servicer, "", a.stateCode(m.Customer, who, before)), why: m.Servicer + " ended the session"}, nil
}

func (a *Account) recall(m Move) (happening, error) {
	if i, ok := a.log.find(m.Message); !ok || i.origin != fromServicer || i.servicer != m.Servicer || i.customer != m.Customer {
		return happening{}, ErrNotTheirs
	}
	return happening{
		in:  Event("servicer_recall_msg", map[string]any{"recall_msgid": m.Message, "servicer_userid": m.Servicer}),
		why: m.Servicer + " took back " + m.Message,
	}, nil
}

func (a *Account) block(m Move) (happening, error) {
	who := a.meet(m.Customer)
	who.blocked = m.Action == "block"
	return happening{
		in:  Event("reject_customer_msg_switch_change", map[string]any{"servicer_userid": m.Servicer, "reject_switch": number(who.blocked)}),
		why: fmt.Sprintf("%s lets messages of the customer come: %t", m.Servicer, !who.blocked),
	}, nil
}

// receive has other numbers in its event, 1 and 2, than servicer/list.
func (a *Account) receive(m Move) (happening, error) {
	stopped := m.Action == "stop"
	a.servicers[a.servicerAt(m.Servicer)].Receiving = !stopped
	return happening{
		in:     Event("servicer_status_change", map[string]any{"servicer_userid": m.Servicer, "status": 1 + number(stopped), "stop_type": 0}),
		why:    fmt.Sprintf("%s receives customers: %t", m.Servicer, !stopped),
		nobody: true,
	}, nil
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// beginSay is a message, and before it an event if it begins the session again.
func (a *Account) beginSay(m Move) (*Pending, error) {
	p, err := a.prepare(m.Customer, Fault{}, false)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	who := a.person(m.Customer)
	again := who.state == StateEnded && a.people[m.Customer] != nil
	switch {
	case a.deleted:
		return nil, ErrDeleted
	case a.servicerAt(m.Servicer) < 0:
		return nil, ErrNoServicer
	case !again && (who.state != StateServicer || who.servicer != m.Servicer):
		return nil, ErrNotInHand
	}
	if again {
		who.move(StateServicer, m.Servicer)
		who.until = a.now().Add(sessionLife)
		a.tell(p, m.Customer, happening{in: sessionChange(4, "", m.Servicer, ""), servicer: m.Servicer, why: m.Servicer + " began the session again"})
	}
	a.saidByServicer(p, m)
	return p, nil
}

// saidByServicer logs and shows a message. The caller holds mu.
func (a *Account) saidByServicer(p *Pending, m Move) {
	in := a.passed(m.Content)
	p.message = a.write(in, fromServicer, m.Customer, m.Servicer)
	p.name()
	d := in.detail()
	if d == nil {
		d = &transcript.Detail{}
	}
	d.Servicer = m.Servicer
	a.note(m.Customer, transcript.Entry{Kind: transcript.Saw, Message: p.message, Type: in.kind(), Text: in.words(), Detail: d})
}
