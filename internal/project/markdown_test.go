package project

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// snippet is a fenced block of a Markdown file.
type snippet struct {
	file string
	line int // Of the opening fence.
	lang string
	text string
}

// snippets returns the fenced blocks of a text, in order.
func snippets(file, text string) []snippet {
	var found []snippet
	var open *snippet
	for i, line := range strings.SplitAfter(text, "\n") {
		lang, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open == nil:
			open = &snippet{file: file, line: i + 1, lang: strings.TrimSpace(lang)}
		case fence:
			found = append(found, *open)
			open = nil
		case open != nil:
			open.text += line
		}
	}
	return found
}

// documents returns every Markdown file of the tree by its path, in order.
func documents(t *testing.T) (paths []string, texts map[string]string) {
	t.Helper()
	texts = map[string]string{}
	for name, text := range mustRead(t) {
		if path.Ext(name) == ".md" {
			paths = append(paths, name)
			texts[name] = string(text)
		}
	}
	slices.Sort(paths)
	if len(paths) < 5 {
		t.Fatalf("only %d documents: %s", len(paths), paths)
	}
	return paths, texts
}

// readme returns one of the two READMEs.
func readme(t *testing.T, name string) string {
	t.Helper()
	_, texts := documents(t)
	if texts[name] == "" {
		t.Fatalf("there is no %s", name)
	}
	return texts[name]
}

var (
	linkPattern  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codePattern  = regexp.MustCompile("`[^`\n]*`")
	fencePattern = regexp.MustCompile("(?ms)^```.*?^```")
)

// links returns the targets of a text's links that stand for files, without what follows a #.
func links(text string) []string {
	prose := codePattern.ReplaceAllString(fencePattern.ReplaceAllString(text, ""), "")
	var found []string
	for _, m := range linkPattern.FindAllStringSubmatch(prose, -1) {
		target, _, _ := strings.Cut(m[1], "#")
		if target != "" && !strings.Contains(target, ":") {
			found = append(found, target)
		}
	}
	return found
}

func TestSnippets(t *testing.T) {
	got := snippets("x.md", "a\n```sh\nls\npwd\n```\n```\n```\nb `c`\n```yaml\nopen\n")
	want := []snippet{{"x.md", 2, "sh", "ls\npwd\n"}, {"x.md", 6, "", ""}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestLinks(t *testing.T) {
	got := links("[a](b.md#c) [d](https://e) [f](#g) `[h](i)` ![j](k/l.png)\n```md\n[m](n)\n```\n[o](p)")
	if want := []string{"b.md", "k/l.png", "p"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
