//go:build linux

package host

import (
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// gone tells whether a process has ended; one that only waits to be reaped has.
func gone(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func TestProcess_HasAGroupOfItsOwn(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	pid := number(t, f.mustSay(t, "pid"))
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndex(string(stat), ")")+1:]))
	if fields[2] != strconv.Itoa(pid) {
		t.Errorf("group %s, process %d: Ctrl-C in a terminal would reach it", fields[2], pid)
	}
}

func TestProcess_StopTakesDescendantsAlong(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	child := number(t, f.mustSay(t, "child"))
	if gone(child) {
		t.Fatal("the child is gone before the test begins")
	}
	f.Stop(bounded(t, 5*time.Second))
	until(t, "the plugin's own child is gone", func() bool { return gone(child) })
}

func TestProcess_CrashTakesDescendantsAlong(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	child := number(t, f.mustSay(t, "child"))
	kill(t, f)
	until(t, "the plugin's own child is gone", func() bool { return gone(child) })
}

func TestProcess_SocketFolderIsPrivateAndRemoved(t *testing.T) {
	f := startPlugin(t, "echo", nil).ready(t)
	for _, dir := range []string{f.dir.path, filepath.Dir(f.dir.path)} {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info.Mode(), err)
		}
	}
	f.Host.Close(bounded(t, 5*time.Second))
	if _, err := os.Stat(f.dir.path); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestSweep_KillsWhatOutlivedItsBot(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	dir, err := openRunDir(log)
	if err != nil {
		t.Fatal(err)
	}
	s := newSpawner()
	defer s.close()
	p := newProcess("/bin/sleep", Spec{Command: []string{"sleep", "1000"}}, &Host{dir: dir, spawner: s}, log)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	alive, err := openRunDir(log)
	if err != nil {
		t.Fatal(err)
	}
	defer alive.close()
	if gone(p.pid()) {
		t.Fatal("a bot that lives lost its plugin to another bot's sweep")
	}
	_ = dir.lock.Close() // As the kernel does when a bot is killed.
	next, err := openRunDir(log)
	if err != nil {
		t.Fatal(err)
	}
	defer next.close()
	<-p.exited
	if _, err := os.Stat(dir.path); !os.IsNotExist(err) {
		t.Errorf("its folder is still there: %v", err)
	}
}

func TestSweep_KillsDescendantsWhoseLeaderIsGone(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	dir, err := openRunDir(log)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dir.note(cmd.Process.Pid)
	text, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	child := number(t, strings.TrimSpace(string(text)))
	_ = dir.lock.Close() // As the kernel does when a bot is killed.
	next, err := openRunDir(log)
	if err != nil {
		t.Fatal(err)
	}
	defer next.close()
	until(t, "the descendant is gone", func() bool { return gone(child) })
}

func TestSweep_SparesAProcessThatOnlyHasTheNumber(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	dir, err := openRunDir(log)
	if err != nil {
		t.Fatal(err)
	}
	// This test's own process, but with the start time of another one.
	if err := os.WriteFile(dir.notePath(os.Getpid()), []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = dir.lock.Close()
	next, err := openRunDir(log)
	if err != nil {
		t.Fatal(err)
	}
	next.close()
}

func TestRunRoot_RefusesAFolderOfOthers(t *testing.T) {
	base := t.TempDir()
	if len(base) > maxTemp {
		base = filepath.Join("/tmp", "bt"+strconv.Itoa(os.Getpid()))
		if err := os.Mkdir(base, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(base) })
	}
	t.Setenv("TMPDIR", base)
	if err := os.Mkdir(filepath.Join(base, "bot-"+strconv.Itoa(os.Getuid())), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(base, "bot-"+strconv.Itoa(os.Getuid())), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := openRunDir(slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("error %v", err)
	}
}

// TestProcess_HasNoFileOfTheBots holds that a plugin gets its three pipes and nothing else that the bot has open: neither the store's files
// nor sockets.
func TestProcess_HasNoFileOfTheBots(t *testing.T) {
	secret, err := os.Create(filepath.Join(t.TempDir(), "secret"))
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	f := startPlugin(t, "plain", nil).ready(t)
	pipes := 0
	for file := range strings.SplitSeq(f.mustSay(t, "files"), "\n") {
		switch kind, _, _ := strings.Cut(file, ":"); {
		case kind == "pipe":
			pipes++
		case kind == "socket", kind == "anon_inode", strings.HasPrefix(file, "/proc/"), file == "/dev/null", file == "/dev/urandom":
		case strings.HasPrefix(file, "/sys/fs/cgroup/"): // Go's runtime looks there for its share of the processors.
		default:
			t.Errorf("it has %s open", file)
		}
	}
	if pipes < 3 {
		t.Errorf("%d pipes", pipes)
	}
}
