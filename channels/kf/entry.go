package kf

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/ids"
)

// Where an entry comes from (page 94670).
const (
	fromCustomer = 3
	fromPlatform = 4
	fromServicer = 5
)

// entry is one entry of what an account has: a message, or an event (page 94670).
type entry struct {
	account, customer string
	servicer          string
	id                string
	kind              string
	origin            int
	sent              time.Time // Zero if the platform does not say.
	body              object    // The object that has the name of the kind.
	all               json.RawMessage
}

// head are the fields that entries have in common. Numbers are read from texts too.
type head struct {
	ID       string      `json:"msgid"`
	Account  string      `json:"open_kfid"`
	Customer string      `json:"external_userid"`
	Time     json.Number `json:"send_time"`
	Origin   json.Number `json:"origin"`
	Servicer string      `json:"servicer_userid"`
	Kind     string      `json:"msgtype"`
}

const kindEvent = "event"

var errEntry = errors.New("an entry that is no message")

// readEntry reads an entry of an account. Where it stands among the others tells events apart that have no id of their own.
func readEntry(account string, raw json.RawMessage, where string) (entry, error) {
	var h head
	if err := json.Unmarshal(raw, &h); err != nil || h.Kind == "" {
		return entry{}, errEntry
	}
	e := entry{account: account, customer: h.Customer, servicer: h.Servicer, id: h.ID, kind: h.Kind, all: raw}
	e.body = bodyOf(raw, h.Kind)
	origin, _ := h.Origin.Int64()
	e.origin = int(origin)
	if h.Kind == kindEvent { // They have both inside, and officially nothing outside.
		e.origin = fromPlatform
		e.customer = first(e.body.text("external_userid"), e.customer)
		e.servicer = first(e.body.text("servicer_userid"), e.servicer)
	}
	if seconds, err := h.Time.Int64(); err == nil && seconds > 0 {
		e.sent = time.Unix(seconds, 0)
	}
	if e.id == "" {
		e.id = "at-" + ids.Hash(where+string(raw))
	}
	return e, nil
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// object is an object of JSON, by field. They may have another type than is documented, or be missing.
type object map[string]any

// bodyOf returns the object of an entry that has the name of its kind, nil if there is none.
func bodyOf(raw json.RawMessage, kind string) object {
	var outer map[string]json.RawMessage
	if json.Unmarshal(raw, &outer) != nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(outer[kind]))
	d.UseNumber()
	var f object
	if d.Decode(&f) != nil {
		return nil
	}
	return f
}

// text returns a text, or a number as it is written; "" for everything else.
func (f object) text(name string) string {
	switch v := f[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// number returns a number, also one that is written as a text.
func (f object) number(name string) (float64, bool) {
	n, err := strconv.ParseFloat(f.text(name), 64)
	return n, err == nil
}
