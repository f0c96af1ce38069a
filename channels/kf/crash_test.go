package kf

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/jetstore"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// childEnv makes the test binary a bot, which kills itself at a step.
const childEnv = "KF_TEST_CHILD"

// childOf is what the bot in another process is told.
type childOf struct {
	Dir, API string
	Step     string // Such as keep.
	Count    int    // It dies when it has come to the step so often. 0: never.
}

// steps are those between the bell and the end of a message, in their order. Those of the API are the platform's: the bot dies while it
// waits for an answer.
var crashSteps = []struct {
	name   string
	counts int // How often each run comes to it, at the least.
}{
	{"bell arrives", 1}, {"bell answered", 1},
	{"lease taken", 1},
	{"before /cgi-bin/kf/sync_msg", 1}, {"after /cgi-bin/kf/sync_msg", 1},
	{"message stored", 2},
	{"cursor saved", 1},
	{"turn begins", 2},
	{"reply on record", 8},
	{"message noted", 4},
	{"before /cgi-bin/kf/send_msg", 4}, {"after /cgi-bin/kf/send_msg", 4},
	{"turn over", 2},
	{"message finished", 2},
	{"delivery forgotten", 4},
}

// dying is a process that can come to its end at a step.
type dying struct {
	step string
	mu   sync.Mutex
	left int
}

// at kills the process if it is its step.
func (d *dying) at(step string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if step != d.step || d.left == 0 {
		return
	}
	if d.left--; d.left == 0 {
		if p, err := os.FindProcess(os.Getpid()); err == nil {
			_ = p.Kill()
		}
		select {} // Nothing more is done, however long that takes.
	}
}

// dyingStore tells what it has done.
type dyingStore struct {
	core.Store
	*dying
}

func (s dyingStore) Keep(ctx context.Context, m *sdk.Message) (bool, error) {
	fresh, err := s.Store.Keep(ctx, m)
	if fresh {
		s.at("message stored")
	}
	return fresh, err
}

func (s dyingStore) Finish(ctx context.Context, channel, id string) error {
	s.at("turn over")
	err := s.Store.Finish(ctx, channel, id)
	s.at("message finished")
	return err
}

func (s dyingStore) PutDelivery(ctx context.Context, d *core.Delivery) error {
	err := s.Store.PutDelivery(ctx, d)
	s.at("reply on record")
	return err
}

func (s dyingStore) DeleteDelivery(ctx context.Context, id string) error {
	err := s.Store.DeleteDelivery(ctx, id)
	s.at("delivery forgotten")
	return err
}

func (s dyingStore) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	next, err := s.Store.Put(ctx, key, value, revision)
	switch {
	case strings.HasPrefix(key, "kf/people/"):
		s.at("message noted")
	case !strings.HasPrefix(key, "kf/place/"):
	case strings.Contains(string(value), `"holder"`):
		s.at("lease taken")
	default:
		s.at("cursor saved")
	}
	return next, err
}

// twice answers each text with two, and "many" with so many that the last message of the window takes several, of which the first is
// the end of a long one.
func twice(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	replies := []string{m.Text() + " 1", m.Text() + " 2"}
	switch m.Text() {
	case "":
		return nil
	case "many":
		replies = []string{"1", "2", "3", longReply, "5", "6", "7"}
	}
	for _, text := range replies {
		if err := r.Reply(sdk.Text{Text: text}); err != nil {
			return err
		}
	}
	return nil
}

// pieceOf is how many bytes of a long text go with one message of testConfig.
const pieceOf = 2048 - len("\nmore")

var longReply = strings.Repeat("x", pieceOf) + "yy"

// child is the bot of another process. It says where it listens, and runs until it is killed or its input ends.
func child() error {
	var told childOf
	if err := json.Unmarshal([]byte(os.Getenv(childEnv)), &told); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	opened, err := jetstore.Open(context.Background(), jetstore.Options{Dir: told.Dir, Log: log})
	if err != nil {
		return err
	}
	defer opened.Close()
	d := &dying{step: told.Step, left: told.Count}
	store := dyingStore{opened, d}
	config := testConfig()
	config.APIBase, config.Confirm = told.API, 50*time.Millisecond
	channel, err := New("work", config, store, "this machine", log)
	if err != nil {
		return err
	}
	handle := func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		d.at("turn begins")
		return twice(ctx, m, r)
	}
	bot := core.New(core.Options{Store: store, Channels: map[string]core.Channel{"work": channel}, Handler: sdk.HandlerFunc(handle), Log: log})
	if err := bot.Resume(context.Background()); err != nil {
		return err
	}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.at("bell arrives")
		channel.ServeHTTP(w, r)
		d.at("bell answered")
	}))
	defer hook.Close()
	fmt.Println(hook.URL + "/kf")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		cancel()
	}()
	err = channel.Run(ctx, bot)
	bot.Close(ctx)
	return err
}

// launch runs the bot in a process of its own, and connects the company with it.
func (s *stage) launch(told childOf) *exec.Cmd {
	s.t.Helper()
	data, err := json.Marshal(told)
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(data))
	cmd.Stderr = s.log
	if _, err := cmd.StdinPipe(); err != nil { // It ends with this process.
		s.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = cmd.Wait() // It has died before it could say.
		return nil
	}
	settings := s.corp.Settings()
	settings.URL = strings.TrimSpace(line)
	if err := s.corp.Set(settings); err != nil {
		s.t.Fatal(err)
	}
	return cmd
}

// killAt kills a process when the platform has come to a step so often.
func (s *stage) killAt(step string, count int, cmd func() *exec.Cmd) {
	var mu sync.Mutex
	passed := func(at string) {
		mu.Lock()
		defer mu.Unlock()
		if at != step || count == 0 {
			return
		}
		if count--; count == 0 {
			_ = cmd().Process.Kill()
		}
	}
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		passed("before " + r.URL.Path)
		answer := httptest.NewRecorder()
		s.platform.ServeHTTP(answer, r)
		passed("after " + r.URL.Path)
		_, _ = w.Write(answer.Body.Bytes())
		return true
	})
}

// TestCrash_AtEveryStep kills the bot at each step between a bell and the end of its messages, each time it comes to it, and starts it
// again: every message is handled, and every answer is shown once and in order.
func TestCrash_AtEveryStep(t *testing.T) {
	for _, step := range crashSteps {
		for count := 1; count <= step.counts; count++ {
			t.Run(fmt.Sprintf("%s %d", strings.ReplaceAll(step.name, "/", "_"), count), func(t *testing.T) {
				t.Parallel()
				crashAt(t, step.name, count, []string{"a", "b"}, "a 1", "a 2", "b 1", "b 2")
			})
		}
	}
}

// TestCrash_InTheMiddleOfAMergedMessage does the same with an answer that takes all of a window.
func TestCrash_InTheMiddleOfAMergedMessage(t *testing.T) {
	for step, counts := range map[string]int{
		"reply on record": 16, "message noted": 5, "before /cgi-bin/kf/send_msg": 5, "after /cgi-bin/kf/send_msg": 5, "delivery forgotten": 7,
	} {
		for count := 1; count <= counts; count++ {
			t.Run(fmt.Sprintf("%s %d", strings.ReplaceAll(step, "/", "_"), count), func(t *testing.T) {
				t.Parallel()
				crashAt(t, step, count, []string{"many"}, "1", "2", "3", longReply[:pieceOf], "yy\n5\n6\n7")
			})
		}
	}
}

// crashAt lets a bot to which ann says texts come to a step, and holds what she sees in the end.
func crashAt(t *testing.T, step string, count int, texts []string, want ...string) {
	s := newStage(t, wecom.Rules{SyncsWithoutToken: -1})
	told := childOf{Dir: t.TempDir(), API: s.api.URL, Step: step, Count: count}
	var cmd *exec.Cmd
	started := make(chan struct{})
	s.killAt(step, count, func() *exec.Cmd { <-started; return cmd })
	last := len(texts) - 1
	for _, text := range texts[:last] { // A page of several.
		s.sayWithoutBell(text)
	}
	cmd = s.launch(told)
	close(started)
	if cmd != nil {
		_, _ = s.account.Say(t.Context(), ann, wecom.Text(texts[last])) // Whatever becomes of the bell.
		s.awaitDeath(cmd)
	} else {
		s.sayWithoutBell(texts[last])
	}
	s.intercept(nil)
	told.Count = 0
	again := s.launch(told)
	s.sees(ann, want...)
	time.Sleep(300 * time.Millisecond) // What is repeated would come soon.
	s.sees(ann, want...)
	_ = again.Process.Kill()
	_ = again.Wait()
	wantEmpty(t, told.Dir)
}

func (s *stage) sayWithoutBell(text string) {
	s.t.Helper()
	if _, err := s.account.Push(s.t.Context(), wecom.Push{Customer: ann, Content: wecom.Text(text), NoBell: true}); err != nil {
		s.t.Fatal(err)
	}
}

// awaitDeath waits until a process has come to its step.
func (s *stage) awaitDeath(cmd *exec.Cmd) {
	s.t.Helper()
	died := make(chan struct{})
	go func() { _ = cmd.Wait(); close(died) }()
	select {
	case <-died:
	case <-time.After(patience):
		s.t.Errorf("it has not come to its step")
		_ = cmd.Process.Kill()
		<-died
	}
}

// wantEmpty holds that a store has no message and no delivery left.
func wantEmpty(t *testing.T, dir string) {
	t.Helper()
	store, err := jetstore.Open(t.Context(), jetstore.Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	messages, err := store.Unfinished(t.Context())
	if err != nil || len(messages) > 0 {
		t.Errorf("%d messages are left, %v", len(messages), err)
	}
	deliveries, err := store.Deliveries(t.Context())
	if err != nil || len(deliveries) > 0 {
		t.Errorf("%d deliveries are left, %v: %+v", len(deliveries), err, deliveries[0])
	}
}
