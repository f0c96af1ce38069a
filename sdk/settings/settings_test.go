package settings_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/settings"
)

type backend struct {
	URL   string     `json:"url" required:"true" doc:"Where it is."`
	Key   sdk.Secret `json:"key"`
	Tries uint8      `json:"tries" default:"3"`
}

type config struct {
	City    string            `json:"city" default:"北京" doc:"Where, if nobody says."`
	Unit    string            `json:"unit" default:"C" enum:"C|F"`
	Wait    time.Duration     `json:"wait" default:"5s"`
	Debug   bool              `json:"debug"`
	Days    int               `json:"days" default:"-1"`
	Rate    float64           `json:"rate" default:"0.5"`
	Backend backend           `json:"backend"`
	Spare   *backend          `json:"spare,omitempty"`
	Near    []string          `json:"near"`
	Modes   []string          `json:"modes" enum:"a|b"`
	Names   map[string]string `json:"names"`
	Host    netip.Addr        `json:"host"`
	Port    *int              `json:"port"`
	Left    string            `json:"-"`
}

const least = `"backend": {"url": "x"}`

func mustDecode(t *testing.T, text string) config {
	t.Helper()
	c, err := settings.Decode[config](json.RawMessage(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c
}

func TestDecode_Defaults(t *testing.T) {
	want := config{City: "北京", Unit: "C", Wait: 5 * time.Second, Days: -1, Rate: 0.5, Backend: backend{URL: "x", Tries: 3}}
	for _, text := range []string{`{` + least + `}`, `{"city": null, "spare": null, "near": null, ` + least + `}`} {
		if got := mustDecode(t, text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v", text, got)
		}
	}
	type free struct {
		City string `json:"city" default:"北京"`
	}
	for _, text := range []string{"", " ", "{}", "null"} {
		if got, err := settings.Decode[free](json.RawMessage(text)); err != nil || got.City != "北京" {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestDecode_Everything(t *testing.T) {
	got := mustDecode(t, `{"city": "", "unit": "F", "wait": "1m30s", "debug": true, "days": 7, "rate": 2, "backend": {"url": "a", "key": "k", "tries": 255},
		"spare": {"url": "b"}, "near": ["x", "y"], "modes": ["b"], "names": {"a.b": "c"}, "host": "127.0.0.1", "port": 0}`)
	zero := 0
	want := config{Unit: "F", Wait: 90 * time.Second, Debug: true, Days: 7, Rate: 2, Backend: backend{URL: "a", Key: sdk.NewSecret("k"), Tries: 255},
		Spare: &backend{URL: "b", Tries: 3}, Near: []string{"x", "y"}, Modes: []string{"b"}, Names: map[string]string{"a.b": "c"},
		Host: netip.MustParseAddr("127.0.0.1"), Port: &zero}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

// TestDecode_Mistakes has a config, and the problems of it: field and message.
func TestDecode_Mistakes(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "backend.url: is missing; write text (Where it is)",
		`{"ctiy": "x", ` + least + `}`: "ctiy: unknown key; remove it or correct its spelling (allowed here: city, unit, wait, debug, days, rate, backend, " +
			"spare, near, modes, names, host, port)",
		`{"backend": {"url": "x", "Url": 1}}`:                     "backend.Url: unknown key; remove it or correct its spelling (allowed here: url, key, tries)",
		`{"Left": "x", "private": 1, ` + least + `}`:              "Left: unknown key…; private: unknown key…",
		`{"city": 1, "unit": "K", "wait": 5, ` + least + `}`:      "city: must be text, not a number; unit: must be C or F; wait: must be a duration such as 20s, not a number",
		`{"wait": "5", ` + least + `}`:                            "wait: must be a duration such as 20s",
		`{"wait": "-5s", ` + least + `}`:                          "wait: must be a duration such as 20s",
		`{"debug": "true", "days": "7", ` + least + `}`:           "debug: must be true or false, not text; days: must be a whole number, not text",
		`{"debug": 1, "days": true, "rate": [], ` + least + `}`:   "debug: must be true or false, not a number; days: must be a whole number, not true or false; rate: must be a number, not a list",
		`{"days": 1.5, "rate": 1e999, ` + least + `}`:             "days: must be a whole number; rate: must be a number",
		`{"backend": {"url": "", "tries": 256}}`:                  "backend.url: is empty; write text (Where it is); backend.tries: must be a whole number from 0 to 255",
		`{"backend": []}`:                                         "backend: must be an object, not a list",
		`{"spare": {}, "backend": {"url": "x", "key": 1}}`:        "backend.key: must be a secret such as env:NAME, file:PATH or the value itself, not a number; spare.url: is missing; write text (Where it is)",
		`{"near": "x", "modes": ["a", "c", null], ` + least + `}`: "near: must be a list, not text; modes[1]: must be a or b; modes[2]: has no value; write a or b, or remove it",
		`{"names": {"a": 1}, "host": "here", ` + least + `}`:      "names.a: must be text, not a number; host: must be a valid Addr",
		`{"names": [], "host": 1, "port": {}, ` + least + `}`:     "names: must be an object, not a list; host: must be a valid Addr, not a number; port: must be a whole number, not an object",
		`[]`:                  "must be an object, not a list",
		`"x"`:                 "must be an object, not text",
		`{` + least + `} {}`:  "something follows the configuration's end; it must be one JSON object",
		`{`:                   "the configuration is no JSON: unexpected EOF",
		`{"city": x}`:         "the configuration is no JSON: invalid character 'x' looking for beginning of value",
		`{"` + long + `": 1}`: strings.Repeat("k", 39) + "…: unknown key…; backend.url…",
	} {
		_, err := settings.Decode[config](json.RawMessage(text))
		var problems sdk.Problems
		if !errors.As(err, &problems) || !like(err.Error(), want) {
			t.Errorf("%.80s:\ngot  %.300v\nwant %s", text, err, want)
		}
	}
}

var (
	long = strings.Repeat("k", 100)
	many = `{"a` + strings.Join(numbers(500), `":1,"a`) + `":1}`
)

func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Repeat("0", i)
	}
	return out
}

// like compares, where … stands for anything.
func like(got, want string) bool {
	for i, part := range strings.Split(want, "…") {
		at := strings.Index(got, part)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		got = got[at+len(part):]
	}
	return true
}

func TestDecode_MistakesAreBoundedAndShowNoValue(t *testing.T) {
	_, err := settings.Decode[config](json.RawMessage(`{"names": ` + many + `}`))
	if problems := sdk.ProblemsOf(err); len(problems) != 101 || !strings.Contains(problems[100].Message, "too many") {
		t.Errorf("%d problems", len(problems))
	}
	_, err = settings.Decode[config](json.RawMessage(`{"city": ["hush"], "unit": "hush", "wait": "hush", "host": "hush", "days": "hush", "backend": {"key": ["hush"]}}`))
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

// pair knows what its tags cannot say.
type pair struct {
	Low  int `json:"low" default:"1"`
	High int `json:"high" default:"2"`
}

func (p *pair) Validate() sdk.Problems {
	var found sdk.Problems
	if p.Low > p.High {
		found.Add("low", "must not be more than high")
	}
	return found
}

func TestDecode_Validator(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "", `{"low": 3}`: "low: must not be more than high", `{"low": 3, "high": "x"}`: "high: must be a whole number, not text",
	} {
		got, err := settings.Decode[pair](json.RawMessage(text))
		if want == "" && (err != nil || got != (pair{1, 2})) || want != "" && (err == nil || err.Error() != want || got != (pair{})) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

type loop struct {
	Next *loop `json:"next"`
}

// TestDecode_MistakesOfTheProgram has structs that cannot be read: no schema, and an error that is nobody's config.
func TestDecode_MistakesOfTheProgram(t *testing.T) {
	checkWrong[string](t, "settings are a struct, not string")
	checkWrong[loop](t, "contains itself")
	checkWrong[struct{ City string }](t, "City has no name in a json tag")
	checkWrong[struct {
		A int `json:"a" default:"x"`
	}](t, "A: the default must be a whole number")
	checkWrong[struct {
		A string `json:"a" default:"z" enum:"x|y"`
	}](t, "the default is not in the enum")
	checkWrong[struct {
		A int `json:"a" enum:"1|2"`
	}](t, "an enum is for texts")
	checkWrong[struct {
		A []string `json:"a" default:"x"`
	}](t, "cannot have a default")
	checkWrong[struct {
		A any `json:"a"`
	}](t, "cannot read a interface {}")
	checkWrong[struct {
		A chan int `json:"a"`
	}](t, "cannot read a chan int")
}

func checkWrong[T any](t *testing.T, want string) {
	t.Helper()
	if _, err := settings.Decode[T](nil); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "a mistake in the plugin itself") {
		t.Errorf("got %v, want %q", err, want)
	}
	if got := settings.Schema[T](); got != "" {
		t.Errorf("%s: a schema: %s", want, got)
	}
}

// TestSchema_SaysWhatDecodeDoes compares the schema with one that was written by hand.
func TestSchema_SaysWhatDecodeDoes(t *testing.T) {
	backend := `{"type": "object", "additionalProperties": false, "required": ["url"], "properties": {
		"url": {"type": "string", "description": "Where it is."},
		"key": {"type": "string", "$comment": "env:NAME, file:PATH or the value itself"},
		"tries": {"type": "integer", "minimum": 0, "default": 3}}}`
	want := `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false, "properties": {
		"city": {"type": "string", "default": "北京", "description": "Where, if nobody says."},
		"unit": {"enum": ["C", "F"], "default": "C"},
		"wait": {"type": "string", "pattern": "^(0|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$", "default": "5s"},
		"debug": {"type": "boolean"},
		"days": {"type": "integer", "default": -1},
		"rate": {"type": "number", "default": 0.5},
		"backend": ` + backend + `, "spare": ` + backend + `,
		"near": {"type": "array", "items": {"type": "string"}},
		"modes": {"type": "array", "items": {"enum": ["a", "b"]}},
		"names": {"type": "object", "additionalProperties": {"type": "string"}},
		"host": {"type": "string"},
		"port": {"type": "integer"}}}`
	var one, other any
	if err := json.Unmarshal([]byte(settings.Schema[config]()), &one); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &other); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(one, other) {
		t.Errorf("got %s", settings.Schema[config]())
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{}`, `{"city": 1}`, `{"backend": {"url": "x", "tries": 1e2}}`, `{"names": {"\u0000": "x"}}`, `[[[[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := settings.Decode[config](data)
		if err != nil && len(sdk.ProblemsOf(err)) > 101 {
			t.Errorf("%d problems", len(sdk.ProblemsOf(err)))
		}
	})
}
