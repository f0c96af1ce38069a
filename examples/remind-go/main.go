// Remind is a reply plugin that reminds people of what they ask for, also after a restart.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

func main() { sdk.Serve(newReminder()) }

// reminder is the plugin. Its fields are written before the first turn.
type reminder struct {
	settings settings
	host     sdk.Host
}

// settings are what bot.yaml may say under `config:`.
type settings struct {
	// Most is how many reminders may wait.
	Most int `json:"most"`
	// Person is the word that asks for a person.
	Person string `json:"person"`
}

// newReminder returns the plugin with the settings of a bot.yaml that says nothing.
func newReminder() *reminder { return &reminder{settings: settings{Most: 100, Person: "人工"}} }

// Describe says that turns want the state of their conversation.
func (p *reminder) Describe() sdk.Description {
	return sdk.Description{Name: "remind", Version: "1.0.0", Stateful: true}
}

// UseHost keeps what the bot does for the plugin.
func (p *reminder) UseHost(h sdk.Host) { p.host = h }

// Configure reads the settings, and takes up what an earlier process was asked for.
func (p *reminder) Configure(_ context.Context, config json.RawMessage) error {
	if err := sdk.DecodeConfig(config, &p.settings); err != nil {
		return err
	}
	var problems sdk.Problems
	if p.settings.Most < 1 || p.settings.Most > sdk.MaxKeys {
		problems.Add("most", fmt.Sprintf("must be 1 to %d", sdk.MaxKeys))
	}
	if p.settings.Person == "" {
		problems.Add("person", "must not be empty")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	go p.resume()
	return nil
}

// Handle answers commands, and leaves everything else to the next step.
func (p *reminder) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	command, rest, _ := strings.Cut(m.Text(), " ")
	switch {
	case command == "/remind":
		return p.remind(ctx, m, r, rest)
	case command == "/waiting":
		return p.waiting(ctx, r)
	case m.Text() == p.settings.Person:
		return r.Handoff("asks for a person")
	case m.Content.Kind() == sdk.KindVoice:
		return p.listen(ctx, m, r)
	}
	return r.Pass()
}

// remind takes a wish such as "10m tea".
func (p *reminder) remind(ctx context.Context, m *sdk.Message, r sdk.Responder, wish string) error {
	in, what, _ := strings.Cut(wish, " ")
	wait, err := time.ParseDuration(in)
	if err != nil || wait <= 0 || what == "" {
		return r.Reply(sdk.Text{Text: "例如: /remind 10m 喝水"})
	}
	full, err := p.put(ctx, due{Key: m.ID, At: time.Now().Add(wait), To: m.Address(), Text: what})
	if err != nil {
		return err
	}
	if full {
		return r.Reply(sdk.Text{Text: "已经有太多提醒了, 请稍后再试。"})
	}
	count, _ := strconv.Atoi(string(m.State)) // No state yet counts as 0.
	count++
	if err := r.Save([]byte(strconv.Itoa(count))); err != nil {
		return err
	}
	if err := r.Reply(sdk.Text{Text: "好的, " + in + " 后提醒你: " + what}); err != nil {
		return err
	}
	return r.Reply(sdk.Text{Text: fmt.Sprintf("这是你的第 %d 个提醒。", count)})
}

// waiting tells how many reminders wait, word by word.
func (p *reminder) waiting(ctx context.Context, r sdk.Responder) error {
	if err := r.Append("等着的提醒: "); err != nil {
		return err
	}
	keys, err := p.host.Keys(ctx, duePrefix)
	if err != nil {
		return err
	}
	return r.Append(strconv.Itoa(len(keys)))
}
