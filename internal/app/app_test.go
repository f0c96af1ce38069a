package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// The test binary stands in for the bot's: `plugin run NAME` is what the bot starts, the other words are the tests' own.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 4 && os.Args[1] == "plugin":
		if err := app.RunBundled(os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case len(os.Args) == 3 && os.Args[1] == "be-the-bot":
		os.Exit(beTheBot(os.Args[2]))
	case len(os.Args) == 2 && os.Args[1] == "be-slow":
		sdk.Serve(sdk.HandlerFunc(slow))
	case len(os.Args) == 2 && os.Args[1] == "be-a-guest":
		sdk.Serve(&guest{})
	case len(os.Args) == 2 && os.Args[1] == "be-signed":
		sdk.Serve(sdk.HandlerFunc(signed))
	default:
		goleak.VerifyTestMain(m)
	}
}

// beTheBot runs a bot until SIGTERM, and says on standard output where it listens.
func beTheBot(path string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	a, err := start(ctx, path, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(a.Addr())
	if err := a.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// slow answers after the time that the message asks for: "700ms".
func slow(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	d, err := time.ParseDuration(m.Text())
	if err != nil {
		return err
	}
	select {
	case <-time.After(d):
		return r.Reply(sdk.Text{Text: "waited " + m.Text()})
	case <-ctx.Done():
		return ctx.Err()
	}
}

func start(ctx context.Context, path string, log *slog.Logger) (*app.App, error) {
	c, err := config.Load(path, config.Options{Bundled: app.Bundled()})
	if err != nil {
		return nil, err
	}
	return app.New(ctx, c, log)
}

// write writes a bot.yaml into a folder of its own, with %q of the test binary for BINARY, and returns its path.
func write(t *testing.T, text string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bot.yaml")
	text = strings.ReplaceAll(text, "BINARY", fmt.Sprintf("%q", self))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// plain is an account in plain mode with the echo plugin behind it.
const plain = `
listen: "127.0.0.1:0"
channels: {wx: {mp: {path: /wx, app_id: wx0000000000000000, token: testtoken}}}
plugins: {echo: {}}
routes: [{to: [echo]}]
`

// bot is an App that runs in this process until the test ends.
type bot struct {
	url  string
	log  *logtest.Buffer
	stop func() error // Drains, and returns what Run did.
}

func run(t *testing.T, text string) *bot {
	t.Helper()
	b := &bot{log: &logtest.Buffer{}}
	ctx, cancel := context.WithCancel(context.Background())
	a, err := start(ctx, write(t, text), b.log.Logger())
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	b.url = "http://" + a.Addr().String() + "/wx"
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	b.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := b.stop(); err != nil {
			t.Errorf("run: %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return b
}

// until waits for a condition that another process brings about.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in fifteen seconds: %s", what)
		}
	}
}
