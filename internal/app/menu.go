package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/report"
)

// menuPusher is a channel whose account can have a menu. It is false if bot.yaml says nothing of one.
type menuPusher interface {
	PushMenu(ctx context.Context) (report.Finding, bool)
}

// PushMenus puts the menus of bot.yaml in place on the platforms, of the channels named or else of all, and writes to out what it
// did. It returns ErrProblems if a platform has refused one, and an error that says what to write if a channel named has none.
func PushMenus(ctx context.Context, path string, names []string, l report.Language, out io.Writer) error {
	c, channels, err := loadChannels(path, out)
	if err != nil {
		return err
	}
	for _, name := range names {
		if channels[name] == nil {
			return fmt.Errorf("there is no channel %q in %s (channels: %s)", name, path, strings.Join(channelNames(c), ", "))
		}
	}
	if len(names) == 0 {
		names = channelNames(c)
	}
	p := &report.Printer{Out: out, Language: l}
	pushed := 0
	for _, name := range names {
		found, ok := pushMenu(ctx, channels[name])
		if !ok {
			continue
		}
		pushed++
		p.Title(report.Textf("渠道 %s", "channel %s", name))
		p.Finding(found)
	}
	if pushed == 0 {
		return fmt.Errorf("no menu to push: write menu: into the channel %s of %s, or menu: [] to delete the one there is",
			strings.Join(names, " or "), path)
	}
	return p.Err(ErrProblems)
}

func channelNames(c *config.Config) []string {
	var names []string
	for _, e := range c.Channels {
		names = append(names, e.Key)
	}
	return names
}

func pushMenu(ctx context.Context, ch core.Channel) (report.Finding, bool) {
	pusher, ok := ch.(menuPusher)
	if !ok {
		return report.Finding{}, false
	}
	return pusher.PushMenu(ctx)
}
