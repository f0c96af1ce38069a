package project

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// longFiles are those that may have more than maxFile lines, with the reason.
var longFiles = map[string]string{}

const (
	maxFile     = 250
	maxFunction = 80
	mostAre     = 30 // what 90 % of the functions stay within
	medianIs    = 10
)

// TestShape holds functions and files to a size that can be read at once.
func TestShape(t *testing.T) {
	var sizes []int
	for _, f := range mustParse(t) {
		if f.test() {
			continue
		}
		if n := f.lines(); n > maxFile && longFiles[f.path] == "" {
			t.Errorf("%s has %d lines, more than %d: what second idea is in it?", f.path, n, maxFile)
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			n := f.set.Position(fn.End()).Line - f.set.Position(fn.Pos()).Line + 1
			sizes = append(sizes, n)
			if n > maxFunction {
				t.Errorf("%s: %s has %d lines, more than %d", f.at(fn), fn.Name.Name, n, maxFunction)
			}
		}
	}
	slices.Sort(sizes)
	median, most := sizes[len(sizes)/2], sizes[len(sizes)*9/10]
	t.Logf("%d functions: median %d lines, 90 %% within %d, the longest %d", len(sizes), median, most, sizes[len(sizes)-1])
	if median > medianIs || most > mostAre {
		t.Errorf("functions grow: median %d (at most %d), 90 %% within %d (at most %d)", median, medianIs, most, mostAre)
	}
}

// TestComments holds that each exported name has a comment that begins with it. Names in a group may share the group's.
func TestComments(t *testing.T) {
	for _, f := range mustParse(t) {
		if f.test() {
			continue
		}
		for _, d := range f.ast.Decls {
			for _, name := range uncommented(d) {
				t.Errorf("%s: %s needs a comment that begins with its name", f.at(d), name)
			}
		}
	}
}

// uncommented returns the exported names that a declaration says nothing of.
func uncommented(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if !d.Name.IsExported() || !exportedReceiver(d) || about(d.Doc, d.Name.Name) {
			return nil
		}
		return []string{d.Name.Name}
	case *ast.GenDecl:
		var names []string
		for _, s := range d.Specs {
			names = append(names, uncommentedSpec(s, d)...)
		}
		return names
	}
	return nil
}

func uncommentedSpec(s ast.Spec, in *ast.GenDecl) []string {
	switch s := s.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && !about(s.Doc, s.Name.Name) && !about(in.Doc, s.Name.Name) {
			return []string{s.Name.Name}
		}
	case *ast.ValueSpec:
		var names []string
		grouped := in.Lparen.IsValid() && in.Doc != nil
		for _, n := range s.Names {
			if n.IsExported() && !grouped && !about(s.Doc, s.Names[0].Name) && !about(in.Doc, n.Name) {
				names = append(names, n.Name)
			}
		}
		return names
	}
	return nil
}

// about tells whether a comment begins with a name.
func about(doc *ast.CommentGroup, name string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(doc.Text()), " ")
	return strings.TrimRight(first, ".,:\n") == name
}

// exportedReceiver tells whether people outside see the method at all.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	kind := d.Recv.List[0].Type
	for {
		switch k := kind.(type) {
		case *ast.StarExpr:
			kind = k.X
		case *ast.IndexExpr:
			kind = k.X
		case *ast.IndexListExpr:
			kind = k.X
		case *ast.Ident:
			return k.IsExported()
		default:
			return false
		}
	}
}

// TestHabits finds what the product does not do: begin before main, panic, or end the process from within.
func TestHabits(t *testing.T) {
	for _, f := range mustParse(t) {
		if f.test() {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if complaint := badHabit(n, f.ast.Name.Name == "main"); complaint != "" {
				t.Errorf("%s: %s", f.at(n), complaint)
			}
			return true
		})
	}
}

func badHabit(n ast.Node, inMain bool) string {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Name.Name == "init" && n.Recv == nil {
			return "init runs where nobody called it"
		}
	case *ast.CallExpr:
		if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "panic" {
			return "panic: return an error"
		}
		if s, ok := n.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(s.Sel.Name, "Fatal") && fmt.Sprint(s.X) == "log" && !inMain {
			return "log.Fatal: return an error"
		}
	}
	return ""
}

// TestPaths holds that no file names a folder of the machine that it was written on.
func TestPaths(t *testing.T) {
	folder := regexp.MustCompile(`(^|[\s"'=:(<` + "`" + `])/(work|root)/`)
	for path, text := range mustRead(t) {
		for i, line := range strings.Split(string(text), "\n") {
			if folder.MatchString(line) {
				t.Errorf("%s:%d names a folder of one machine: %s", path, i+1, strings.TrimSpace(line))
			}
		}
	}
}
