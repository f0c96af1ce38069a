package golden

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// spy is a test of which one can see how it ended.
type spy struct {
	testing.TB
	errors, fatal int
}

func (s *spy) Helper()               {}
func (s *spy) Errorf(string, ...any) { s.errors++ }
func (s *spy) Fatal(...any)          { s.fatal++; runtime.Goexit() }

// compared returns how a test ends that compares got with a file.
func compared(t *testing.T, file, got string) (errors, fatal int) {
	t.Helper()
	s := &spy{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		Compare(s, file, got)
	}()
	<-done
	return s.errors, s.fatal
}

func TestCompare(t *testing.T) {
	t.Setenv(Write, "")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "want"), []byte("one\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file, got string
		errors, fatal   int
	}{
		{"the same", "want", "one\n", 0, 0},
		{"another", "want", "two\n", 1, 0},
		{"less", "want", "one", 1, 0},
		{"no file", "none", "one\n", 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if errors, fatal := compared(t, filepath.Join(dir, c.file), c.got); errors != c.errors || fatal != c.fatal {
				t.Errorf("%d errors, %d fatal, want %d, %d", errors, fatal, c.errors, c.fatal)
			}
		})
	}
}

func TestCompare_WritesAnew(t *testing.T) {
	t.Setenv(Write, "1")
	file := filepath.Join(t.TempDir(), "new")
	if errors, fatal := compared(t, file, "two\n"); errors+fatal != 0 {
		t.Errorf("%d errors, %d fatal", errors, fatal)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "two\n" {
		t.Errorf("the file has %q, %v", got, err)
	}
	if _, fatal := compared(t, filepath.Join(file, "below"), "two\n"); fatal != 1 {
		t.Error("a file that cannot be written is no failure")
	}
}
