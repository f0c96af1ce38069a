package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/sdk/verify"
)

// Verification says which plugin is to be proved, and how.
type Verification struct {
	verify.Options
	// Command is the program and its arguments, and Env what it sees beside PATH, as KEY=value.
	Command, Env []string
	// JSON: the report is for machines.
	JSON bool
}

// Verify proves a plugin: it writes for each rule of the contract whether the plugin keeps it, and returns ErrProblems if it
// breaks one. What the plugin asks of the bot is refused, as it is without `grants`. ctx ends it early.
func Verify(ctx context.Context, v Verification, out io.Writer) error {
	if v.Config != "" && !isObject(v.Config) {
		return errors.New("--config must be a JSON object, such as '{\"prefix\": \"> \"}'")
	}
	log := slog.New(slog.DiscardHandler)
	ended, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cancel()
	store, offers := memstore.New(), services.New(log)
	bot := core.New(core.Options{Store: store, Log: log})
	defer bot.Close(ended)
	offers.Open(services.Parts{Sender: bot, Store: store})
	h, err := host.New(log)
	if err != nil {
		return err
	}
	defer h.Close(ended)
	if !v.JSON {
		v.Tell = func(f verify.Finding) { fmt.Fprintln(out, f) }
	}
	spec := host.Spec{Name: "verify", Command: v.Command, Env: v.Env, Host: offers.For("verify", nil)}
	launch := func(environ func([]string) []string, log *slog.Logger) (verify.Process, error) {
		return h.Try(spec, environ, log)
	}
	r, err := verify.Verify(ctx, launch, v.Options)
	if err != nil {
		return err
	}
	return conclude(r, v.JSON, out)
}

func isObject(text string) bool {
	var fields map[string]json.RawMessage
	return json.Unmarshal([]byte(text), &fields) == nil && fields != nil
}

func conclude(r verify.Report, asJSON bool, out io.Writer) error {
	if asJSON {
		if err := r.WriteJSON(out); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(out, r.Summary())
	}
	if !r.OK {
		return ErrProblems
	}
	return nil
}
