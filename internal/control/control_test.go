package control_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/control"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorded returns a store with one delivery of each status.
func recorded(t *testing.T) *memstore.Store {
	t.Helper()
	store := memstore.New()
	for i, status := range []core.Status{core.StatusFailed, core.StatusRetry, core.StatusQueued} {
		d := &core.Delivery{ID: fmt.Sprint("wx/a/p/", i, "/0"), Channel: "wx", Recipient: "p", Content: sdk.Text{Text: "a secret word"},
			Created: time.Now().Add(time.Duration(i-3) * time.Hour), Status: status, Reason: "bad\x1b[31m\nnews" + strings.Repeat("x", 300)}
		if err := store.PutDelivery(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// served is a server in a data folder and a client of it.
func served(t *testing.T, data string, b control.Backlog) *control.Client {
	t.Helper()
	s, err := control.Listen(data, new(logtest.Buffer).Logger())
	if err != nil {
		t.Fatal(err)
	}
	s.Serve(b)
	t.Cleanup(func() { s.Close(t.Context()) })
	return control.NewClient(data)
}

func TestClient_ListsWithoutWhatTheySay(t *testing.T) {
	c := served(t, t.TempDir(), core.NewBacklog(recorded(t)))
	for name, test := range map[string]struct {
		query control.Query
		want  int
	}{"all": {control.Query{}, 3}, "failed": {control.Query{States: []core.Status{core.StatusFailed}}, 1}, "one": {control.Query{Limit: 1}, 1}} {
		l, err := c.List(t.Context(), test.query)
		if err != nil || len(l.Deliveries) != test.want {
			t.Fatalf("%s: %+v, %v", name, l, err)
		}
		d := l.Deliveries[0]
		if len(d.Short) != 8 || strings.ContainsAny(d.Reason, "\x1b\n") || len([]rune(d.Reason)) != 200 || strings.Contains(fmt.Sprint(l), "secret") {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestClient_RetriesAndPurges(t *testing.T) {
	store := recorded(t)
	c := served(t, t.TempDir(), core.NewBacklog(store))
	l, err := c.List(t.Context(), control.Query{})
	if err != nil {
		t.Fatal(err)
	}
	failed, waiting := l.Deliveries[0], l.Deliveries[1]
	for name, choice := range map[string]control.Choice{
		"nothing": {}, "both": {IDs: []string{failed.ID}, All: true}, "unknown": {IDs: []string{"ffffffff"}}, "short": {IDs: []string{failed.Short[:3]}},
	} {
		if _, err := c.Retry(t.Context(), choice); err == nil || !strings.Contains(err.Error(), "bot deliveries list") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r, err := c.Retry(t.Context(), control.Choice{IDs: []string{failed.Short[:5], failed.ID, waiting.ID}}); err != nil || r.Done != 1 || len(r.Left) != 1 || r.Left[0].Short != waiting.Short {
		t.Errorf("retry: %+v, %v", r, err)
	}
	queued, err := store.Deliveries(t.Context(), core.StatusQueued)
	if err != nil || len(queued) != 2 {
		t.Errorf("%d queued, %v", len(queued), err)
	}
	if r, err := c.Purge(t.Context(), control.Choice{All: true}); err != nil || r.Done != 0 {
		t.Errorf("purge of all that failed: %+v, %v", r, err)
	}
	if r, err := c.Purge(t.Context(), control.Choice{IDs: []string{waiting.ID}}); err != nil || r.Done != 1 {
		t.Errorf("purge of one that waits: %+v, %v", r, err)
	}
}

func TestListen_OnlyForItsUser(t *testing.T) {
	data := t.TempDir()
	served(t, data, core.NewBacklog(memstore.New()))
	info, err := os.Stat(filepath.Join(data, "control"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := control.Listen(data, new(logtest.Buffer).Logger()); !errors.Is(err, control.ErrRunning) {
		t.Errorf("a second bot: %v", err)
	}
}

// TestListen_TakesOverFromTheDead is about a bot that was killed, in a folder whose path is short and in one whose path is too long
// for a socket.
func TestListen_TakesOverFromTheDead(t *testing.T) {
	for _, deep := range []string{"", strings.Repeat("d", 120)} {
		data := filepath.Join(t.TempDir(), deep)
		folder := filepath.Join(data, "control")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if deep == "" {
			l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(folder, "bot.sock"), Net: "unix"})
			if err != nil {
				t.Fatal(err)
			}
			l.SetUnlinkOnClose(false) // As kill -9 leaves it.
			l.Close()
		} else if err := os.WriteFile(filepath.Join(folder, "socket"), []byte(filepath.Join(t.TempDir(), "gone", "bot.sock")), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := control.Listen(data, new(logtest.Buffer).Logger())
		if err != nil {
			t.Fatal(err)
		}
		s.Serve(core.NewBacklog(recorded(t)))
		c := control.NewClient(data)
		if l, err := c.List(t.Context(), control.Query{}); err != nil || l.Total != 3 {
			t.Errorf("%+v, %v", l, err)
		}
		s.Close(t.Context())
		s.Close(t.Context())
		if _, err := c.List(t.Context(), control.Query{}); !errors.Is(err, control.ErrNobody) {
			t.Errorf("after the end: %v", err)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
}

func TestClient_NobodyIsThere(t *testing.T) {
	data := filepath.Join(t.TempDir(), "none")
	if _, err := control.NewClient(data).List(t.Context(), control.Query{}); !errors.Is(err, control.ErrNobody) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a client made a folder: %v", err)
	}
}

// stuck is a backlog that answers only when its caller gives up.
type stuck struct{ entered chan struct{} }

func (s stuck) List(ctx context.Context, _ ...core.Status) ([]*core.Delivery, error) {
	close(s.entered)
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

func (stuck) Retry(context.Context, []string) (core.Review, error) { return core.Review{}, nil }

func (stuck) Purge(context.Context, core.Purge) (core.Review, error) { return core.Review{}, nil }

func TestServer_CloseEndsWhatRuns(t *testing.T) {
	data, b := t.TempDir(), stuck{make(chan struct{})}
	s, err := control.Listen(data, new(logtest.Buffer).Logger())
	if err != nil {
		t.Fatal(err)
	}
	s.Serve(b)
	answered := make(chan error)
	go func() {
		_, err := control.NewClient(data).List(context.Background(), control.Query{})
		answered <- err
	}()
	<-b.entered
	s.Close(t.Context())
	if err := <-answered; err == nil {
		t.Error("a request that was cut off has an answer")
	}
}

func TestServer_NilDoesNothing(t *testing.T) {
	var s *control.Server
	s.Serve(nil)
	s.Close(t.Context())
}

func TestDesk_MoreThanAreShown(t *testing.T) {
	store := memstore.New()
	for i := range control.MaxList + 10 {
		if err := store.PutDelivery(t.Context(), &core.Delivery{ID: fmt.Sprint(i), Content: sdk.Text{}, Status: core.StatusFailed}); err != nil {
			t.Fatal(err)
		}
	}
	d := control.Desk{Backlog: core.NewBacklog(store)}
	l, err := d.List(t.Context(), control.Query{Limit: 1 << 30})
	if err != nil || len(l.Deliveries) != control.MaxList || l.Total != control.MaxList+10 {
		t.Errorf("%d of %d, %v", len(l.Deliveries), l.Total, err)
	}
	for _, one := range l.Deliveries { // The IDs are always the same, and some begin alike.
		same := slices.ContainsFunc(l.Deliveries, func(other control.Delivery) bool { return other.ID != one.ID && other.Short[:4] == one.Short[:4] })
		if !same {
			continue
		}
		if _, err := d.Retry(t.Context(), control.Choice{IDs: []string{one.Short[:4]}}); !errors.Is(err, control.ErrChoice) || !strings.Contains(err.Error(), "more than one") {
			t.Errorf("an ambiguous name: %v", err)
		}
		return
	}
	t.Error("no two IDs begin alike")
}
