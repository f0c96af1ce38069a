package scaffold_test

import (
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/scaffold"
)

const source = "../.."

func TestNew_Files(t *testing.T) {
	for language, want := range map[string][]string{
		"go":     {".gitignore", "README.md", "bot.yaml", "go.mod", "main.go", "plugin.go", "plugin_test.go"},
		"python": {".gitignore", "README.md", "bot.yaml", "plugin.py", "test_plugin.py"},
		"node":   {".gitignore", ".npmrc", "README.md", "bot.yaml", "main.js", "package.json", "plugin.js", "plugin.test.js"},
	} {
		for _, sdk := range []string{"", source} {
			made, err := scaffold.New(scaffold.Plugin{Name: "weather", Language: language, SDK: sdk}, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if got := names(t, made.Dir); !slices.Equal(got, want) {
				t.Errorf("%s: got %q", language, got)
			}
			checkFiles(t, made.Dir)
			path := filepath.Join(made.Dir, "bot.yaml")
			if _, err := config.Load(path, config.Options{MakeUp: true}); err != nil {
				t.Errorf("%s: %v", language, err)
			}
			if first, last := made.Next[0], made.Next[len(made.Next)-1]; first != "cd weather" || last != "bot sandbox" {
				t.Errorf("%s: next is %q", language, made.Next)
			}
			readme := mustRead(t, filepath.Join(made.Dir, "README.md"))
			for _, line := range made.Next[1:] {
				if !strings.Contains(readme, line) && !strings.HasPrefix(line, "npm install") {
					t.Errorf("%s with sdk %q: the README does not say %q", language, sdk, line)
				}
			}
			if open := strings.Contains(readme, "PATH_OF_THE_BOT"); open != (sdk == "") {
				t.Errorf("%s with sdk %q: the README asks for the SDK: %v", language, sdk, open)
			}
		}
	}
}

// checkFiles holds what is true of every file.
func checkFiles(t *testing.T, dir string) {
	t.Helper()
	for _, name := range names(t, dir) {
		text := mustRead(t, filepath.Join(dir, name))
		if strings.Contains(text, "{{") && !strings.HasSuffix(name, ".js") || strings.Contains(text, "<no value>") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s is\n%s", name, text)
		}
		if filepath.Ext(name) != ".go" {
			continue
		}
		if formatted, err := format.Source([]byte(text)); err != nil || string(formatted) != text {
			t.Errorf("%s is not as gofmt writes it: %v", name, err)
		}
	}
}

func TestNew_Mistakes(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "taken"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		plugin scaffold.Plugin
		want   []string
	}{
		"no name":           {scaffold.Plugin{Language: "go"}, []string{`"" is no name`, "weather"}},
		"a path":            {scaffold.Plugin{Name: "../x", Language: "go"}, []string{"is no name"}},
		"a capital":         {scaffold.Plugin{Name: "Weather", Language: "go"}, []string{"small letters"}},
		"a dash first":      {scaffold.Plugin{Name: "-x", Language: "go"}, []string{"is no name"}},
		"too long":          {scaffold.Plugin{Name: strings.Repeat("x", 64), Language: "go"}, []string{"1 to 63"}},
		"two lines":         {scaffold.Plugin{Name: "x\n", Language: "go"}, []string{"is no name"}},
		"no such language":  {scaffold.Plugin{Name: "x", Language: "ruby"}, []string{`"ruby"`, "go, python, node"}},
		"no SDK there":      {scaffold.Plugin{Name: "x", Language: "go", SDK: dir}, []string{"is not the source of the bot", "--sdk"}},
		"no Python there":   {scaffold.Plugin{Name: "x", Language: "python", SDK: dir}, []string{"sdk/python"}},
		"the name is taken": {scaffold.Plugin{Name: "taken", Language: "go"}, []string{"already", "another name"}},
	} {
		_, err := scaffold.New(c.plugin, dir)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in %v", name, want, err)
			}
		}
	}
	if got := names(t, dir); !slices.Equal(got, []string{"taken"}) || mustRead(t, filepath.Join(dir, "taken")) != "mine" {
		t.Errorf("left behind: %q", got)
	}
}

func TestNew_OverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	made, err := scaffold.New(scaffold.Plugin{Name: "weather", Language: "go"}, dir)
	if err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(made.Dir, "plugin.go")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := scaffold.New(scaffold.Plugin{Name: "weather", Language: "python"}, dir); err == nil || mustRead(t, mine) != "mine" {
		t.Errorf("it was overwritten: %v", err)
	}
	if _, err := scaffold.New(scaffold.Plugin{Name: "weather", Language: "go"}, filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder was made in one that is not there")
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
