package jetstore

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOpen_FolderInUse(t *testing.T) {
	dir := t.TempDir()
	first := mustOpen(t, Options{Dir: dir})
	begin := time.Now()
	second, err := Open(t.Context(), Options{Dir: dir})
	if err == nil {
		mustClose(t, second)
		t.Fatal("one folder was opened twice")
	}
	for _, want := range []string{dir, "in use", "stop that bot"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	if took := time.Since(begin); took > 100*time.Millisecond {
		t.Errorf("the error took %v", took)
	}
	// The attempt must not have hurt the store that has the folder.
	if _, err := first.Put(t.Context(), "k", []byte("v"), 0); err != nil {
		t.Errorf("Put after the attempt: %v", err)
	}
	mustClose(t, first)
	mustOpen(t, Options{Dir: dir})
}

func TestOpen_FolderErrors(t *testing.T) {
	parent := t.TempDir()
	file := filepath.Join(parent, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// A folder where the lock should be is an error of writing whoever runs the test, root too.
	taken := filepath.Join(parent, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	// A file where the server has its folder.
	broken := filepath.Join(parent, "broken")
	if err := os.MkdirAll(broken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "jetstream"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, dir, want string }{
		{"a file", file, "cannot be made"},
		{"below a file", filepath.Join(file, "data"), "cannot be made"},
		{"cannot be locked", taken, "cannot be written"},
		{"the server does not start", broken, "did not start"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(t.Context(), Options{Dir: c.dir})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.dir) {
				t.Errorf("error %v, want one with %q and the folder", err, c.want)
			}
		})
	}
	// What failed must not keep the folder.
	if err := os.Remove(filepath.Join(broken, "jetstream")); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, Options{Dir: broken})
}

func TestOpen_EndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if _, err := Open(ctx, Options{Dir: dir}); err == nil {
		t.Fatal("Open with an ended context: no error")
	}
	mustOpen(t, Options{Dir: dir})
}

func TestStore_Close(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	for range 3 {
		mustClose(t, s)
	}
	if _, err := s.Keep(t.Context(), benchMessage(1)); err == nil {
		t.Error("Keep after Close: no error")
	}
	if _, _, err := s.Get(t.Context(), "k"); err == nil {
		t.Error("Get after Close: no error")
	}
	if _, err := s.Deliveries(t.Context()); err == nil {
		t.Error("Deliveries after Close: no error")
	}
}

// Close while calls are under way: each of them returns, and none says that it stored what it did not.
func TestStore_CloseUnderWay(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	stored := make(chan int)
	begun := make(chan struct{})
	go func() {
		n := 0
		for ; ; n++ {
			if n == 10 {
				close(begun)
			}
			if _, err := s.Keep(t.Context(), benchMessage(n)); err != nil {
				break
			}
		}
		stored <- n
	}()
	<-begun
	mustClose(t, s)
	n := <-stored
	got, err := mustOpen(t, Options{Dir: dir}).Unfinished(t.Context())
	if err != nil || len(got) < n {
		t.Errorf("%d messages were kept, %d are there, %v", n, len(got), err)
	}
}

func TestStore_Logs(t *testing.T) {
	var l logs
	s := mustOpen(t, Options{Dir: t.TempDir(), Log: l.logger()})
	mustClose(t, s)
	if !strings.Contains(l.String(), "level=DEBUG") {
		t.Error("the server's chatter is not in the log at Debug")
	}
	for line := range strings.Lines(l.String()) {
		if !strings.Contains(line, "level=DEBUG") {
			t.Errorf("a start and an end without trouble logged %s", line)
		}
	}
}

func TestStore_EmbeddedHasNoPort(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	if addr := s.embedded.server.Addr(); addr != nil {
		t.Errorf("the embedded server listens at %v", addr)
	}
}

// The whole bot has 300 ms; the store must leave nearly all of it to others, here with the race detector on.
func TestOpen_Quick(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"new folder", "same folder"} {
		begin := time.Now()
		s := mustOpen(t, Options{Dir: dir})
		took := time.Since(begin)
		mustClose(t, s)
		if took > 300*time.Millisecond {
			t.Errorf("%s: opening took %v", name, took)
		}
	}
}
