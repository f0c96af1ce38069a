package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/chuanhuabot/bot/sdk"
)

// A second of WAV of 16 kHz, one channel and 16 bits has 32,000 bytes, behind a header of 44.
const (
	wavSecond = 32_000
	wavHeader = 44
)

// listen tells how long a recording is. A plugin that recognises speech would read the same bytes.
func (p *reminder) listen(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	sound, err := p.host.OpenMedia(ctx, sdk.MediaRequest{
		Channel: m.Channel, Media: m.Content.(sdk.Voice).Media, Want: sdk.WAV16k,
	})
	if errors.Is(err, sdk.ErrMediaGone) || errors.Is(err, sdk.ErrMediaForm) {
		return r.Reply(sdk.Text{Text: "听不了这段语音, 请打字。"})
	}
	if err != nil {
		return err
	}
	defer sound.Close()
	n, err := io.Copy(io.Discard, sound)
	if err != nil {
		return err
	}
	return r.Reply(sdk.Text{Text: fmt.Sprintf("%d 秒的语音", max(n-wavHeader, 0)/wavSecond)})
}
