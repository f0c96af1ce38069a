package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// due is a reminder that waits. It is a value of the plugin, so that it outlives the process.
type due struct {
	Key  string
	At   time.Time
	To   sdk.Address
	Text string
}

// duePrefix begins the keys of reminders.
const duePrefix = "due/"

// patience bounds each call of the Host that no turn waits for.
const patience = 10 * time.Second

// put writes a reminder down and sets its timer. full says that too many wait.
func (p *reminder) put(ctx context.Context, d due) (full bool, err error) {
	keys, err := p.host.Keys(ctx, duePrefix)
	if err != nil {
		return false, err
	}
	if len(keys) >= p.settings.Most {
		return true, nil
	}
	data, err := json.Marshal(d)
	if err != nil {
		return false, err
	}
	if _, err := p.host.Put(ctx, duePrefix+d.Key, data, sdk.AnyRevision); err != nil {
		return false, err
	}
	p.wait(d)
	return false, nil
}

// wait has a reminder sent when it is due.
func (p *reminder) wait(d due) {
	time.AfterFunc(time.Until(d.At), func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := p.send(ctx, d); err != nil {
			slog.Error("a reminder was not sent, and is tried again", "key", d.Key, "err", err)
			d.At = time.Now().Add(time.Minute)
			p.wait(d)
		}
	})
}

// send sends a reminder and then forgets it. Whoever does so twice, after a crash or beside a newer process, sends it once: the key is the
// same.
func (p *reminder) send(ctx context.Context, d due) error {
	outcome, err := p.host.Send(ctx, sdk.Outgoing{To: d.To, Content: sdk.Text{Text: "提醒: " + d.Text}, Key: d.Key})
	if err != nil && !errors.Is(err, sdk.ErrInvalid) {
		return err
	}
	if err != nil || outcome.State == sdk.SendFailed {
		slog.Warn("a reminder can never be sent", "key", d.Key, "reason", outcome.Reason, "err", err)
	}
	return p.host.Delete(ctx, duePrefix+d.Key)
}

// resume sets the timers of the reminders that an earlier process has written down.
func (p *reminder) resume() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	keys, err := p.host.Keys(ctx, duePrefix)
	for i := 0; i < len(keys) && err == nil; i++ {
		err = p.resumeOne(ctx, keys[i])
	}
	if err != nil {
		slog.Error("cannot take up earlier reminders", "err", err)
	}
}

func (p *reminder) resumeOne(ctx context.Context, key string) error {
	data, _, err := p.host.Get(ctx, key)
	if errors.Is(err, sdk.ErrNotFound) {
		return nil // It was sent meanwhile.
	}
	var d due
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	if err != nil {
		return fmt.Errorf("reminder %s: %w", key, err)
	}
	p.wait(d)
	return nil
}
