package voice

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"

	"github.com/chuanhuabot/bot/sdk"
)

// Handler recognises voices. Configure it before it handles; its methods are then safe for concurrent use.
type Handler struct {
	log    *slog.Logger
	host   sdk.Host
	config config
	ears   *recognizer // nil without a backend.
	heard  *results
}

var (
	_ sdk.Handler    = (*Handler)(nil)
	_ sdk.Describer  = (*Handler)(nil)
	_ sdk.Configurer = (*Handler)(nil)
	_ sdk.HostUser   = (*Handler)(nil)
)

// New returns a Handler without a backend.
func New(log *slog.Logger) *Handler {
	return &Handler{log: log, config: defaults(), heard: newResults(nil, log)}
}

// Describe says what the plugin is.
func (h *Handler) Describe() sdk.Description {
	return sdk.Description{Name: "voice", Version: "1", ConfigSchema: schema}
}

// UseHost takes the bot's end.
func (h *Handler) UseHost(host sdk.Host) { h.host = host }

// Configure takes the plugin's config of bot.yaml, and tells the log which backend it has.
func (h *Handler) Configure(_ context.Context, raw json.RawMessage) error {
	c := defaults()
	if err := sdk.DecodeConfig(raw, &c); err != nil {
		return err
	}
	b, err := c.check()
	if err != nil {
		return err
	}
	h.config, h.ears, h.heard = c, nil, newResults(h.host, h.log)
	if b == nil {
		return nil
	}
	h.ears = newRecognizer(c, b, h.host)
	h.log.Info("what people say is recognised", "backend", c.Backend, "takes", b.takes())
	return nil
}

// Handle makes a Voice one with a Transcript, and passes everything else.
func (h *Handler) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	v, ok := m.Content.(sdk.Voice)
	switch {
	case !ok:
		return r.Pass()
	case strings.TrimSpace(v.Transcript) != "":
		return h.answer(v, v.Transcript, r)
	case h.ears == nil:
		return say(r, h.config.Texts.Unconfigured)
	}
	text, err := h.heard.once(ctx, m, func() (string, error) { return h.ears.hear(ctx, m.Channel, v) })
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		h.complain(ctx, m, err)
	}
	return h.answer(v, text, r)
}

// answer goes on with what was said.
func (h *Handler) answer(v sdk.Voice, text string, r sdk.Responder) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return say(r, h.config.Texts.Unheard)
	case h.config.Mode == modeReply:
		return say(r, strings.ReplaceAll(h.config.Texts.Reply, placeholder, text))
	}
	v.Transcript = text
	return r.Forward(v)
}

// say replies with a text, or with nothing if it is empty.
func say(r sdk.Responder, text string) error {
	if text == "" {
		return nil
	}
	return r.Reply(sdk.Text{Text: text})
}

// complain is the one line of a recording that was not recognised.
func (h *Handler) complain(ctx context.Context, m *sdk.Message, err error) {
	level := slog.LevelWarn
	if classOf(err) == settings {
		level = slog.LevelError
	}
	h.log.Log(ctx, level, "a voice was not recognised", "message", m.ID, "channel", m.Channel, "backend", h.config.Backend,
		"class", classOf(err).String(), "err", err)
}
