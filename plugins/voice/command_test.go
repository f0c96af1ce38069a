//go:build unix

package voice_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/audio"
	"github.com/chuanhuabot/bot/sdk"
)

// program writes a script; DIR in it is the folder that it returns.
func program(t *testing.T, script string) (path, dir string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "recognise")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll("#!/bin/sh\n"+script+"\n", "DIR", dir)), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, dir
}

func commanding(t *testing.T, more string, line ...string) string {
	t.Helper()
	words, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"backend":"command","command":%s%s}`, words, more)
}

func TestCommand_Words(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, c := range map[string]struct {
		script, args, want string
	}{
		"the file":           {`cmp "$1" DIR/want && echo " go  forward"; echo noise >&2`, "{file}", "go forward"},
		"standard input":     {`cmp - DIR/want && echo go`, "", "go"},
		"in an argument":     {`cmp "${1#--in=}" DIR/want && printf 'two\nlines'`, "--in={file}", "two lines"},
		"no shell":           {`printf %s "$1"`, "$HOME;`id` {file}x", ""},
		"the name of a file": {`basename "$1"`, "{file}", "voice.wav"},
	} {
		path, dir := program(t, c.script)
		if err := os.WriteFile(filepath.Join(dir, "want"), second(), 0o600); err != nil {
			t.Fatal(err)
		}
		line := []string{path}
		if c.args != "" {
			line = append(line, c.args)
		}
		p, log := started(t, hosting(nil, second()), commanding(t, "", line...))
		turn := p.Send(said())
		if turn.Forwarded == nil {
			t.Errorf("%s: %+v %q", name, turn, log.of(t))
			continue
		}
		got := turn.Forwarded.(sdk.Voice).Transcript
		if name == "no shell" {
			if !strings.HasPrefix(got, "$HOME;`id` /") {
				t.Errorf("%s: got %q", name, got)
			}
		} else if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if left, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "voice-*")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestCommand_Fails(t *testing.T) {
	for name, c := range map[string]struct{ script, says string }{
		"it ends badly":     {"echo no model >&2; exit 3", "exit status 3: no model"},
		"it is killed":      {"kill -9 $$", "killed"},
		"it writes a flood": {"head -c 2000000 /dev/zero", "more than"},
	} {
		path, _ := program(t, c.script)
		p, log := started(t, hosting(nil, second()), commanding(t, "", path))
		turn := p.Send(said())
		if got := log.of(t); !slices.Equal(turn.Texts(), []string{unheard}) || len(got) != 1 || !strings.Contains(got[0], c.says) || !strings.Contains(got[0], "class=never") {
			t.Errorf("%s: %+v, log %q", name, turn, got)
		}
	}
}

// TestCommand_TooSlow holds that neither the program nor what it has started is left.
func TestCommand_TooSlow(t *testing.T) {
	path, dir := program(t, "sleep 61 &\necho $! $$ >DIR/pids; wait")
	p, log := started(t, hosting(nil, second()), commanding(t, `,"timeout":"500ms"`, path))
	turn := p.Send(said())
	if got := log.of(t); !slices.Equal(turn.Texts(), []string{unheard}) || len(got) != 1 || !strings.Contains(got[0], "longer than 500ms") {
		t.Errorf("%+v, log %q", turn, got)
	}
	text, err := os.ReadFile(filepath.Join(dir, "pids"))
	if err != nil {
		t.Fatal(err)
	}
	var pids [2]int
	if _, err := fmt.Sscan(string(text), &pids[0], &pids[1]); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		for range 500 {
			if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
				pid = 0
				break
			}
			time.Sleep(10 * time.Millisecond) // Whoever adopted it has to notice.
		}
		if pid != 0 && !zombie(pid) {
			t.Errorf("process %d is left", pid)
		}
	}
}

// zombie tells whether a process has ended, and nobody has asked how.
func zombie(pid int) bool {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return strings.Contains(string(text), ") Z ")
}

// grammar lets pocketsphinx hear narrowband: its model is made for 16 kHz, and guesses without one.
const grammar = "/usr/share/pocketsphinx/test/data/goforward.gram"

// TestCommand_Pocketsphinx recognises what a person says, from what a platform would give to the words.
func TestCommand_Pocketsphinx(t *testing.T) {
	if _, err := exec.LookPath("pocketsphinx_continuous"); err != nil {
		t.Fatalf("%v; scripts/test installs it", err)
	}
	converter := audio.New(audio.Options{})
	for name, more := range map[string][]string{"go.amrwb": nil, "go.opus": {"-jsgf", grammar}, "go.spx": {"-jsgf", grammar}, "go.amr": {"-jsgf", grammar}} {
		f, err := os.Open(filepath.Join("../../sdk/sniff/testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		wav, err := converter.ToWAV16k(t.Context(), f, audio.Limits{})
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		line := append([]string{"pocketsphinx_continuous", "-logfn", "/dev/null", "-infile", "{file}"}, more...)
		p, log := started(t, hosting(nil, wav), commanding(t, `,"timeout":"3m"`, line...)) // Machines that test have much to do.
		turn := p.Handle(t.Context(), p.Person("ann").Message(said()))
		if turn.Forwarded == nil || turn.Forwarded.(sdk.Voice).Transcript != "go forward ten meters" {
			t.Errorf("%s: %+v %q", name, turn, log.of(t))
		}
	}
}
