//go:build unix

package host

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestHandshake_OfAnotherKindIsRefused holds that neither go-plugin's older protocol nor another version of ours is let in, and that the
// operator is told which it was.
func TestHandshake_OfAnotherKindIsRefused(t *testing.T) {
	for line, want := range map[string]string{
		"1|1|unix|/nowhere|netrpc|": "netrpc",
		"1|1|unix|/nowhere":         "netrpc", // Which is what go-plugin takes it for.
		"1|2|unix|/nowhere|grpc|":   "a version of the plugin protocol that this bot does not know (this bot: 1)",
	} {
		f := startPlugin(t, "", func(s *Spec) { s.Command = []string{"/bin/sh", "-c", `echo "$0"; exec sleep 1000`, line} })
		err := f.Started(bounded(t, 20*time.Second))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestPing_EndsAProcessThatIsFrozen holds that what says nothing at all is replaced, although its socket is open and its process is there. It
// takes as long as a ping may.
func TestPing_EndsAProcessThatIsFrozen(t *testing.T) {
	t.Parallel()
	f := startPlugin(t, "plain", nil).ready(t)
	pid := number(t, f.mustSay(t, "pid"))
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(pingEvery + pingTimeout + 10*time.Second)
	for !strings.Contains(f.log.String(), "no sign of life") {
		if time.Now().After(deadline) {
			t.Fatalf("nobody has noticed:\n%s", f.log)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if now := number(t, f.mustSay(t, "pid")); now == pid {
		t.Error("it is the same process")
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the frozen process: %v", err)
	}
}

// TestSocket_UnderALongTemporaryFolder holds that the path of a socket stays short enough for every system, whatever TMPDIR says.
func TestSocket_UnderALongTemporaryFolder(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 120))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	f := startPlugin(t, "plain", nil).ready(t)
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
	if strings.HasPrefix(f.dir.path, long) {
		t.Errorf("its folder is %s", f.dir.path)
	}
}
