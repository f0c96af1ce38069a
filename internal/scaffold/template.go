package scaffold

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"strings"
	"text/template"
)

// templates has a folder for each language; what lies beside them is shared.
//
//go:embed all:templates
var templates embed.FS

const suffix = ".tmpl"

// render returns the files of a new plugin by their names.
func render(l language, p Plugin) (map[string][]byte, error) {
	folder := path.Join("templates", l.name)
	entries, err := templates.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, e := range entries {
		t, err := template.New(e.Name()).ParseFS(templates, "templates/*"+suffix)
		if err != nil {
			return nil, err
		}
		if t, err = t.ParseFS(templates, path.Join(folder, e.Name())); err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := t.ExecuteTemplate(&b, e.Name(), p); err != nil {
			return nil, fmt.Errorf("template %s: %w", e.Name(), err)
		}
		files[strings.TrimSuffix(e.Name(), suffix)] = b.Bytes()
	}
	return files, nil
}
