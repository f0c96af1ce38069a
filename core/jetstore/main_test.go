package jetstore

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/storetest"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedFolder); dir != "" {
		fmt.Println(writeAndDie(dir)) // Only if it did not.
		return
	}
	goleak.VerifyTestMain(m)
}

func natsMessage(b *bucket, subject string) *nats.Msg {
	return &nats.Msg{Subject: b.prefix + subject, Data: []byte("x")}
}

// mustOpen opens a store that ends with the test.
func mustOpen(t testing.TB, opts Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), opts)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { mustClose(t, s) })
	return s
}

func mustClose(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// startServer starts a server with a port, as an operator would, and returns where it is.
func startServer(t testing.TB, change func(*server.Options)) (*server.Server, string) {
	t.Helper()
	s := launch(t, change)
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server did not start")
	}
	return s, s.ClientURL()
}

// launch starts a server that ends with the test, and does not wait for it.
func launch(t testing.TB, change func(*server.Options)) *server.Server {
	t.Helper()
	opts := &server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true, JetStream: true, StoreDir: t.TempDir(),
		MaxPayload: sdk.MaxFrame / 2, // As docs/architecture.md asks of an outside server.
	}
	if change != nil {
		change(opts)
	}
	s, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s
}

// logs is a log to look at.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logs) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatalf("copy %s: %v", from, err)
	}
	return to
}

func TestStore_Embedded(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		dir := t.TempDir()
		s := mustOpen(t, Options{Dir: dir})
		return storetest.Opened{
			Store: s,
			Reopen: func(t *testing.T) core.Store {
				mustClose(t, s)
				return mustOpen(t, Options{Dir: dir})
			},
			// The first store goes on running while its files are read: nothing was flushed for the occasion.
			Crash: func(t *testing.T) core.Store { return mustOpen(t, Options{Dir: copyDir(t, dir)}) },
		}
	})
}

func TestStore_Outside(t *testing.T) {
	_, url := startServer(t, nil)
	names := 0
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		names++
		opts := Options{URL: sdk.NewSecret(url), Name: "bot" + string(rune('a'+names/26)) + string(rune('a'+names%26))}
		s := mustOpen(t, opts)
		return storetest.Opened{
			Store:  s,
			Reopen: func(t *testing.T) core.Store { mustClose(t, s); return mustOpen(t, opts) },
			Crash:  func(t *testing.T) core.Store { return mustOpen(t, opts) },
			Peer:   func(t *testing.T) core.Store { return mustOpen(t, opts) },
		}
	})
}
