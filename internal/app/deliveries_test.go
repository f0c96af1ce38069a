package app_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/jetstore"
	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/sdk"
)

// loaded is the configuration at path.
func loaded(t *testing.T, path string) *config.Config {
	t.Helper()
	c, err := config.Load(path, config.Options{Bundled: app.Bundled()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// listed is what `bot deliveries list` writes, with times and ids taken out.
func listed(t *testing.T, c *config.Config, l app.DeliveryList) string {
	t.Helper()
	var out bytes.Buffer
	if err := app.ListDeliveries(t.Context(), c, l, &out); err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d`).ReplaceAllString(out.String(), "DATE")
	return regexp.MustCompile(`(?m)^[0-9a-f]{8} `).ReplaceAllString(text, "ID ")
}

// TestDeliveries_OfABotThatRunsAndOfOneThatDoesNot goes the whole way: an answer that came too late fails, is tried again, fails
// again and is removed.
func TestDeliveries_OfABotThatRunsAndOfOneThatDoesNot(t *testing.T) {
	path := write(t, slowBot)
	p := launch(t, path)
	c := loaded(t, path)
	if answer, err := call(t, p.url, "plain").say(t, "ann", "1500ms"); !errors.Is(err, errSilent) {
		t.Fatalf("answer %q, %v", answer, err)
	}
	until(t, "the answer has failed", func() bool { return strings.Contains(p.log.String(), "delivery failed") })
	running := listed(t, c, app.DeliveryList{Failed: true})
	for _, want := range []string{"ID        CREATED", "ID DATE", "wx       ann", "text  failed  1", "account: verified", "bot deliveries retry ID"} {
		if !strings.Contains(squeezed(running), squeezed(want)) {
			t.Errorf("%q is not in\n%s", want, running)
		}
	}
	var out bytes.Buffer
	until(t, "it is queued again, which its turn must have ended for", func() bool {
		out.Reset()
		err := app.RetryDeliveries(t.Context(), c, app.DeliveryChoice{All: true}, &out)
		return err == nil && out.String() == "queued again: 1\n"
	})
	until(t, "it has failed again", func() bool { return strings.Count(p.log.String(), "delivery failed") == 2 })
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	if stopped := listed(t, c, app.DeliveryList{}); stopped != running {
		t.Errorf("without the bot\n%s\nwant\n%s", stopped, running)
	}
	out.Reset()
	if err := app.PurgeDeliveries(t.Context(), c, app.DeliveryChoice{All: true}, &out); err != nil || out.String() != "removed: 1\n" {
		t.Errorf("purge: %q, %v", out.String(), err)
	}
	if left := listed(t, c, app.DeliveryList{}); left != "Nothing on record: all has been sent.\n" {
		t.Errorf("left: %s", left)
	}
}

func squeezed(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestDeliveries_WhereNoBotHasBeen(t *testing.T) {
	c := loaded(t, write(t, "channels: {}\nplugins: {echo: {}}\nroutes: [{to: [echo]}]\n"))
	if got := listed(t, c, app.DeliveryList{}); got != "Nothing on record: all has been sent.\n" {
		t.Errorf("got %s", got)
	}
	if _, err := os.Stat(c.Data); err == nil {
		t.Error("looking made a data folder")
	}
	if err := app.RetryDeliveries(t.Context(), c, app.DeliveryChoice{IDs: []string{"abcdef"}}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "not on record") {
		t.Errorf("got %v", err)
	}
}

// TestDeliveries_RetryWithoutABotWaitsForTheNext holds that the next bot finds it in its outbox.
func TestDeliveries_RetryWithoutABotWaitsForTheNext(t *testing.T) {
	c := loaded(t, write(t, "channels: {}\nplugins: {echo: {}}\nroutes: [{to: [echo]}]\n"))
	put := func(do func(s *jetstore.Store) error) {
		t.Helper()
		s, err := jetstore.Open(context.Background(), jetstore.Options{Dir: c.Data})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(do(s), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
	put(func(s *jetstore.Store) error {
		return s.PutDelivery(context.Background(), &core.Delivery{ID: "d", Channel: "wx", Content: sdk.Text{Text: "hi"}, Status: core.StatusFailed, Reason: "why"})
	})
	var out bytes.Buffer
	if err := app.RetryDeliveries(t.Context(), c, app.DeliveryChoice{IDs: []string{"d"}}, &out); err != nil || out.String() != "queued again: 1\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	put(func(s *jetstore.Store) error {
		queued, err := s.Deliveries(context.Background(), core.StatusQueued)
		if len(queued) != 1 {
			t.Errorf("%d queued", len(queued))
		}
		return err
	})
	if _, err := os.Stat(filepath.Join(c.Data, "control")); err == nil {
		t.Error("a command made the folder of the socket")
	}
}
