package app_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/app"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		err  error
		want []string
	}{
		"a file that is right": {plain, nil, []string{"is right: 1 channel, 1 plugin, 1 route"}},
		"problems of the file, all at once": {strings.NewReplacer("app_id", "appid", "[echo]", "[ecko]").Replace(plain), app.ErrProblems,
			[]string{`bot\.yaml:3:\d+: channels\.wx\.mp\.appid: .*app_id`, `bot\.yaml:3:\d+: channels\.wx\.mp\.app_id: missing`, `bot\.yaml:5:\d+: routes\[0\]\.to.*ecko.*echo`}},
		"problems that a plugin finds": {strings.Replace(plain, "echo: {}", "echo: {config: {prefix: 'a ', prefx: b}}", 1), app.ErrProblems,
			[]string{`bot\.yaml:4:\d+: plugins\.echo\.config\.prefx: unknown key`}},
		"a value of the wrong type": {strings.Replace(plain, "echo: {}", "echo: {config: {prefix: [a]}}", 1), app.ErrProblems,
			[]string{`bot\.yaml:4:\d+: plugins\.echo\.config\.prefix: must be text, not `}},
		"a plugin without its program": {strings.Replace(plain, "echo: {}", "echo: {command: [./echo-plugin]}", 1), app.ErrProblems,
			[]string{`bot\.yaml:4:\d+: plugins\.echo: .*no such program`}},
		"a warning": {strings.Replace(plain, "testtoken", "chuanhuademo2026", 1), nil,
			[]string{`bot\.yaml:3:\d+: channels\.wx\.mp\.token: .*\(warning\)`, "is right"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := app.Check(t.Context(), write(t, c.text), &out); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			for _, want := range c.want {
				if !regexp.MustCompile(want).MatchString(out.String()) {
					t.Errorf("no %q in:\n%s", want, out.String())
				}
			}
		})
	}
}
