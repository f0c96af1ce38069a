package strictyaml

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecrets_Resolve(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"plain": "s3cret\n", "windows": "s3cret\r\n", "bare": "s3cret", "inner": "a\nb\n\n", "empty": "\n", "large": strings.Repeat("x", maxSecret+1),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := Secrets{Dir: dir, LookupEnv: testSecrets().LookupEnv}
	for text, c := range map[string]struct{ value, problem string }{
		"literal":                            {"literal", ""},
		"":                                   {"", ""},
		"environment":                        {"environment", ""},
		"env:SET":                            {"hunter2", ""},
		"env:EMPTY":                          {"", "EMPTY is empty"},
		"env:UNSET":                          {"", "export UNSET="},
		"env:":                               {"", "write the name"},
		"env:1two":                           {"", "write the name"},
		"file:plain":                         {"s3cret", ""},
		"file:./plain":                       {"s3cret", ""},
		"file:" + filepath.Join(dir, "bare"): {"s3cret", ""},
		"file:windows":                       {"s3cret", ""},
		"file:inner":                         {"a\nb\n", ""},
		"file:empty":                         {"", "is empty"},
		"file:large":                         {"", "larger than 64 KiB"},
		"file:none":                          {"", "there is no file none"},
		"file:.":                             {"", "not a regular file"},
		"file:":                              {"", "write the path"},
	} {
		t.Run(text, func(t *testing.T) {
			value, err := s.Resolve(text)
			if value != c.value || (err == nil) != (c.problem == "") {
				t.Fatalf("got %q, %v", value, err)
			}
			if err != nil && !strings.Contains(err.Error(), c.problem) {
				t.Errorf("got %v, want %q", err, c.problem)
			}
		})
	}
}

func TestSecrets_RealEnvironment(t *testing.T) {
	t.Setenv("STRICTYAML_TEST", "x")
	if got, err := (Secrets{}).Resolve("env:STRICTYAML_TEST"); got != "x" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// Wherever a secret stands wrong in the file, no problem repeats it.
func TestDecode_NoSecretInProblems(t *testing.T) {
	for _, text := range []string{
		"secret: [hunter2]", "secret: {hunter2: 1}", "secret: !hunter2 x", "secret: *hunter2", "secret: &hunter2", "secret: env:hunter2!",
		"secret: hunter2\nsecret: hunter2", "{secret:hunter2}", "{secret=hunter2}", "secret: hunter2: x", "secret: 'hunter2", "secret: \"\\hunter2\"",
		"secret:hunter2", "inner: hunter2", "pointer: hunter2", "free: hunter2", "ordered: hunter2", "ordered: {a=hunter2}", "free: {a=hunter2: !x y}",
		"items: hunter2", "list: hunter2", "secret: @hunter2", "secret: %hunter2", "secret: |hunter2", "secret: !<hunter2", "hunter2", "- hunter2",
	} {
		doc, err := Parse("k.yaml", []byte(text))
		if err == nil {
			var k kitchen
			problems, _ := doc.Decode(&k, testSecrets())
			err = problems.Err()
		}
		if err == nil {
			t.Errorf("%s: no problem", text)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the secret shows: %v", text, err)
		}
	}
}
