package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/report"
	"github.com/chuanhuabot/bot/internal/strictyaml"
)

// examiner is a channel that can ask its platform what is wrong. local is where the bot listens on this machine, or "".
type examiner interface {
	Examine(ctx context.Context, local string) []report.Finding
}

// Doctor loads the configuration, asks each channel's platform whether what it says holds, starts each plugin, and writes what it
// finds to out, each fault with its cure. It opens no port and no store, and may run beside the bot. It returns ErrProblems if there
// is a fault.
func Doctor(ctx context.Context, path string, l report.Language, out io.Writer) error {
	c, channels, err := loadChannels(path, out)
	if err != nil {
		return err
	}
	p := &report.Printer{Out: out, Language: l}
	for _, e := range c.Channels {
		if err := examine(ctx, c, e.Key, channels[e.Key], p); err != nil {
			return err
		}
	}
	if err := examinePlugins(ctx, c, p); err != nil {
		return err
	}
	if err := examineSound(ctx, c, p); err != nil {
		return err
	}
	p.Summary()
	return p.Err(ErrProblems)
}

// loadChannels is what all commands begin with that ask the platforms.
func loadChannels(path string, out io.Writer) (*config.Config, map[string]core.Channel, error) {
	c, err := config.Load(path, config.Options{Bundled: Bundled()})
	if err != nil {
		fmt.Fprintln(out, err)
		return nil, nil, ErrProblems
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(out, "%v (warning)\n", w)
	}
	channels, err := newChannels(c, memstore.New(), slog.New(slog.DiscardHandler))
	return c, channels, err
}

func examine(ctx context.Context, c *config.Config, name string, ch core.Channel, p *report.Printer) error {
	examined, ok := ch.(examiner)
	if !ok {
		return nil
	}
	findings := examined.Examine(ctx, localAddress(c.Listen))
	if err := context.Cause(ctx); err != nil { // What was found in the hurry means nothing.
		return err
	}
	p.Section(report.Section{Title: report.Textf("渠道 %s", "channel %s", name), Findings: findings})
	return nil
}

// localAddress returns how this machine calls what listens at an address of bot.yaml, or "" for a port that the system chooses.
func localAddress(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func examinePlugins(ctx context.Context, c *config.Config, p *report.Printer) error {
	if len(c.Plugins) == 0 {
		return nil
	}
	var findings []report.Finding
	err := tryPlugins(ctx, c, func(name string, found strictyaml.Problems) { findings = append(findings, started(name, found)) })
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	p.Section(report.Section{Title: report.Say("插件", "plugins"), Findings: findings})
	return nil
}

// started tells how the start of a plugin went.
func started(name string, found strictyaml.Problems) report.Finding {
	if len(found) == 0 {
		return report.Finding{What: report.Textf("%s 能启动，配置正确", "%s starts, and its configuration is right", name)}
	}
	f := report.Finding{Level: report.Fault, What: report.Textf("%s 不能启动，或者配置有错", "%s does not start, or its configuration is wrong", name)}
	for _, one := range found {
		f.Details = append(f.Details, one.Error())
	}
	return f
}
