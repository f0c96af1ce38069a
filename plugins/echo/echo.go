// Package echo is the bundled plugin that answers with what it was sent. It is an ordinary plugin: what it does, any other
// can do.
package echo

import (
	"context"
	"encoding/json"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/settings"
)

// Handler echoes text, and speech whose words are known, and names everything else. Configure it before it handles; its methods are then safe for
// concurrent use.
type Handler struct{ config config }

// config is what bot.yaml may set.
type config struct {
	// Prefix stands before the text.
	Prefix string `json:"prefix" default:"你发送的消息是: " doc:"What stands before the text."`
}

var (
	_ sdk.Handler    = (*Handler)(nil)
	_ sdk.Describer  = (*Handler)(nil)
	_ sdk.Configurer = (*Handler)(nil)
)

// New returns a Handler with the defaults.
func New() *Handler {
	c, _ := settings.Decode[config](nil) // Nothing is required.
	return &Handler{config: c}
}

// Describe says what the plugin is.
func (h *Handler) Describe() sdk.Description {
	return sdk.Description{Name: "echo", Version: "1", ConfigSchema: settings.Schema[config]()}
}

// Configure takes the plugin's config of bot.yaml.
func (h *Handler) Configure(_ context.Context, raw json.RawMessage) error {
	c, err := settings.Decode[config](raw)
	if err != nil {
		return err
	}
	h.config = c
	return nil
}

// Handle replies once.
func (h *Handler) Handle(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	return r.Reply(sdk.Text{Text: h.answer(m)})
}

func (h *Handler) answer(m *sdk.Message) string {
	switch c := m.Content.(type) {
	case sdk.Text:
		return h.config.Prefix + c.Text
	case sdk.Voice:
		if c.Transcript != "" {
			return h.config.Prefix + c.Transcript
		}
		return "收到一条" + name(c.Kind()) + "消息"
	case sdk.Event:
		return "收到一个事件: " + c.Type
	case sdk.Raw:
		return "收到一条消息, 类型: " + c.Type
	default:
		return "收到一条" + name(c.Kind()) + "消息"
	}
}

func name(k sdk.Kind) string {
	switch k {
	case sdk.KindImage:
		return "图片"
	case sdk.KindVoice:
		return "语音"
	case sdk.KindVideo:
		return "视频"
	case sdk.KindFile:
		return "文件"
	case sdk.KindLocation:
		return "位置"
	case sdk.KindLink:
		return "链接"
	case sdk.KindMenu:
		return "菜单"
	default:
		return string(k)
	}
}
