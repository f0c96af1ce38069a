package project

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocuments_ShowWhatIsTested holds that each piece of a program that a document shows is part of a file under examples/, which a test there
// builds and runs. The READMEs of the SDKs have tests of their own, which run what they show.
func TestDocuments_ShowWhatIsTested(t *testing.T) {
	texts := mustRead(t)
	for lang, ending := range map[string]string{"go": ".go", "python": ".py", "js": ".js"} {
		var programs []string
		for name, text := range texts {
			if strings.HasPrefix(name, "examples/") && path.Ext(name) == ending {
				programs = append(programs, string(text))
			}
		}
		shown := 0
		for _, s := range all(t, lang) {
			if strings.HasPrefix(s.file, "sdk/") {
				continue
			}
			shown++
			if !slices.ContainsFunc(programs, func(p string) bool { return contains(p, s.text) }) {
				t.Errorf("%s:%d: no file under examples/ has these lines", s.file, s.line)
			}
		}
		if shown == 0 {
			t.Errorf("no document shows %s", lang)
		}
	}
}

// contains tells whether a program has these lines, whole and one after the other.
func contains(program, lines string) bool { return strings.Contains("\n"+program, "\n"+lines) }

func TestContains(t *testing.T) {
	const program = "a := 1\n\tb := 2\nc := 3\n"
	for lines, want := range map[string]bool{
		program: true, "a := 1\n": true, "\tb := 2\nc := 3\n": true, "b := 2\n": false, "a := 1\nc := 3\n": false, "c :": true,
	} {
		if got := contains(program, lines); got != want {
			t.Errorf("%q: %t", lines, got)
		}
	}
}

// guides are the documents that stand in two languages, English first.
var guides = [][2]string{{english, chinese}, {"docs/writing-plugins.md", "docs/writing-plugins.zh.md"}}

func TestDocuments_HaveTheSameBlocksInBothLanguages(t *testing.T) {
	_, texts := documents(t)
	for _, pair := range guides {
		one, other := snippets(pair[0], texts[pair[0]]), snippets(pair[1], texts[pair[1]])
		if len(one) != len(other) || len(one) == 0 {
			t.Errorf("%d blocks in %s, %d in %s", len(one), pair[0], len(other), pair[1])
			continue
		}
		for i := range one {
			if one[i].lang != other[i].lang || one[i].text != other[i].text {
				t.Errorf("%s:%d and %s:%d differ", one[i].file, one[i].line, other[i].file, other[i].line)
			}
		}
		if !slices.Contains(links(texts[pair[0]]), path.Base(pair[1])) || !slices.Contains(links(texts[pair[1]]), path.Base(pair[0])) {
			t.Errorf("%s and %s do not link to each other", pair[0], pair[1])
		}
	}
}

var testName = regexp.MustCompile("`(Test[A-Z]\\w*)`")

// TestTraps_AreHeldByTestsThatAreThere holds that each test which the table of traps names exists, and that each row names one or says that
// there is none.
func TestTraps_AreHeldByTestsThatAreThere(t *testing.T) {
	const table = "docs/go-plugin-traps.md"
	_, texts := documents(t)
	there := testNames(t)
	rows := 0
	for i, line := range strings.Split(texts[table], "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| trap ") {
			continue
		}
		rows++
		names := testName.FindAllStringSubmatch(line, -1)
		if len(names) == 0 && !strings.Contains(line, "**not held**") {
			t.Errorf("%s:%d names no test, and does not say so", table, i+1)
		}
		for _, name := range names {
			if !there[name[1]] {
				t.Errorf("%s:%d: there is no %s", table, i+1, name[1])
			}
		}
	}
	if rows < 20 {
		t.Errorf("only %d rows in %s", rows, table)
	}
}

// testNames returns the names of all tests in Go.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for name, text := range mustRead(t) {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}

// TestGuides_Lines builds and asks the plugins of the guides as they say, and compares what comes back.
func TestGuides_Lines(t *testing.T) {
	const guide = "docs/writing-plugins.md"
	_, texts := documents(t)
	n := &newcomer{program: mustBuild(t), folder: t.TempDir()}
	for _, s := range snippets(guide, texts[guide]) {
		n.follow(t, s)
	}
	if n.ran < 4 {
		t.Errorf("only %d lines were run", n.ran)
	}
}
