package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// execute runs the command line and returns what it wrote.
func execute(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := newCommand()
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestCommand_Mistakes(t *testing.T) {
	wrong := filepath.Join(t.TempDir(), "bot.yaml")
	if err := os.WriteFile(wrong, []byte("listn: x\nroutes: [{to: [nobody]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"no such command":        {[]string{"frobnicate"}, []string{`unknown command "frobnicate" for "bot"`}},
		"no such plugin command": {[]string{"plugin", "frob"}, []string{`unknown command "frob" for "bot plugin"`}},
		"no such plugin":         {[]string{"plugin", "run", "ecko"}, []string{`no bundled plugin "ecko" (bundled: echo, voice)`}},
		"a plugin of no name":    {[]string{"plugin", "new"}, []string{"accepts 1 arg(s)"}},
		"a name that is none":    {[]string{"plugin", "new", "A B"}, []string{`"A B" is no name for a plugin`, "such as weather"}},
		"a language that is not": {[]string{"plugin", "new", "x", "--lang", "cobol"}, []string{"write one of: go, python, node"}},
		"an SDK that is not":     {[]string{"plugin", "new", "x", "--sdk", "docs"}, []string{"is not the source of the bot"}},
		"a bundled one by hand":  {[]string{"plugin", "run", "echo"}, []string{"the bot starts by itself"}},
		"no such file":           {[]string{"run", "-c", "nothere.yaml"}, []string{"nothere.yaml", "no such file", "-c FILE"}},
		"run without a command":  {[]string{"-c", "nothere.yaml"}, []string{"nothere.yaml"}},
		"all problems at once":   {[]string{"run", "-c", wrong}, []string{"bot.yaml:1:1: listn: ", "listen", "bot.yaml:2:", "nobody"}},
		"chat says them too":     {[]string{"chat", "-c", wrong}, []string{"bot.yaml:1:1: listn: ", "bot.yaml:2:"}},
		"no such language":       {[]string{"doctor", "--lang", "fr"}, []string{`no language "fr"`, "zh or en"}},
		"no such menu command":   {[]string{"menu", "pull"}, []string{`unknown command "pull" for "bot menu"`}},
		"no plugin to verify":    {[]string{"plugin", "verify"}, []string{"requires at least 1 arg"}},
		"not verified":           {[]string{"plugin", "verify", "--json", "./nothing", "--json"}, []string{"there are problems"}},
		"too many arguments":     {[]string{"check", "bot.yaml"}, []string{`unknown command "bot.yaml"`}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := execute(t, c.args...)
			if err == nil {
				t.Fatalf("no error; it wrote %s", out)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in %q", want, err)
				}
			}
		})
	}
}

func TestCommand_CheckWritesProblems(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.yaml")
	if err := os.WriteFile(path, []byte("channels: {}\nroutes: [{to: [nobody]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := execute(t, "check", "-c", path)
	if err == nil || !strings.Contains(out, "bot.yaml:2:") || !strings.Contains(out, `no plugin "nobody"`) {
		t.Errorf("%v: %s", err, out)
	}
}

// TestCommand_DoctorChoosesTheLanguage has no network: nothing listens at the API's address.
func TestCommand_DoctorChoosesTheLanguage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.yaml")
	text := "listen: 127.0.0.1:1\nchannels: {wx: {mp: {path: /wx, app_id: wx1, token: sometoken, api_base: 'http://127.0.0.1:1', menu: []}}}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		locale string
		args   []string
		want   string
	}{
		"the terminal's":        {"zh_CN.UTF-8", []string{"doctor"}, "机器人没有在这里运行"},
		"the one asked for":     {"zh_CN.UTF-8", []string{"doctor", "--lang", "en"}, "the bot is not running here"},
		"of the menu's command": {"zh_CN.UTF-8", []string{"menu", "push", "wx"}, "没有 app_secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("LC_ALL", c.locale)
			out, err := execute(t, append(c.args, "-c", path)...)
			if err == nil || !strings.Contains(out, c.want) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func TestCommand_HelpNamesEveryCommand(t *testing.T) {
	out, err := execute(t, "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"run", "sandbox", "chat", "check", "doctor", "menu", "plugin", "--config"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
}

func TestCommand_PluginNewSaysWhatIsNext(t *testing.T) {
	t.Chdir(t.TempDir())
	out, err := execute(t, "plugin", "new", "weather")
	if err != nil || !strings.HasPrefix(out, "weather is made. Next:\n\n  cd weather\n") || !strings.HasSuffix(out, "\n  bot sandbox\n") {
		t.Errorf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join("weather", "plugin.go")); err != nil {
		t.Error(err)
	}
}
