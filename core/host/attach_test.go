//go:build linux

package host

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// byHand starts the test's plugin as somebody at a debugger does, and returns the line with which it shakes hands.
func byHand(t *testing.T, dir string) (handshake string, stop func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], pluginWord, "plain")
	cmd.Env = append(os.Environ(), sdk.CookieKey+"="+sdk.CookieValue, "PLUGIN_UNIX_SOCKET_DIR="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			_ = stdin.Close()
			_ = cmd.Wait() // It ends with its parent, and says so by its exit code.
		}
	}
	t.Cleanup(stop)
	return strings.TrimSpace(line), stop
}

// TestAttach_ToAProcessOfSomebodyElses is about a plugin under a debugger: it is waited for, and for its next start too, and never killed.
func TestAttach_ToAProcessOfSomebodyElses(t *testing.T) {
	dir, err := os.MkdirTemp("", "attach")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	f := &fixture{Host: mustHost(t), log: &logtest.Buffer{}}
	f.pace = brisk
	f.Plugin = f.Start(Spec{Name: "test", Attach: dir, Host: newOneValue()})
	if err := f.Started(bounded(t, 10*time.Second)); !errors.Is(err, errNoSocket) || !strings.Contains(err.Error(), sdk.CookieKey) {
		t.Errorf("before it is there: %v", err)
	}
	_, stop := byHand(t, dir)
	pid := f.mustSay(t, "pid")
	stop()
	byHand(t, dir)
	if again := f.mustSay(t, "pid"); again == pid {
		t.Error("the second process does not answer")
	}
	handshake, _ := byHand(t, dir)
	if err := f.Replace(bounded(t, 10*time.Second), Spec{Name: "test", Attach: handshake}); err != nil {
		t.Fatal(err)
	}
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
	f.Stop(bounded(t, 5*time.Second))
	left := &fixture{Host: mustHost(t), log: f.log} // The process lives on: another bot may attach.
	left.Plugin = left.Start(Spec{Name: "test", Attach: handshake})
	if got := left.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
	left.Stop(bounded(t, 5*time.Second))
}

// TestSocketAt_TheNewest is also about plugins that put their socket one folder deeper.
func TestSocketAt_TheNewest(t *testing.T) {
	dir, err := os.MkdirTemp("", "attach") // Not the test's own, whose path may be too long for a socket.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for i, path := range []string{filepath.Join(dir, "old"), filepath.Join(dir, "deeper", "new")} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		when := time.Now().Add(time.Duration(i-10) * time.Minute)
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
		if got, err := socketAt(dir); err != nil || got != path {
			t.Errorf("got %q, %v, want %q", got, err, path)
		}
	}
}

func TestSocketAt(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{"", dir, file, filepath.Join(dir, "nothing"), "1|1|tcp|127.0.0.1:1|grpc|"} {
		if got, err := socketAt(where); !errors.Is(err, errNoSocket) {
			t.Errorf("%q: %q, %v", where, got, err)
		}
	}
}
