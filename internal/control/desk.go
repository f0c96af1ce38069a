// Package control lets an operator's command work on the deliveries of a bot that runs: over HTTP with JSON, at a socket in the
// bot's data folder. Who may open that folder may do all that there is.
package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/chuanhuabot/bot/core"
)

// Backlog is what has not been sent; a core.Backlog is one.
type Backlog interface {
	List(ctx context.Context, states ...core.Status) ([]*core.Delivery, error)
	Retry(ctx context.Context, ids []string) (core.Review, error)
	Purge(ctx context.Context, p core.Purge) (core.Review, error)
}

// Desk serves an operator from a Backlog. It is safe for concurrent use if the Backlog is.
type Desk struct{ Backlog Backlog }

// Query says what to list.
type Query struct {
	// States are those wanted; none: the ones that wait and those that failed.
	States []core.Status `json:"states,omitempty"`
	// Limit is the most deliveries to return; 0, and all above MaxList, is MaxList.
	Limit int `json:"limit,omitempty"`
}

// MaxList is the most deliveries in one Listing.
const MaxList = 500

// Listing is the deliveries that fit a Query, the oldest first.
type Listing struct {
	Deliveries []Delivery `json:"deliveries"`
	// Total is how many there are, of which Deliveries may be the first.
	Total int `json:"total"`
}

// Delivery is what an operator sees of a core.Delivery: nothing of what it says.
type Delivery struct {
	// Short names it in commands; ID does too.
	Short     string      `json:"short"`
	ID        string      `json:"id"`
	Created   time.Time   `json:"created"`
	Channel   string      `json:"channel"`
	Recipient string      `json:"recipient"`
	Kind      string      `json:"kind"`
	Status    core.Status `json:"status"`
	Attempts  int         `json:"attempts"`
	Next      time.Time   `json:"next,omitzero"`
	// Reason has no control characters and at most 200 characters.
	Reason string `json:"reason,omitempty"`
}

// Choice names deliveries, by ID or by at least four digits of Short, or all.
type Choice struct {
	IDs []string `json:"ids,omitempty"`
	All bool     `json:"all,omitempty"`
	// Older is for Purge: what is younger is left alone.
	Older time.Duration `json:"older,omitempty"`
}

// Review is what became of them.
type Review struct {
	Done int    `json:"done"`
	Left []Left `json:"left,omitempty"`
}

// Left is a delivery that was left alone.
type Left struct {
	Short string   `json:"short"`
	Why   core.Why `json:"why"`
}

// ErrChoice is returned for a Choice that does not name deliveries on record: one that is unknown or ambiguous, or none.
var ErrChoice = errors.New("see bot deliveries list")

// List returns the deliveries that fit q.
func (d Desk) List(ctx context.Context, q Query) (Listing, error) {
	found, err := d.Backlog.List(ctx, q.States...)
	if err != nil {
		return Listing{}, err
	}
	l := Listing{Deliveries: []Delivery{}, Total: len(found)}
	if q.Limit <= 0 || q.Limit > MaxList {
		q.Limit = MaxList
	}
	for _, one := range found[:min(len(found), q.Limit)] {
		l.Deliveries = append(l.Deliveries, seen(one))
	}
	return l, nil
}

// Retry queues failed deliveries again. If it ends with an error, the error says how many had been done.
func (d Desk) Retry(ctx context.Context, c Choice) (Review, error) {
	ids, err := d.resolve(ctx, c)
	if err != nil {
		return Review{}, err
	}
	return reviewed(d.Backlog.Retry(ctx, ids))
}

// Purge removes failed deliveries, and those that wait only if they are named. Its errors are those of Retry.
func (d Desk) Purge(ctx context.Context, c Choice) (Review, error) {
	ids, err := d.resolve(ctx, c)
	if err != nil {
		return Review{}, err
	}
	p := core.Purge{IDs: ids, Waiting: !c.All}
	if c.Older > 0 {
		p.Before = time.Now().Add(-c.Older)
	}
	return reviewed(d.Backlog.Purge(ctx, p))
}

// resolve returns the whole IDs of what c names, none for all.
func (d Desk) resolve(ctx context.Context, c Choice) ([]string, error) {
	if c.All == (len(c.IDs) > 0) {
		return nil, fmt.Errorf("name deliveries by their IDs, or else all of them: %w", ErrChoice)
	}
	if c.All {
		return nil, nil
	}
	all, err := d.Backlog.List(ctx)
	if err != nil {
		return nil, err
	}
	digests := make(map[string]string, len(all))
	for _, one := range all {
		digests[one.ID] = digest(one.ID)
	}
	var ids []string
	for _, name := range c.IDs {
		id, err := lookUp(digests, name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// lookUp returns the ID that name means. A whole ID goes before digits.
func lookUp(digests map[string]string, name string) (string, error) {
	if _, ok := digests[name]; ok {
		return name, nil
	}
	if len(name) < 4 {
		return "", fmt.Errorf("delivery %q: write at least four digits of its ID; %w", name, ErrChoice)
	}
	found := ""
	for id, digits := range digests {
		switch {
		case !strings.HasPrefix(digits, strings.ToLower(name)):
		case found != "":
			return "", fmt.Errorf("delivery %q: more than one begins like that; write more digits; %w", name, ErrChoice)
		default:
			found = id
		}
	}
	if found == "" {
		return "", fmt.Errorf("delivery %q is not on record; %w", name, ErrChoice)
	}
	return found, nil
}

func seen(d *core.Delivery) Delivery {
	return Delivery{
		Short: short(d.ID), ID: d.ID, Created: d.Created, Channel: d.Channel, Recipient: printable(d.Recipient),
		Kind: string(d.Content.Kind()), Status: d.Status, Attempts: d.Attempts, Next: d.Next, Reason: printable(d.Reason),
	}
}

func reviewed(r core.Review, err error) (Review, error) {
	if err != nil {
		return Review{}, fmt.Errorf("after %d were done: %w", len(r.Done), err)
	}
	out := Review{Done: len(r.Done)}
	for _, l := range r.Left {
		out.Left = append(out.Left, Left{short(l.ID), l.Why})
	}
	return out, nil
}

func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

func short(id string) string { return digest(id)[:8] }

// printable returns text for one line of a terminal.
func printable(text string) string {
	clean := []rune(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, text))
	if len(clean) > 200 {
		clean = append(clean[:199], '…')
	}
	return string(clean)
}
