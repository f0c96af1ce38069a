package kf

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// read returns an entry that stands somewhere.
func read(t *testing.T, text, where string) entry {
	t.Helper()
	e, err := readEntry(account, json.RawMessage(text), where)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

// TestReadEntry_NumbersMayBeTexts also holds that a field nobody can read costs no message: it is as if it were not there.
func TestReadEntry_NumbersMayBeTexts(t *testing.T) {
	const seconds = 1615478585
	for name, test := range map[string]struct {
		fields string
		sent   int64
		origin int
	}{
		"numbers":           {`"send_time":1615478585,"origin":5`, seconds, fromServicer},
		"texts":             {`"send_time":"1615478585","origin":"5"`, seconds, fromServicer},
		"fractions":         {`"send_time":1615478585.9,"origin":5.0`, seconds, fromServicer},
		"nothing":           {`"a":1`, 0, 0},
		"null":              {`"send_time":null,"origin":null`, 0, 0},
		"empty texts":       {`"send_time":"","origin":""`, 0, 0},
		"words":             {`"send_time":"now","origin":"customer"`, 0, 0},
		"objects":           {`"send_time":{},"origin":[]`, 0, 0},
		"milliseconds":      {`"send_time":1615478585000,"origin":3`, 0, fromCustomer},
		"the end of time":   {`"send_time":9223372036854775807,"origin":3`, 0, fromCustomer},
		"beyond any number": {`"send_time":1e999,"origin":3`, 0, fromCustomer},
		"no number":         {`"send_time":"NaN","origin":3`, 0, fromCustomer},
		"before 1970":       {`"send_time":-5,"origin":3`, 0, fromCustomer},
		"1970":              {`"send_time":0,"origin":3`, 0, fromCustomer},
		"the last moment":   {fmt.Sprintf(`"send_time":%d,"origin":3`, int64(lastSecond)-1), lastSecond - 1, fromCustomer},
	} {
		e := read(t, `{"msgid":"m","msgtype":"text",`+test.fields+`}`, "#0")
		want := time.Time{}
		if test.sent > 0 {
			want = time.Unix(test.sent, 0)
		}
		if !e.sent.Equal(want) || e.origin != test.origin || e.id != "m" {
			t.Errorf("%s: sent %v by %d, want %v by %d", name, e.sent, e.origin, want, test.origin)
		}
		if _, err := json.Marshal(e.sent.Add(100 * 365 * 24 * time.Hour)); err != nil { // A store writes what is counted from it.
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadEntry_WhoIsInsideOfEvents(t *testing.T) {
	for text, want := range map[string][2]string{
		`{"msgtype":"text","external_userid":"ann","servicer_userid":"li","text":{"external_userid":"x"}}`:      {"ann", "li"},
		`{"msgtype":"event","event":{"external_userid":"ann","servicer_userid":"li"}}`:                          {"ann", "li"},
		`{"msgtype":"event","external_userid":"bob","event":{"external_userid":"ann","servicer_userid":""}}`:    {"ann", ""},
		`{"msgtype":"event","external_userid":"bob","servicer_userid":"zhang","event":{}}`:                      {"bob", "zhang"},
		`{"msgtype":"event","external_userid":"bob","event":null}`:                                              {"bob", ""},
		`{"msgtype":"event","event":{"external_userid":["ann"],"servicer_userid":{"a":1}},"servicer_userid":7}`: {"", "7"},
	} {
		if e := read(t, text, "#0"); e.customer != want[0] || e.servicer != want[1] {
			t.Errorf("%s: %q and %q", text, e.customer, e.servicer)
		}
	}
}

// TestReadEntry_EventsHaveAnOriginOfTheirOwn holds that nobody takes an event for what somebody said.
func TestReadEntry_EventsHaveAnOriginOfTheirOwn(t *testing.T) {
	for _, origin := range []string{`3`, `5`, `"3"`, `null`} {
		if e := read(t, `{"msgtype":"event","event":{},"origin":`+origin+`}`, "#0"); e.origin != fromPlatform {
			t.Errorf("%s: %d", origin, e.origin)
		}
	}
}

// TestReadEntry_WithoutAnID: what is read again where it stood is the same, and two that say the same are two.
func TestReadEntry_WithoutAnID(t *testing.T) {
	const bare = `{"msgtype":"event","event":{"event_type":"enter_session","external_userid":"ann"}}`
	seen := map[string]string{}
	for _, where := range []string{"#0", "#1", "c#0", "c#1", "d#0"} {
		id := read(t, bare, where).id
		if id != read(t, bare, where).id || id == "" {
			t.Errorf("%s: %q, and then another", where, id)
		}
		if other, taken := seen[id]; taken {
			t.Errorf("%s and %s have the id %s", where, other, id)
		}
		seen[id] = where
	}
	if one, two := read(t, bare, "#0").id, read(t, bare+" ", "#0").id; one == two {
		t.Errorf("two entries have the id %s", one)
	}
}

func TestReadEntry_WhatIsNone(t *testing.T) {
	for _, text := range []string{
		``, ` `, `null`, `1`, `"text"`, `[]`, `[{"msgtype":"text"}]`, `{}`, `{"msgtype":null}`, `{"msgtype":""}`, `{"msgtype":{}}`,
		`{"msgtype":"text"`, `{"msgtype":"text"} x`, `{"msgtype":"text"}{}`,
	} {
		if e, err := readEntry(account, json.RawMessage(text), "#0"); err != errEntry {
			t.Errorf("%s: %+v, %v", text, e, err)
		}
	}
}

// TestEventOf_KeepsWhatIsNoObject: an event whose object is something else keeps it in its fields.
func TestEventOf_KeepsWhatIsNoObject(t *testing.T) {
	for event, want := range map[string]string{
		`"enter_session"`: `{"event":"enter_session","msgid":"m"}`,
		`["a",{"b":1}]`:   `{"event":["a",{"b":1}],"msgid":"m"}`,
		`null`:            `{"event":null,"msgid":"m"}`,
		`{}`:              `{"msgid":"m"}`,
		`{"event":1,"msgtype":"x","msgid":"inside"}`: `{"event":1,"msgid":"inside","msgtype":"x"}`,
	} {
		if got := eventOf(read(t, `{"msgid":"m","msgtype":"event","event":`+event+`}`, "#0")); string(got.Fields) != want {
			t.Errorf("%s: %s", event, got.Fields)
		}
	}
}

// TestEventOf_Keys names what a route can ask for, of each event that has a key.
func TestEventOf_Keys(t *testing.T) {
	for _, field := range []string{"scene", "fail_msgid", "status", "change_type", "recall_msgid", "reject_switch"} {
		found := 0
		for _, kind := range []string{
			"enter_session", "msg_send_fail", "servicer_status_change", "session_status_change", "user_recall_msg", "servicer_recall_msg",
			"reject_customer_msg_switch_change",
		} {
			text := fmt.Sprintf(`{"msgtype":"event","event":{"event_type":%q,%q:"K"}}`, kind, field)
			if e := eventOf(read(t, text, "#0")); e.Type != kind || e.Key != "" && e.Key != "K" {
				t.Errorf("%s: %+v", text, e)
			} else if e.Key == "K" {
				found++
			}
		}
		if want := map[string]int{"recall_msgid": 2}[field]; found != max(want, 1) {
			t.Errorf("%s is the key of %d events", field, found)
		}
	}
}
