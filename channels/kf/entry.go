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
	outer             object    // Everything.
	body              object    // The object that has the name of the kind, nil if there is none.
	all               json.RawMessage
}

const kindEvent = "event"

// lastSecond bounds the times that are believed, such as of one in milliseconds: beyond the year 9999 they cannot be stored.
const lastSecond = 1 << 37 // In the year 6325.

var errEntry = errors.New("an entry that is no message")

// readEntry reads an entry of an account. Where it stands among the others tells events apart that have no id of their own.
func readEntry(account string, raw json.RawMessage, where string) (entry, error) {
	outer := objectOf(raw)
	e := entry{
		account: account, customer: outer.text("external_userid"), servicer: outer.text("servicer_userid"), id: outer.text("msgid"),
		kind: outer.text("msgtype"), outer: outer, body: outer.inside(outer.text("msgtype")), all: raw,
	}
	if e.kind == "" {
		return entry{}, errEntry
	}
	origin, _ := outer.number("origin")
	e.origin = int(origin)
	if e.kind == kindEvent { // They have both inside, and officially nothing outside.
		e.origin = fromPlatform
		e.customer = first(e.body.text("external_userid"), e.customer)
		e.servicer = first(e.body.text("servicer_userid"), e.servicer)
	}
	if seconds, ok := outer.number("send_time"); ok && seconds >= 1 && seconds < lastSecond {
		e.sent = time.Unix(int64(seconds), 0)
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

// objectOf returns nil for what is no object.
func objectOf(raw json.RawMessage) object {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var f object
	if !json.Valid(raw) || d.Decode(&f) != nil {
		return nil
	}
	return f
}

// inside returns a field that is an object, nil for everything else.
func (f object) inside(name string) object {
	inner, _ := f[name].(map[string]any)
	return inner
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

// has tells whether a field is a text or a number.
func (f object) has(name string) bool {
	switch f[name].(type) {
	case string, json.Number:
		return true
	}
	return false
}

// number returns a number, also one that is written as a text.
func (f object) number(name string) (float64, bool) {
	n, err := strconv.ParseFloat(f.text(name), 64)
	return n, err == nil
}
