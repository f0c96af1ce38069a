package kf

import (
	"encoding/json"
	"maps"
	"slices"
	"sort"
	"strconv"
	"time"
)

// Where an entry of the log comes from (page 94670).
const (
	fromCustomer = 3
	fromPlatform = 4
	fromServicer = 5
)

// item is one entry of an account's log.
type item struct {
	id, customer, servicer string
	origin                 int
	at                     time.Time
	json                   json.RawMessage
}

// maxLog is the most entries that the log of an account has.
const maxLog = 100_000

// messageLog is what bots pull. Its entries have numbers without gaps. It is guarded by the account's mutex.
type messageLog struct {
	items []item
	next  uint64 // The number of the entry to come.
}

func (l *messageLog) add(i item) {
	l.items = append(l.items, i)
	l.next++
	if len(l.items) > maxLog {
		l.items = l.items[1:]
	}
}

// forget drops what was added at the given time or before.
func (l *messageLog) forget(before time.Time) {
	n := sort.Search(len(l.items), func(i int) bool { return l.items[i].at.After(before) })
	l.items = l.items[n:]
}

// first is the number of the oldest entry.
func (l *messageLog) first() uint64 { return l.next - uint64(len(l.items)) }

// from returns up to most entries from the given number on.
func (l *messageLog) from(number uint64, most int) []item {
	skip := number - l.first()
	rest := l.items[min(skip, uint64(len(l.items))):]
	return rest[:min(most, len(rest))]
}

func (l *messageLog) find(id string) (item, bool) {
	for _, i := range slices.Backward(l.items) {
		if i.id == id {
			return i, true
		}
	}
	return item{}, false
}

// head is what entries of the log have in common, in the order of the examples.
type head struct {
	ID       string `json:"msgid,omitempty"`
	Account  string `json:"open_kfid,omitempty"`
	Customer string `json:"external_userid,omitempty"`
	Time     int64  `json:"send_time,omitempty"`
	Origin   int    `json:"origin,omitempty"`
	Servicer string `json:"servicer_userid,omitempty"`
	Kind     string `json:"msgtype"`
}

// write appends an entry to the log and returns its msgid. The caller holds mu. Customer and servicer may be empty.
func (a *Account) write(in Inbound, origin int, customer, servicer string) string {
	p, rules := a.corp.platform, a.rules()
	a.written++
	strange := rules.Strange > 0 && a.written%rules.Strange == 0
	i := item{id: p.newID("from_msgid_"), customer: customer, servicer: servicer, origin: origin, at: a.now()}
	h := head{i.id, a.id, customer, p.stamp.Now().Unix(), origin, servicer, in.Type}
	body := maps.Clone(in.Body)
	if in.Type == event {
		h, body = h.ofEvent(rules), in.eventBody(a.id, customer)
	}
	i.json = encode(h, in.Type, rules.spell(in.Type, body), strange)
	a.log.forget(i.at.Add(-rules.History))
	a.log.add(i)
	if strange {
		a.log.add(a.strangeItem(h, customer))
	}
	return i.id
}

// strangeItem is a message of a msgtype that nobody knows.
func (a *Account) strangeItem(h head, customer string) item {
	i := item{id: a.corp.platform.newID("from_msgid_"), customer: customer, origin: fromCustomer, at: a.now()}
	h.ID, h.Account, h.Customer, h.Origin, h.Servicer, h.Kind = i.id, a.id, customer, fromCustomer, "", "sandbox_unknown"
	i.json = encode(h, h.Kind, map[string]any{"value": 1}, true)
	return i
}

// ofEvent leaves out what events have inside.
func (h head) ofEvent(rules Rules) head {
	h.Servicer = ""
	if !rules.EventIDs {
		h.Account, h.Customer = "", ""
	}
	if rules.BareEvents {
		h.ID, h.Time, h.Origin = "", 0, 0
	}
	return h
}

// spell writes the fields of a body in the way that the rules say.
func (r Rules) spell(kind string, body map[string]any) map[string]any {
	if kind != "channels_shop_product" {
		return body
	}
	if r.HeadImage {
		for _, prefix := range []string{"", "shop_"} {
			body[prefix+"head_image"] = body[prefix+"head_img"]
			delete(body, prefix+"head_img")
		}
	}
	if price, ok := body["sales_price"].(string); ok && r.NumberPrice {
		body["sales_price"] = json.Number(price)
	}
	return body
}

// encode writes an entry. What cannot be written as JSON is left out of it.
func encode(h head, kind string, body map[string]any, strange bool) json.RawMessage {
	out, _ := json.Marshal(h) // Texts and numbers.
	if strange {
		body = maps.Clone(body)
		if body == nil {
			body = map[string]any{}
		}
		body["sandbox_unknown"] = "?"
		out = append(out[:len(out)-1], `,"sandbox_unknown":{"list":[1,null]}}`...)
	}
	inner, err := json.Marshal(body)
	if err != nil || body == nil {
		inner = []byte("{}")
	}
	out = append(out[:len(out)-1], ',')
	out = append(strconv.AppendQuote(out, kind), ':')
	return append(append(out, inner...), '}')
}
