//go:build unix

package audio_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/audio"
)

// program writes a script that stands in for ffmpeg. It notes its number in the file pid beside it.
func program(t *testing.T, script string) (path, dir string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "ffmpeg")
	script = strings.ReplaceAll("#!/bin/sh\necho $$ >DIR/pid\n"+script+"\n", "DIR", dir)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, dir
}

// gone tells whether no process of the number that a script has noted is left.
func gone(t *testing.T, dir string) bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

func TestRun_EndsWithItsContext(t *testing.T) {
	path, dir := program(t, "touch DIR/begun; exec sleep 60")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for !exists(filepath.Join(dir, "begun")) && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	_, err := audio.New(audio.Options{FFmpeg: path}).ToWAV16k(ctx, bytes.NewReader(recording(t, "go.amr")), audio.Limits{})
	if !errors.Is(err, context.Canceled) || !gone(t, dir) {
		t.Errorf("got %v, gone: %v", err, gone(t, dir))
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestRun_MisbehavingProgram(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   error
		says   string
	}{
		"it writes for ever":      {"exec cat /dev/zero", audio.ErrTooLong, ""},
		"it complains for ever":   {"(while :; do echo no; done) >&2 & sleep 0.2; kill $!; exit 1", audio.ErrFormat, ""},
		"it fails":                {"cat >/dev/null; echo one >&2; echo two >&2; exit 3", audio.ErrFormat, "two"},
		"it fails without a word": {"exit 3", audio.ErrFormat, "exit status 3"},
		"it reads nothing":        {"exec true", audio.ErrFormat, "no sound"},
		"it is killed":            {"kill -9 $$", audio.ErrFormat, "killed"},
	} {
		path, dir := program(t, c.script)
		_, err := audio.New(audio.Options{FFmpeg: path}).ToWAV16k(t.Context(), bytes.NewReader(recording(t, "go.amr")), audio.Limits{})
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || !gone(t, dir) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if _, err := audio.New(audio.Options{FFmpeg: "/dev/null"}).ToWAV16k(t.Context(), bytes.NewReader(recording(t, "go.amr")), audio.Limits{}); !errors.Is(err, audio.ErrNoConverter) {
		t.Errorf("what is no program: %v", err)
	}
}

// TestRun_SeesNothingOfTheBot holds that ffmpeg gets neither the bot's environment nor a word of what came from outside.
func TestRun_SeesNothingOfTheBot(t *testing.T) {
	t.Setenv("MP_SECRET", "hush")
	path, dir := program(t, `env >DIR/env; echo "$@" >DIR/args; exec cat`)
	if _, err := audio.New(audio.Options{FFmpeg: path}).ToWAV16k(t.Context(), bytes.NewReader(recording(t, "go.amr")), audio.Limits{}); err != nil {
		t.Fatal(err)
	}
	env, err := os.ReadFile(filepath.Join(dir, "env"))
	if err != nil || strings.Contains(string(env), "hush") {
		t.Errorf("its environment is %s %v", env, err)
	}
	args, err := os.ReadFile(filepath.Join(dir, "args"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"-protocol_whitelist pipe ", "-codec_whitelist amrnb", "-f amr -i pipe:0", "-nostdin", "-max_alloc", "-t 61", "-fs"} {
		if !strings.Contains(string(args), want) {
			t.Errorf("%q is not among its arguments: %s", want, args)
		}
	}
}

// TestRun_NothingUnknownReachesIt holds that a playlist, or whatever else could name files and addresses, is never given to ffmpeg.
func TestRun_NothingUnknownReachesIt(t *testing.T) {
	path, dir := program(t, "exit 1")
	c := audio.New(audio.Options{FFmpeg: path})
	for _, data := range []string{"#EXTM3U\nfile:///etc/passwd", "ffconcat version 1.0\nfile /etc/passwd", "<?xml version='1.0'?><MPD/>", "", "\x02#!SILK_V3"} {
		if _, err := c.ToWAV16k(t.Context(), strings.NewReader(data), audio.Limits{}); !errors.Is(err, audio.ErrFormat) {
			t.Errorf("%q: %v", data, err)
		}
	}
	if exists(filepath.Join(dir, "pid")) {
		t.Error("it was started")
	}
}

func TestRun_AtOnce(t *testing.T) {
	path, dir := program(t, "mkdir DIR/lock || touch DIR/two; cat >/dev/null; sleep 0.02; rmdir DIR/lock; printf abcd")
	c := audio.New(audio.Options{FFmpeg: path, AtOnce: 1})
	amr := recording(t, "go.amr")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := c.ToWAV16k(t.Context(), bytes.NewReader(amr), audio.Limits{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if exists(filepath.Join(dir, "two")) {
		t.Error("two ran at a time")
	}
}

// manyDamaged is how many: each takes a process. 3,000 take some minutes.
var manyDamaged = flag.Int("damaged", 100, "how many damaged recordings are converted")

// TestToWAV16k_Damaged has recordings in which bytes are changed, missing, or put in: each is converted or refused, in time, and no
// process and no file is left of any.
func TestToWAV16k_Damaged(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	c := audio.New(audio.Options{AtOnce: 4})
	names := []string{"go.amr", "go.amrwb", "go.opus", "go.spx", "go.mp3", "go.m4a"}
	clips := make([][]byte, len(names))
	for i, name := range names {
		clips[i] = recording(t, name)
	}
	all := *manyDamaged
	var converted, refused counter
	var wg sync.WaitGroup
	work := make(chan int)
	for range 4 {
		wg.Go(func() {
			for i := range work {
				random := rand.New(rand.NewPCG(uint64(i), 7))
				_, err := c.ToWAV16k(t.Context(), bytes.NewReader(damaged(random, clips[i%len(clips)])), audio.Limits{})
				switch {
				case err == nil:
					converted.add()
				case errors.Is(err, audio.ErrFormat), errors.Is(err, audio.ErrTooLong):
					refused.add()
				default:
					t.Errorf("clip %d: %v", i, err)
				}
			}
		})
	}
	for i := range all {
		work <- i
	}
	close(work)
	wg.Wait()
	t.Logf("%d converted, %d refused", converted.n, refused.n)
	if converted.n+refused.n != all || refused.n == 0 || converted.n == 0 {
		t.Errorf("%d of %d", converted.n+refused.n, all)
	}
	var status syscall.WaitStatus
	if pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
		t.Errorf("a process is left: %d, %v", pid, err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

// damaged returns a changed copy. The first bytes mostly stay, so that it still looks like what it was.
func damaged(random *rand.Rand, clip []byte) []byte {
	out := bytes.Clone(clip)
	from := 0
	if random.IntN(10) > 0 {
		from = 12
	}
	for range 1 + random.IntN(40) {
		at := from + random.IntN(max(len(out)-from, 1))
		switch random.IntN(6) {
		case 0:
			out = out[:min(at+1, len(out))]
		case 1:
			out = append(out[:min(at, len(out)):min(at, len(out))], out[min(at+random.IntN(200), len(out)):]...)
		case 2:
			out = append(out[:min(at, len(out)):min(at, len(out))], append(bytes.Repeat([]byte{byte(random.IntN(256))}, random.IntN(100)), out[min(at, len(out)):]...)...)
		default:
			if at < len(out) {
				out[at] = byte(random.IntN(256))
			}
		}
	}
	return out
}
