package strictyaml

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

func TestFree_JSON(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     `{}`,
		"free:":                                `{}`,
		"free: {}":                             `{}`,
		"free: {b: x, a: env:SET}":             `{"b":"x","a":"hunter2"}`,
		"free: {a: [1, 2.5, true, ~, [], {}]}": `{"a":[1,2.5,true,null,[],{}]}`,
		"free: {a: 0x10, b: 0o10, c: 1_000}":   `{"a":16,"b":8,"c":1000}`,
		"free: {a: 18446744073709551615}":      `{"a":18446744073709551615}`,
		"free: {a: '1', b: 2026-01-02}":        `{"a":"1","b":"2026-01-02"}`,
		`free: {a: "<\"\n", 7: x, true: y}`:    `{"a":"\u003c\"\n","7":"x","true":"y"}`,
		"free: {a: {b: {c: file:ok.want}}}":    `{"a":{"b":{"c":"OK"}}}`,
	} {
		k, problems := decodeString(t, "name: a\n"+text)
		if got := string(k.Free.JSON()); got != want || len(problems) > 0 {
			t.Errorf("%s: got %s, %v, want %s", text, got, problems, want)
		}
	}
}

func TestFree_Problems(t *testing.T) {
	k, problems := decodeString(t, "name: a\nfree:\n  backend:\n    url: x\n  list: [a, b]\n")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"none":        {nil, ""},
		"a field":     {sdk.Problems{{Field: "backend.url", Message: "no"}}, "k.yaml:4:10: free.backend.url: no"},
		"wrapped":     {fmt.Errorf("faq: %w", sdk.Problems{{Field: "list[1]", Message: "no"}}), "k.yaml:5:13: free.list[1]: no"},
		"missing":     {sdk.Problems{{Field: "backend.key", Message: "no"}}, "k.yaml:3:3: free.backend.key: no"},
		"other error": {errors.New("no"), "k.yaml:3:3: free: no"},
		"two":         {sdk.Problems{{Message: "a"}, {Message: "b"}}, "k.yaml:3:3: free: a\nk.yaml:3:3: free: b"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := k.Free.Problems(c.err).Error(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := (Free{}).Problems(errors.New("no")).Error(); got != ": no" {
		t.Errorf("without a file: got %q", got)
	}
}

func TestFree_PrintsNoSecret(t *testing.T) {
	k, _ := decodeString(t, "name: a\nfree: {a: hunter2, b: env:SET}\n")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{k, &k, k.Free, &k.Free} {
			got := fmt.Sprintf(verb, v)
			if strings.Contains(got, "hunter2") || strings.Contains(got, fmt.Sprintf("%x", "hunter2")) {
				t.Errorf("%s of %T shows the secret: %s", verb, v, got)
			}
		}
	}
	if got := fmt.Sprint(Free{}); got != "{}" {
		t.Errorf("empty: got %s", got)
	}
}
