package project

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// goFile is one Go file that people wrote.
type goFile struct {
	path string // Below the root, with slashes.
	src  []byte
	set  *token.FileSet
	ast  *ast.File
}

func (f goFile) test() bool { return strings.HasSuffix(f.path, "_test.go") }

func (f goFile) lines() int { return bytes.Count(f.src, []byte("\n")) }

// at says where a node is, for complaints.
func (f goFile) at(n ast.Node) string {
	return f.path + ":" + strconv.Itoa(f.set.Position(n.Pos()).Line)
}

// mustParse returns every Go file of the tree but generated ones.
func mustParse(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	for path, src := range mustRead(t) {
		if filepath.Ext(path) != ".go" {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if !ast.IsGenerated(parsed) {
			files = append(files, goFile{path, src, set, parsed})
		}
	}
	slices.SortFunc(files, func(a, b goFile) int { return strings.Compare(a.path, b.path) })
	return files
}

// mustRead returns every text file of the tree by its path below the root: not what git keeps, nor what the bot or a
// build has left.
func mustRead(t *testing.T) map[string][]byte {
	t.Helper()
	texts := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if slices.Contains([]string{".git", "data"}, name) || slices.Contains([]string{"node_modules", "__pycache__"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if name == ".git" { // Of a worktree.
			return nil
		}
		src, err := readText(path, d)
		if src != nil {
			texts[name] = src
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestNoBinaries holds that nobody commits what a build has left.
func TestNoBinaries(t *testing.T) {
	built := map[string]bool{"bot": true} // As .gitignore has it, and the folders that mustRead leaves out.
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "data", "node_modules"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		name, _ := filepath.Rel(root, path)
		if err == nil && info.Size() > 1<<20 && !built[name] && !slices.Contains([]string{".test", ".prof"}, filepath.Ext(name)) {
			t.Errorf("%s has %d bytes: nobody wrote that", name, info.Size())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// readText returns nil for what is no text, or too large to be one that somebody wrote.
func readText(path string, d fs.DirEntry) ([]byte, error) {
	info, err := d.Info()
	if err != nil || !info.Mode().IsRegular() || info.Size() > 4<<20 {
		return nil, err
	}
	src, err := os.ReadFile(path)
	if err != nil || !utf8.Valid(src) {
		return nil, err
	}
	return src, nil
}
