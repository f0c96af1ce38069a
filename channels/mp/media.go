package mp

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/speech"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

var _ core.MediaStore = (*Channel)(nil)

// KindThumbnail is what SaveMedia takes besides images, voices and videos: the still picture that videos and music need.
const KindThumbnail sdk.Kind = "thumb"

// maxDownload is the most bytes of what OpenMedia returns: more than the platform lets anybody send.
const maxDownload = 32 << 20

// limitOf returns the limits of developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia. That page allows images of
// 10 MB in one place and of 2 MB in another; the smaller number is the one that surely works.
func limitOf(kind sdk.Kind) (wx.MediaLimit, bool) {
	limits := map[sdk.Kind]wx.MediaLimit{
		sdk.KindImage: {Most: 2 << 20, Types: []string{"image/png", "image/jpeg", "image/gif"}, Named: "PNG, JPEG or GIF"},
		sdk.KindVoice: {Most: 2 << 20, Types: []string{"audio/amr", "audio/mpeg"}, Named: "AMR or MP3"},
		sdk.KindVideo: {Most: 10 << 20, Types: []string{"video/mp4"}, Named: "MP4"},
		KindThumbnail: {Most: 64 << 10, Types: []string{"image/jpeg"}, Named: "JPEG"},
	}
	limit, ok := limits[kind]
	return limit, ok
}

// voiceLimit returns what of sound the platform takes: on the same page.
func voiceLimit() speech.Limit {
	return speech.Limit{Takes: []sniff.Format{sniff.MP3, sniff.AMR}, Most: 2 << 20, Length: time.Minute}
}

// errNoSecret is for what needs calls to the platform.
var errNoSecret = errors.New("it takes app_secret in bot.yaml")

// OpenMedia returns what WeChat keeps under m.ID: what people send, and what was saved, for three days. Whether an unverified account gets
// it, the documents contradict each other, so WeChat is asked; the picture of such an account is also to be had at the URL of its message. What was recorded on the voice page
// outside of WeChat is there for ten minutes, whatever the account. See core.MediaStore.
func (c *Channel) OpenMedia(ctx context.Context, m sdk.Media) (*core.Blob, error) {
	if b := c.voice.recording(m.ID); b != nil {
		return b, nil
	}
	if c.late.api == nil {
		return nil, fmt.Errorf("open media: %w", errNoSecret)
	}
	if blank(m.ID) {
		return nil, fmt.Errorf("open media: %w: there is no id", core.ErrMediaGone)
	}
	b, err := c.late.api.Download(ctx, "/cgi-bin/media/get", url.Values{"media_id": {m.ID}}, maxDownload)
	if err != nil {
		return nil, fmt.Errorf("open media: %w", mediaError(err))
	}
	return b, nil
}

// SaveMedia uploads an image of up to 2 MB (PNG, JPEG, GIF; passive replies take no GIF), a voice of up to 2 MB and 60 s (AMR, MP3; other
// sound is converted to MP3, which takes ffmpeg), a video of up to 10 MB (MP4), or a KindThumbnail of up to 64 KB (JPEG). WeChat keeps it for three days, in which it may be sent any number of times. What is
// no io.Seeker goes through a temporary file, so that it can be sent again with another token. See core.MediaStore.
func (c *Channel) SaveMedia(ctx context.Context, kind sdk.Kind, b *core.Blob) (sdk.Media, error) {
	m, err := c.saveMedia(ctx, kind, b)
	if err != nil {
		return sdk.Media{}, fmt.Errorf("save media of kind %s: %w", kind, err)
	}
	return m, nil
}

func (c *Channel) saveMedia(ctx context.Context, kind sdk.Kind, b *core.Blob) (sdk.Media, error) {
	limit, ok := limitOf(kind)
	if !ok {
		return sdk.Media{}, fmt.Errorf("%w: an Official Account sends images, voices and videos", core.ErrMediaType)
	}
	if err := c.mediaPossible(); err != nil {
		return sdk.Media{}, err
	}
	if kind == sdk.KindVoice {
		fit, err := voiceLimit().Fit(ctx, c.sound, b)
		if err != nil {
			return sdk.Media{}, err
		}
		b = fit
	}
	f, done, err := limit.File(b)
	if err != nil {
		return sdk.Media{}, err
	}
	defer done()
	return c.upload(ctx, kind, f)
}

// mediaPossible tells why the account cannot give the platform media.
func (c *Channel) mediaPossible() error {
	switch {
	case c.late.api == nil:
		return errNoSecret
	case c.config.Account == "unverified":
		return errors.New("WeChat takes media only from verified accounts and test accounts: if this is one, write account: verified (or test) in bot.yaml")
	}
	return nil
}

func (c *Channel) upload(ctx context.Context, kind sdk.Kind, f wx.File) (sdk.Media, error) {
	var out struct {
		ID        string `json:"media_id"`
		Thumbnail string `json:"thumb_media_id"` // What it has been called for a thumbnail.
	}
	if err := c.late.api.Upload(ctx, "/cgi-bin/media/upload", url.Values{"type": {string(kind)}}, f, &out); err != nil {
		return sdk.Media{}, mediaError(err)
	}
	m := sdk.Media{ID: out.ID, Name: f.Name, Format: strings.TrimPrefix(f.Name[strings.LastIndex(f.Name, "."):], ".")}
	if m.ID == "" {
		m.ID = out.Thumbnail
	}
	if m.ID == "" {
		return sdk.Media{}, fmt.Errorf("%w: the answer has no media_id", wx.ErrUnknown)
	}
	return m, nil
}

// mediaError says what a code means where media is concerned.
func mediaError(err error) error {
	if wx.CodeOf(err) == codeUnauthorized {
		return fmt.Errorf("the account may not use media: WeChat keeps it only for verified accounts: %w", err)
	}
	return wx.MediaError(explained(wx.CodeOf(err), err))
}
