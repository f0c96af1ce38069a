package page

import (
	"io/fs"
	"strings"
	"testing"
)

// Files returns the names of all files of the page.
func Files(t *testing.T) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(name, "static/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
