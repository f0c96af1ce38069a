package strictyaml

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// FuzzParse holds the reader to its promises: no panic, an error or a document, bounded problems, valid JSON.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse("fuzz.yaml", data)
		if (doc == nil) == (err == nil) {
			t.Fatalf("document %v, error %v", doc, err)
		}
		if err != nil {
			return
		}
		var k kitchen
		problems, _ := doc.Decode(&k, testSecrets())
		if len(problems) > maxProblems+1 {
			t.Errorf("%d problems", len(problems))
		}
		if len(problems) == 0 && !json.Valid(k.Free.JSON()) {
			t.Errorf("not JSON: %s", k.Free.JSON())
		}
	})
}
