package verify_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/chuanhuabot/bot/sdk/verify"
)

func TestFinding_String(t *testing.T) {
	for want, f := range map[string]verify.Finding{
		"ok              ping             two":                   {Rule: "ping", Verdict: verify.OK, Seen: "two", Contract: "a Pong"},
		"not seen        stdout           [31mnothing":           {Rule: "stdout", Verdict: verify.NotSeen, Seen: "\x1b[31mno\u202ething\n"},
		"not applicable  ids              it answers no message": {Rule: "ids", Verdict: verify.NotApplicable, Seen: "it answers no message"},
		"FAILED          unknown-content  seen: it died\n                                 contract: it lives": {
			Rule: "unknown-content", Verdict: verify.Failed, Seen: "it died", Contract: "it lives"},
	} {
		if got := f.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestReport(t *testing.T) {
	r := verify.Report{Name: "x", Version: "1", Rules: []verify.Finding{
		{Rule: "ping", Verdict: verify.OK, Seen: "two", Contract: "a Pong", Millis: 3}, {Rule: "ids", Verdict: verify.Failed}, {Verdict: verify.OK},
	}}
	if got, want := r.Summary(), "3 rules: 2 ok, 1 failed, 0 not seen, 0 not applicable"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var out bytes.Buffer
	if err := r.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var again verify.Report
	if err := json.Unmarshal(out.Bytes(), &again); err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("%v: %s", err, &out)
	}
}
