package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/jetstore"
	"github.com/chuanhuabot/bot/internal/logtest"
)

// process is a bot in a process of its own.
type process struct {
	*exec.Cmd
	url string
	dir string
	log *logtest.Buffer
}

func launch(t *testing.T, path string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0], "be-the-bot", path), dir: filepath.Dir(path)}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.log = &logtest.Buffer{}
	p.Stderr = p.log
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill() // It has ended if all went well.
		_ = p.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the bot does not start: %v", err)
	}
	p.url = "http://" + strings.TrimSpace(address) + "/wx"
	return p
}

// children returns the processes that pid has started.
func children(t *testing.T, pid int) []int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, list := range lists {
		text, _ := os.ReadFile(list) // A thread may have ended.
		for _, field := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, child)
		}
	}
	return out
}

func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestRun_KilledPluginUnderLoadLosesNoMessage(t *testing.T) {
	b := run(t, plain)
	phone := call(t, b.url, "plain")
	if _, err := phone.say(t, "warm", "up"); err != nil {
		t.Fatal(err)
	}
	const rate, seconds = 200, 3
	failures := make(chan error, rate*seconds)
	var sent sync.WaitGroup
	tick := time.NewTicker(time.Second / rate)
	defer tick.Stop()
	killed := 0
	for i := range rate * seconds {
		<-tick.C
		if i%rate == rate/2 { // Once a second.
			for _, pid := range children(t, os.Getpid()) {
				if p, err := os.FindProcess(pid); err == nil && p.Kill() == nil {
					killed++
				}
			}
		}
		sent.Go(func() {
			text := fmt.Sprint("message ", i)
			began := time.Now()
			answer, err := phone.say(t, fmt.Sprint("person", i%50), text)
			if err != nil || answer != "你发送的消息是: "+text || time.Since(began) > 5*time.Second {
				failures <- fmt.Errorf("%s: %q after %s: %w", text, answer, time.Since(began), errors.Join(err))
			}
		})
	}
	sent.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	if killed < seconds {
		t.Errorf("only %d processes were killed: the test has not tested anything", killed)
	}
}

func TestRun_KilledBotLeavesNoOrphan(t *testing.T) {
	p := launch(t, write(t, plain))
	if _, err := call(t, p.url, "plain").say(t, "ann", "hello"); err != nil {
		t.Fatal(err)
	}
	plugins := children(t, p.Process.Pid)
	if len(plugins) != 1 {
		t.Fatalf("plugins %v", plugins)
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	until(t, "the plugin has ended", func() bool { return !running(plugins[0]) })
}

func TestRun_SIGTERMEndsTurnsAndExitsWithZero(t *testing.T) {
	p := launch(t, write(t, `
listen: "127.0.0.1:0"
channels: {wx: {mp: {path: /wx, app_id: wx0000000000000000, token: testtoken}}}
plugins: {slow: {command: [BINARY, be-slow]}}
routes: [{to: [slow]}]
`))
	phone := call(t, p.url, "plain")
	if _, err := phone.say(t, "warm", "0s"); err != nil {
		t.Fatal(err)
	}
	plugins := children(t, p.Process.Pid)
	got := make(chan string, 1)
	go func() {
		answer, err := phone.say(t, "ann", "700ms")
		got <- fmt.Sprint(answer, err)
	}()
	time.Sleep(200 * time.Millisecond) // The request has to be under way; there is no event outside the bot that says so.
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(t, "the listener is closed", func() bool {
		c, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(p.url, "http://"), "/wx"))
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	if answer := <-got; !strings.Contains(answer, "waited 700ms") {
		t.Errorf("the turn that ran: %s", answer)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	for _, pid := range plugins {
		if running(pid) {
			t.Errorf("plugin %d still runs", pid)
		}
	}
}

// slowBot holds an MP answer for at most half a second, so that what comes later is late.
const slowBot = `
listen: "127.0.0.1:0"
drain: 100ms
channels: {wx: {mp: {path: /wx, app_id: wx0000000000000000, token: testtoken, tries: 1, try_timeout: 1s, late: {read: false}}}}
plugins: {slow: {command: [BINARY, be-slow]}}
routes: [{to: [slow]}]
`

func TestRun_LateAnswerIsOnRecordAlsoAfterAKilledBot(t *testing.T) {
	path := write(t, slowBot)
	p := launch(t, path)
	if answer, err := call(t, p.url, "plain").say(t, "ann", "2s"); !errors.Is(err, errSilent) {
		t.Fatalf("answer %q, %v", answer, err)
	}
	if err := p.Process.Kill(); err != nil { // Before the plugin has answered.
		t.Fatal(err)
	}
	_ = p.Wait() // It was killed.
	p = launch(t, path)
	until(t, "the message is taken up again", func() bool { return strings.Contains(p.log.String(), "delivery failed") })
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	store, err := jetstore.Open(t.Context(), jetstore.Options{Dir: filepath.Join(p.dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	failed, err := store.Deliveries(context.Background(), core.StatusFailed)
	if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Reason, "window") {
		t.Errorf("failed %+v, %v", failed, err)
	}
	unfinished, err := store.Unfinished(context.Background())
	if err != nil || len(unfinished) != 0 {
		t.Errorf("unfinished %+v, %v", unfinished, err)
	}
}

// TestRun_StopRefusesNobody holds that what comes while the bot stops is acknowledged, and answered by the next one: a connection that is
// refused would cost all of WeChat's tries in a moment.
func TestRun_StopRefusesNobody(t *testing.T) {
	path := write(t, strings.Replace(slowBot, "drain: 100ms", "drain: 5s", 1))
	p := launch(t, path)
	phone := call(t, p.url, "plain")
	got := make(chan string, 1)
	go func() {
		answer, err := phone.say(t, "ann", "900ms")
		got <- fmt.Sprint(answer, err)
	}()
	time.Sleep(200 * time.Millisecond) // The request has to be under way; there is no event outside the bot that says so.
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(t, "the bot stops", func() bool { return strings.Contains(p.log.String(), "stopping") })
	if answer, err := phone.say(t, "bob", "1ms"); !errors.Is(err, errSilent) {
		t.Errorf("a message while the bot stops: %q, %v", answer, err)
	}
	<-got
	if err := p.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	p = launch(t, path)
	until(t, "the next bot handles it", func() bool { return strings.Contains(p.log.String(), "delivery failed") })
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestRun_BrokenPluginDoesNotStopTheBot(t *testing.T) {
	b := run(t, `
listen: "127.0.0.1:0"
apology: 抱歉，请稍后再试
channels: {wx: {mp: {path: /wx, app_id: wx0000000000000000, token: testtoken}}}
plugins:
  echo: {}
  broken: {command: [/bin/false], timeout: 1s}
  gone: {command: [./there-is-no-such-program]}
routes:
  - {when: {text: ^broken}, to: [broken]}
  - {when: {text: ^gone}, to: [gone], apology: ""}
  - {to: [echo]}
`)
	phone := call(t, b.url, "plain")
	for text, want := range map[string]string{"hello": "你发送的消息是: hello", "broken": "抱歉，请稍后再试", "gone": ""} {
		answer, err := phone.say(t, text, text)
		if answer != want || (err != nil) != (want == "") || err != nil && !errors.Is(err, errSilent) {
			t.Errorf("%s: %q, %v", text, answer, err)
		}
	}
}

func TestRun_TwoBotsOneFolder(t *testing.T) {
	path := write(t, plain)
	a, err := start(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := start(t.Context(), path, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "data") {
		t.Errorf("error %v", err)
	}
}

func TestNew_AddressInUseIsNamedWithItsLine(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = start(t.Context(), write(t, strings.Replace(plain, "127.0.0.1:0", l.Addr().String(), 1)), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "bot.yaml:2:") || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("error %v", err)
	}
}

func TestRunBundled_ByHand(t *testing.T) {
	for name, want := range map[string]string{
		"ecko": `no bundled plugin "ecko" (bundled: echo, voice)`, "echo": "the bot starts by itself: put `echo: {}` under plugins",
	} {
		out, err := exec.Command(os.Args[0], "plugin", "run", name).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%v: %s", err, out)
		}
	}
}
