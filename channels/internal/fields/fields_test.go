package fields_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/fields"
	"github.com/chuanhuabot/bot/sdk"
)

func raw(object string) sdk.Raw { return sdk.Raw{Type: "music", Fields: json.RawMessage(object)} }

func TestOf(t *testing.T) {
	for name, test := range map[string]struct {
		object string
		want   fields.Fields
	}{
		"nothing":               {" \n", fields.Fields{}},
		"no fields":             {"{}", fields.Fields{}},
		"a long number":         {`{"id":12345678901234567890}`, fields.Fields{"id": json.Number("12345678901234567890")}},
		"what is not taken":     {`{"a\u0001":"b\u0002"}`, fields.Fields{"a": "b"}},
		"what is not taken, in": {`{"a":[{"b":"\u2028"}]}`, fields.Fields{"a": []any{map[string]any{"b": "\n"}}}},
		"as deep as may be":     {`{"a":` + strings.Repeat("[", 14) + "1" + strings.Repeat("]", 14) + `}`, nil},
		"as long as may be":     {`{"a":"` + strings.Repeat("x", fields.MaxRaw-8) + `"}`, nil},
	} {
		got, err := fields.Of(raw(test.object))
		if err != nil || test.want != nil && !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestOf_WhatIsNoObject(t *testing.T) {
	for name, test := range map[string]struct{ object, want string }{
		"a list":   {`[]`, "no JSON object"},
		"nothing":  {`null`, "no JSON object"},
		"a text":   {`"x"`, "no JSON object"},
		"two":      {`{} {}`, "no JSON object"},
		"broken":   {`{"`, "no JSON object"},
		"too many": {`{"title":"` + strings.Repeat("x", fields.MaxRaw) + `"}`, "more than 65536 bytes"},
		"too deep": {`{"a":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`, "too deep"},
	} {
		if f, err := fields.Of(raw(test.object)); !errors.Is(err, fields.ErrRaw) || !strings.Contains(err.Error(), test.want) || f != nil {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
}

// TestFields_SayWhatIsMissing reads what a plugin's author would.
func TestFields_SayWhatIsMissing(t *testing.T) {
	need := func(f fields.Fields) error { return f.Need("m", "a", "b") }
	may := func(f fields.Fields) error { return f.May("m", "a", "b") }
	list := func(f fields.Fields) error { _, err := f.List("m", "a"); return err }
	for name, test := range map[string]struct {
		check  func(fields.Fields) error
		object string
		want   string
	}{
		"all are there":        {need, `{"a":"x","b":{"c":1}}`, ""},
		"none is there":        {need, `{}`, "m.a is missing"},
		"one is not there":     {need, `{"a":"x"}`, "m.b is missing"},
		"one is null":          {need, `{"a":null,"b":"x"}`, "m.a is missing"},
		"one is blank":         {need, `{"a":" \u0001","b":"x"}`, "m.a is missing"},
		"one is an empty one":  {need, `{"a":{},"b":"x"}`, "m.a is missing"},
		"one is a list":        {need, `{"a":["x"],"b":"x"}`, "m.a is missing"},
		"one is a number":      {need, `{"a":5,"b":"x"}`, "m.a must be a text"},
		"none has to be there": {may, `{"a":null}`, ""},
		"texts may be there":   {may, `{"a":"","b":"x"}`, ""},
		"numbers may not":      {may, `{"b":5}`, "m.b must be a text"},
		"lists may not":        {may, `{"a":[]}`, "m.a must be a text"},
		"a list":               {list, `{"a":[{},{}]}`, ""},
		"no list":              {list, `{}`, "m.a is missing"},
		"a list of nothing":    {list, `{"a":[]}`, "m.a is missing"},
		"a list of texts":      {list, `{"a":[{},"x"]}`, "m.a must be a list of objects"},
	} {
		f, err := fields.Of(raw(test.object))
		if err != nil {
			t.Fatal(err)
		}
		err = test.check(f)
		if test.want == "" && err != nil || test.want != "" && (!errors.Is(err, fields.ErrRaw) || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

func TestFields_Values(t *testing.T) {
	f, err := fields.Of(raw(`{"a":"x","b":5,"all":[{"c":"y"},{"c":"z"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if f.Text("a") != "x" || f.Text("b") != "" || f.Text("c") != "" {
		t.Errorf("got %q, %q, %q", f.Text("a"), f.Text("b"), f.Text("c"))
	}
	if all, err := f.List("m", "all"); err != nil || len(all) != 2 || all[1].Text("c") != "z" {
		t.Errorf("got %v, %v", all, err)
	}
}

// FuzzOf plays a plugin that sends anything: what is read is such that reading it again changes nothing.
func FuzzOf(f *testing.F) {
	f.Add(`{"a":"\u0001\u2028","b":[{"c":1e999}]}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, object string) {
		once, err := fields.Of(raw(object))
		if err != nil {
			return
		}
		data, err := json.Marshal(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := fields.Of(raw(string(data))); len(data) <= fields.MaxRaw && (err != nil || !reflect.DeepEqual(once, twice)) {
			t.Errorf("%q became %v, and then %v, %v", object, once, twice, err)
		}
	})
}
