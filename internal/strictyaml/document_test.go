package strictyaml

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, bytes.Repeat([]byte("#\n"), MaxSize), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"no such file": {filepath.Join(dir, "none.yaml"), "there is no such file"},
		"a folder":     {dir, "not a regular file"},
		"too large":    {large, "larger than 1 MiB"},
		"not YAML":     {"testdata/tab.yaml", "testdata/tab.yaml:2: not YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := ReadFile(c.path)
			if doc != nil || err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), c.path+":") {
				t.Errorf("got %v, %v, want %q", doc, err, c.want)
			}
		})
	}
	if _, err := ReadFile("testdata/ok.yaml"); err != nil {
		t.Error(err)
	}
}

func TestParse_TooLarge(t *testing.T) {
	_, err := Parse("k.yaml", bytes.Repeat([]byte(" "), MaxSize+1))
	if err == nil || !strings.Contains(err.Error(), "1 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestParse_ByteOrderMark(t *testing.T) {
	if _, err := Parse("k.yaml", []byte("\ufeffname: a\r\n")); err != nil {
		t.Errorf("a file of the Windows editor: %v", err)
	}
}

func TestDocument_Problem(t *testing.T) {
	doc, err := Parse("k.yaml", []byte(`
top: 1
map:
  a.b: 2
  a: {b: 3, c: [x, {d: 4}]}
  none:
`))
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"":             "k.yaml:2:1: m",
		"top":          "k.yaml:2:6: top: m",
		"top.deeper":   "k.yaml:2:1: top.deeper: m",
		"map":          "k.yaml:3:1: map: m",
		"map.a.b":      "k.yaml:4:8: map.a.b: m",
		"map.a.c":      "k.yaml:5:13: map.a.c: m",
		"map.a.c[0]":   "k.yaml:5:17: map.a.c[0]: m",
		"map.a.c.0":    "k.yaml:5:17: map.a.c.0: m",
		"map.a.c[1].d": "k.yaml:5:24: map.a.c[1].d: m",
		"map.a.c[9]":   "k.yaml:5:13: map.a.c[9]: m",
		"map.a.c[x]":   "k.yaml:5:13: map.a.c[x]: m",
		"map.none":     "k.yaml:6:3: map.none: m",
		"map.nowhere":  "k.yaml:3:1: map.nowhere: m",
		"nowhere":      "k.yaml:2:1: nowhere: m",
	} {
		if got := doc.Problem(field, "m").Error(); got != want {
			t.Errorf("%s: got %s, want %s", field, got, want)
		}
	}
}

func TestDocument_PrintsNoSecret(t *testing.T) {
	doc, err := Parse("k.yaml", []byte("secret: hunter2"))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{doc, *doc, []*Document{doc}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "hunter2") {
				t.Errorf("%s of %T: %s", verb, v, got)
			}
		}
	}
}
