package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/jetstore"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/control"
)

// DeliveryList says what ListDeliveries writes. Limit is the most deliveries.
type DeliveryList struct {
	Failed, Waiting, JSON bool
	Limit                 int
}

// DeliveryChoice names deliveries.
type DeliveryChoice = control.Choice

// desk is a control.Desk, here or in the bot that runs.
type desk interface {
	List(ctx context.Context, q control.Query) (control.Listing, error)
	Retry(ctx context.Context, c control.Choice) (control.Review, error)
	Purge(ctx context.Context, c control.Choice) (control.Review, error)
}

// ListDeliveries writes to out what has not been sent, from the bot that runs or else from its store.
func ListDeliveries(ctx context.Context, c *config.Config, l DeliveryList, out io.Writer) error {
	q := control.Query{Limit: l.Limit}
	switch {
	case l.Failed && !l.Waiting:
		q.States = []core.Status{core.StatusFailed}
	case l.Waiting && !l.Failed:
		q.States = []core.Status{core.StatusQueued, core.StatusRetry}
	}
	return atDesk(ctx, c, func(d desk) error {
		found, err := d.List(ctx, q)
		if err != nil {
			return err
		}
		if l.JSON {
			return json.NewEncoder(out).Encode(found)
		}
		return writeDeliveries(out, found, time.Now())
	})
}

// RetryDeliveries queues failed deliveries again, in the bot that runs or else for the next one, and writes to out what it did.
func RetryDeliveries(ctx context.Context, c *config.Config, what DeliveryChoice, out io.Writer) error {
	return atDesk(ctx, c, func(d desk) error {
		r, err := d.Retry(ctx, what)
		return writeReview(out, "queued again", r, err)
	})
}

// PurgeDeliveries removes deliveries from the record, and writes to out what it did.
func PurgeDeliveries(ctx context.Context, c *config.Config, what DeliveryChoice, out io.Writer) error {
	return atDesk(ctx, c, func(d desk) error {
		r, err := d.Purge(ctx, what)
		return writeReview(out, "removed", r, err)
	})
}

// atDesk does something in the bot that runs or, if nobody answers, in its store.
func atDesk(ctx context.Context, c *config.Config, do func(desk) error) (err error) {
	nobody := do(control.NewClient(c.Data))
	if !errors.Is(nobody, control.ErrNobody) {
		return nobody
	}
	if _, err := os.Stat(c.Data); c.NATS == nil && errors.Is(err, fs.ErrNotExist) {
		return do(control.Desk{Backlog: core.NewBacklog(memstore.New())}) // No bot has been here.
	}
	store, err := jetstore.Open(ctx, storeOptions(c, slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("%w (%w)", err, nobody)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(control.Desk{Backlog: core.NewBacklog(store)})
}

// writeDeliveries writes a table, with each reason below its row.
func writeDeliveries(out io.Writer, l control.Listing, now time.Time) error {
	if l.Total == 0 {
		_, err := fmt.Fprintln(out, "Nothing on record: all has been sent.")
		return err
	}
	// The rows are aligned first: a reason among them would end the columns.
	var rows bytes.Buffer
	t := tabwriter.NewWriter(&rows, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tCREATED\tCHANNEL\tTO\tKIND\tSTATUS\tTRIES\tNEXT")
	for _, d := range l.Deliveries {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", d.Short, d.Created.Local().Format("2006-01-02 15:04"), d.Channel, d.Recipient,
			d.Kind, d.Status, d.Attempts, until(d.Next, now))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i, row := range strings.Split(strings.TrimSuffix(rows.String(), "\n"), "\n") {
		fmt.Fprintln(out, row)
		if i > 0 && l.Deliveries[i-1].Reason != "" {
			fmt.Fprintf(out, "  %s\n", l.Deliveries[i-1].Reason)
		}
	}
	if more := l.Total - len(l.Deliveries); more > 0 {
		fmt.Fprintf(out, "%d more: -n shows up to %d.\n", more, control.MaxList)
	}
	_, err := fmt.Fprintln(out, "Send failed ones again: bot deliveries retry ID. Remove them: bot deliveries purge ID.")
	return err
}

func until(next, now time.Time) string {
	switch in := next.Sub(now); {
	case next.IsZero():
		return "-"
	case in <= 0:
		return "now"
	case in < time.Minute:
		return fmt.Sprintf("in %ds", int(in.Seconds()))
	case in < time.Hour:
		return fmt.Sprintf("in %dm", int(in.Minutes()))
	default:
		return fmt.Sprintf("in %dh", int(in.Hours()))
	}
}

func writeReview(out io.Writer, done string, r control.Review, err error) error {
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d\n", done, r.Done)
	for _, l := range r.Left {
		fmt.Fprintf(out, "left alone: %s: %s\n", l.Short, l.Why)
	}
	return nil
}
