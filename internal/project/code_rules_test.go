package project

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// TestUncommented holds the checker of comments to invented code.
func TestUncommented(t *testing.T) {
	tests := map[string]struct {
		code string
		want []string
	}{
		"a comment":              {"// Open opens.\nfunc Open() {}", nil},
		"none":                   {"func Open() {}", []string{"Open"}},
		"of something else":      {"// Opens a door.\nfunc Open() {}", []string{"Open"}},
		"nobody sees it":         {"func open() {}", nil},
		"a method":               {"func (d *Door[T]) Open() {}", []string{"Open"}},
		"a method nobody sees":   {"func (d door) Open() {}", nil},
		"a type":                 {"// Door is one.\ntype Door struct{}", nil},
		"a type in a group":      {"// Doors.\ntype (\n\tDoor struct{}\n)", []string{"Door"}},
		"a constant":             {"const Width = 1", []string{"Width"}},
		"constants in a group":   {"// Sizes of a door.\nconst (\n\tWidth = 1\n\tHeight = 2\n)", nil},
		"a group of no one":      {"const (\n\tWidth = 1\n\theight = 2\n)", []string{"Width"}},
		"a group, each with one": {"var (\n\t// ErrShut is returned.\n\tErrShut error\n)", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range mustParseCode(t, test.code).Decls {
				got = append(got, uncommented(d)...)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestBadHabit holds the checker of habits to invented code.
func TestBadHabit(t *testing.T) {
	tests := map[string]struct {
		code string
		want int
	}{
		"nothing":          {"func open() { print(1) }", 0},
		"init":             {"func init() {}", 1},
		"a method init":    {"func (d door) init() {}", 0},
		"panic":            {"func open() { panic(1) }", 1},
		"log.Fatal":        {"func open() { log.Fatalf(`x`) }", 1},
		"t.Fatal":          {"func open(t *T) { t.Fatal(1) }", 0},
		"in a closure too": {"func open() { func() { panic(1) }() }", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := 0
			ast.Inspect(mustParseCode(t, test.code), func(n ast.Node) bool {
				if badHabit(n, false) != "" {
					got++
				}
				return true
			})
			if got != test.want {
				t.Errorf("%d complaints, want %d", got, test.want)
			}
		})
	}
}

func mustParseCode(t *testing.T, code string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+code, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
