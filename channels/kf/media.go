package kf

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/mediacache"
	"github.com/chuanhuabot/bot/channels/internal/speech"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

var _ core.MediaStore = (*Channel)(nil)

const (
	// maxDownload is the most bytes of what OpenMedia returns: what the platform gives at once, and lets anybody send (page 96486).
	maxDownload = 20 << 20
	// mediaKept is for how long the platform keeps media (page 96484).
	mediaKept = 72 * time.Hour
	// maxKept bounds what is kept of it here.
	maxKept = 256 << 20
	// mediaAtOnce is how much media is fetched at a time: a crowd gets 45033.
	mediaAtOnce = 4
	// codePiece says that media is too large to be fetched without a Range, or with one so wide (page 90313).
	codePiece = 830002
)

// limitOf returns the limits of page 96484.
func limitOf(kind sdk.Kind) (wx.MediaLimit, bool) {
	const more = 6 // All must have more than 5 bytes.
	limits := map[sdk.Kind]wx.MediaLimit{
		sdk.KindImage: {Most: 10 << 20, Least: more, Types: []string{"image/jpeg", "image/png"}, Named: "JPEG or PNG"},
		sdk.KindVoice: {Most: 2 << 20, Least: more, Types: []string{"audio/amr"}, Named: "AMR"},
		sdk.KindVideo: {Most: 10 << 20, Least: more, Types: []string{"video/mp4"}, Named: "MP4"},
		sdk.KindFile:  {Most: 20 << 20, Least: more},
	}
	limit, ok := limits[kind]
	return limit, ok
}

// voiceLimit returns what of sound the platform takes: on the same page.
func voiceLimit() speech.Limit {
	return speech.Limit{Takes: []sniff.Format{sniff.AMR}, Most: 2 << 20, Length: time.Minute}
}

func (c *Channel) newMedia() *mediacache.Cache {
	return mediacache.New(mediacache.Options{Fetch: c.fetchMedia, Most: maxKept, Keep: mediaKept, AtOnce: mediaAtOnce})
}

// OpenMedia returns what the platform keeps under m.ID, up to 20 MB: what customers send, and what was saved, for three days.
// It blocks until all of it is here, in a temporary file that is kept for whoever asks again; those who ask at the same time
// wait for one download. See core.MediaStore.
func (c *Channel) OpenMedia(ctx context.Context, m sdk.Media) (*core.Blob, error) {
	b, err := c.openMedia(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("open media: %w", err)
	}
	return b, nil
}

func (c *Channel) openMedia(ctx context.Context, m sdk.Media) (*core.Blob, error) {
	switch {
	case c.api == nil:
		return nil, errNoSecret
	case blank(m.ID):
		return nil, fmt.Errorf("%w: there is no id", core.ErrMediaGone)
	}
	return c.media.Open(ctx, m.ID)
}

func (c *Channel) fetchMedia(ctx context.Context, id string) (*core.Blob, error) {
	b, err := c.api.DownloadPieces(ctx, "/cgi-bin/media/get", url.Values{"media_id": {id}}, maxDownload, codePiece)
	if err != nil {
		return nil, wx.MediaError(explained(err))
	}
	return b, nil
}

// SaveMedia uploads an image of up to 10 MB (JPEG, PNG), a voice of up to 2 MB and 60 s (AMR; other sound is converted to it, which
// takes ffmpeg, and SoX if that ffmpeg writes no AMR), a video of up to 10 MB (MP4), or a file of up to 20 MB of any type. It must have at least 6 bytes. The platform keeps it for three days, in which it may be sent
// any number of times. What is no io.Seeker goes through a temporary file, so that it can be sent again with another token. See
// core.MediaStore.
func (c *Channel) SaveMedia(ctx context.Context, kind sdk.Kind, b *core.Blob) (sdk.Media, error) {
	m, err := c.saveMedia(ctx, kind, b)
	if err != nil {
		return sdk.Media{}, fmt.Errorf("save media of kind %s: %w", kind, err)
	}
	return m, nil
}

func (c *Channel) saveMedia(ctx context.Context, kind sdk.Kind, b *core.Blob) (sdk.Media, error) {
	limit, ok := limitOf(kind)
	switch {
	case !ok:
		return sdk.Media{}, fmt.Errorf("%w: customer service sends images, voices, videos and files", core.ErrMediaType)
	case c.api == nil:
		return sdk.Media{}, errNoSecret
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
	var out struct {
		ID string `json:"media_id"` // There is a created_at as well, as a text or as a number.
	}
	if err := c.api.Upload(ctx, "/cgi-bin/media/upload", url.Values{"type": {string(kind)}}, f, &out); err != nil {
		return sdk.Media{}, wx.MediaError(explained(err))
	}
	if out.ID == "" {
		return sdk.Media{}, fmt.Errorf("%w: the answer has no media_id", wx.ErrUnknown)
	}
	return sdk.Media{ID: out.ID, Name: f.Name, Format: strings.ToLower(strings.TrimPrefix(path.Ext(f.Name), "."))}, nil
}

// closeMedia removes what is kept.
func (c *Channel) closeMedia() {
	if err := c.media.Close(); err != nil {
		c.log.Warn("temporary files of media are left", "err", err)
	}
}
