package app

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"io"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/audio"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/report"
	"github.com/chuanhuabot/bot/sdk"
)

// clip is a voice that counts to five in Chinese, as AMR: espeak-ng has spoken it.
//
//go:embed clip.amr
var clip []byte

// examineSound tells what converts sound, and has the voice plugin hear a clip.
func examineSound(ctx context.Context, c *config.Config, p *report.Printer) error {
	own, voice := voiceOf(c)
	if !voice && !wantsSound(c) {
		return nil
	}
	l := newListener()
	findings := converters(ctx, c, l.converter)
	switch {
	case voice && own.Backend == "":
		findings = append(findings, report.Finding{
			Level: report.Hint, What: report.Say("voice 没有配置识别服务，收到语音时只会说明这一点", "voice has no backend: who speaks is told so"),
			Cure: report.Say("在 bot.yaml 的 plugins.voice.config 里写 backend", "write a backend into plugins.voice.config of bot.yaml"),
		})
	case voice:
		findings = append(findings, hearClip(ctx, c, own, l))
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	p.Section(report.Section{Title: report.Say("语音", "voices"), Findings: findings})
	return nil
}

// converters tells which programs there are, and tries the one that matters.
func converters(ctx context.Context, c *config.Config, a *audio.Converter) (found []report.Finding) {
	programs := a.Programs(ctx)
	if programs.FFmpeg == "" {
		return []report.Finding{{
			Level: report.Warning,
			What:  report.Say("没有 ffmpeg：录音只能原样交给插件", "there is no ffmpeg: recordings reach plugins only as they are"),
			Cure:  report.Say("安装 ffmpeg，例如 apt-get install ffmpeg", "install it, such as with apt-get install ffmpeg"),
		}}
	}
	if _, err := a.ToWAV16k(ctx, bytes.NewReader(clip), audio.Limits{}); err != nil {
		found = append(found, report.Finding{
			Level: report.Fault, Details: []string{err.Error()},
			What: report.Textf("%s 不能转换 AMR", "%s does not convert AMR", programs.FFmpeg),
			Cure: report.Say("换一个完整的 ffmpeg，例如发行版自带的", "use a complete one, such as that of your system"),
		})
	} else {
		found = append(found, report.Finding{What: report.Textf("%s 能转换 AMR", "%s converts AMR", programs.FFmpeg)})
	}
	for _, e := range c.Channels {
		if e.Value.KF != nil && !programs.AMR {
			return append(found, report.Finding{
				Level: report.Hint,
				What:  report.Say("没有程序能写 AMR：发给微信客服的语音必须本来就是 AMR", "no program writes AMR: voices to customer service must be AMR already"),
				Cure:  report.Say("安装 SoX，例如 apt-get install sox libsox-fmt-base", "install SoX, such as with apt-get install sox libsox-fmt-base"),
			})
		}
	}
	return found
}

// hearTime is how long the plugin may take for the clip.
const hearTime = 30 * time.Second

// hearClip has the plugin handle a message that is the clip, as if somebody had sent it.
func hearClip(ctx context.Context, c *config.Config, own voiceConfig, l listener) report.Finding {
	ctx, cancel := context.WithTimeout(ctx, hearTime)
	defer cancel()
	heard, said, err := voiceTurn(ctx, c, own.Mode == "reply", l)
	if heard != "" {
		return report.Finding{What: report.Textf("%s 听出了试音：%s", "%s has heard the clip: %s", own.Backend, fmt.Sprintf("%.100q", heard))}
	}
	f := report.Finding{
		Level: report.Warning, Details: said, What: report.Textf("%s 没有听出试音（数到五）", "%s has not heard the clip, which counts to five in Chinese", own.Backend),
		Cure: report.Say("看下面的原因；识别别的语言的服务听不懂中文，不必在意", "see why below; a service for another language need not understand it"),
	}
	if err != nil {
		f.Details = append(f.Details, err.Error())
	}
	if len(f.Details) > 0 {
		f.Level = report.Fault
	}
	return f
}

// clipChannel is a channel whose platform keeps the clip.
type clipChannel struct{}

var _ core.MediaStore = clipChannel{}

// Run waits: nobody writes.
func (clipChannel) Run(ctx context.Context, _ core.Inbox) error {
	<-ctx.Done()
	return nil
}

// Send takes nothing.
func (clipChannel) Send(context.Context, *core.Delivery) error { return core.ErrMediaType }

// Capabilities are none.
func (clipChannel) Capabilities() core.Capabilities { return core.Capabilities{} }

// OpenMedia returns the clip.
func (clipChannel) OpenMedia(context.Context, sdk.Media) (*core.Blob, error) {
	return &core.Blob{ReadCloser: io.NopCloser(bytes.NewReader(clip)), Name: "clip.amr", Type: "audio/amr", Size: int64(len(clip))}, nil
}

// SaveMedia takes nothing.
func (clipChannel) SaveMedia(context.Context, sdk.Kind, *core.Blob) (sdk.Media, error) {
	return sdk.Media{}, core.ErrMediaType
}

// clipMessage is somebody who sends the clip. It is new each time, so that no result of an earlier one counts.
func clipMessage() *sdk.Message {
	const name = "doctor"
	return &sdk.Message{
		ID: rand.Text(), Channel: name, Account: name, Sender: name, Conversation: name, Time: time.Now(),
		Content: sdk.Voice{Media: sdk.Media{ID: "clip", Format: "amr"}},
	}
}
