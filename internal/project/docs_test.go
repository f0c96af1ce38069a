package project

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/config"
)

// The READMEs, in the two languages.
const (
	english = "README.md"
	chinese = "README.zh.md"
)

// TestReadmes_BeginWithTwoCommands holds the promise that is made to everybody who comes: behind the title and one sentence
// stand the command that runs the bot and the one that tests it, which is also what continuous integration calls.
func TestReadmes_BeginWithTwoCommands(t *testing.T) {
	for _, name := range []string{english, chinese} {
		text := readme(t, name)
		before, _, _ := strings.Cut(text, "```")
		if paragraphs := strings.Split(strings.TrimSpace(before), "\n\n"); len(paragraphs) != 2 {
			t.Errorf("%s: %d paragraphs before the commands, want the title and a sentence", name, len(paragraphs))
		}
		first := snippets(name, text)[0]
		if lines := strings.Split(first.text, "\n"); len(lines) != 3 || lines[0] != "go run . sandbox" || lines[1] != "./scripts/test" {
			t.Errorf("%s begins with %q", name, first.text)
		}
	}
	for file, want := range map[string]string{".ci/run": "./scripts/test", "scripts/test": "exec make"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not call %s: %v", file, want, err)
		}
		if info, err := os.Stat(filepath.Join(root, file)); err != nil || info.Mode()&0o100 == 0 {
			t.Errorf("%s cannot be run: %v", file, err)
		}
	}
}

func TestDocuments_LinksLeadSomewhere(t *testing.T) {
	paths, texts := documents(t)
	for _, name := range paths {
		for _, target := range links(texts[name]) {
			if _, err := os.Stat(filepath.Join(root, path.Dir(name), target)); err != nil {
				t.Errorf("%s: a link leads nowhere: %v", name, err)
			}
		}
	}
	for name, other := range map[string]string{english: chinese, chinese: english} {
		if !slices.Contains(links(texts[name]), other) {
			t.Errorf("%s does not link to %s", name, other)
		}
	}
}

// TestDocuments_YAML loads every piece of bot.yaml that is shown, and the one that is shipped.
func TestDocuments_YAML(t *testing.T) {
	shipped, err := os.ReadFile(filepath.Join(root, "bot.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	pieces := []snippet{{file: "bot.yaml", text: string(shipped)}}
	for _, s := range all(t, "yaml") {
		s.text = strings.Repeat("\n", s.line) + s.text // So that complaints have the document's lines.
		pieces = append(pieces, s)
	}
	if len(pieces) < 4 {
		t.Errorf("only %d pieces", len(pieces))
	}
	for _, s := range pieces {
		if _, err := config.Parse(s.file, []byte(s.text), config.Options{Bundled: bundled(t), LookupEnv: secret}); err != nil {
			t.Error(err)
		}
	}
}

// bundled returns the names of the plugins in the binary.
func bundled(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, "plugins"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// secret has a value for every variable that a document may name.
func secret(name string) (string, bool) {
	value, ok := map[string]string{
		"MP_TOKEN": "token", "MP_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "MP_SECRET": "secret",
		"KF_TOKEN": "kftoken", "KF_AES_KEY": "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba", "KF_SECRET": "secret",
		"NATS_URL": "nats://127.0.0.1:4222", "HTTP_PROXY": "http://127.0.0.1:3128",
	}[name]
	return value, ok
}

// all returns the blocks of one language in all documents.
func all(t *testing.T, lang string) []snippet {
	t.Helper()
	paths, texts := documents(t)
	var found []snippet
	for _, name := range paths {
		for _, s := range snippets(name, texts[name]) {
			if s.lang == lang {
				found = append(found, s)
			}
		}
	}
	return found
}

var commandRow = regexp.MustCompile("(?m)^\\| `(bot[^|]*)` \\|")

// TestReadmes_CommandLine holds that each command of the table is there.
func TestReadmes_CommandLine(t *testing.T) {
	program := mustBuild(t)
	for _, name := range []string{english, chinese} {
		rows := commandRow.FindAllStringSubmatch(readme(t, name), -1)
		if len(rows) < 4 {
			t.Errorf("%s: only %d commands", name, len(rows))
		}
		for _, row := range rows {
			for _, command := range regexp.MustCompile("` [^`]* `").Split(row[1], -1) {
				checkCommand(t, program, command)
			}
		}
	}
}
