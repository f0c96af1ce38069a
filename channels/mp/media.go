package mp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

var _ core.MediaStore = (*Channel)(nil)

// KindThumbnail is what SaveMedia takes besides images, voices and videos: the still picture that videos and music need.
const KindThumbnail sdk.Kind = "thumb"

// maxDownload is the most bytes of what OpenMedia returns: more than the platform lets anybody send.
const maxDownload = 32 << 20

// mediaLimit is what the platform takes of one kind of media.
type mediaLimit struct {
	most  int64
	types []string
	named string // For people.
}

// limitOf returns the limits of developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia. That page allows images of
// 10 MB in one place and of 2 MB in another; the smaller number is the one that surely works.
func limitOf(kind sdk.Kind) (mediaLimit, bool) {
	limits := map[sdk.Kind]mediaLimit{
		sdk.KindImage: {2 << 20, []string{"image/png", "image/jpeg", "image/gif"}, "PNG, JPEG or GIF"},
		sdk.KindVoice: {2 << 20, []string{"audio/amr", "audio/mpeg"}, "AMR or MP3"},
		sdk.KindVideo: {10 << 20, []string{"video/mp4"}, "MP4"},
		KindThumbnail: {64 << 10, []string{"image/jpeg"}, "JPEG"},
	}
	limit, ok := limits[kind]
	return limit, ok
}

// errNoSecret is for what needs calls to the platform.
var errNoSecret = errors.New("it takes app_secret in bot.yaml")

// OpenMedia returns what WeChat keeps under m.ID: what people send, and what was saved, for three days. The account must be verified,
// or a test account; the picture of an unverified one is only to be had at the URL of its message. What was recorded on the voice page
// outside of WeChat is there for ten minutes, whatever the account. See core.MediaStore.
func (c *Channel) OpenMedia(ctx context.Context, m sdk.Media) (*core.Blob, error) {
	if b := c.voice.recording(m.ID); b != nil {
		return b, nil
	}
	if err := c.mediaPossible(); err != nil {
		return nil, fmt.Errorf("open media: %w", err)
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

// SaveMedia uploads an image of up to 2 MB (PNG, JPEG, GIF; passive replies take no GIF), a voice of up to 2 MB and 60 s (AMR, MP3), a video of up
// to 10 MB (MP4), or a KindThumbnail of up to 64 KB (JPEG). WeChat keeps it for three days, in which it may be sent any number of times. What is
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
	if b.Size > limit.most {
		return sdk.Media{}, tooLarge(limit)
	}
	body, done, err := seekable(b, limit)
	if err != nil {
		return sdk.Media{}, err
	}
	defer done()
	format, err := limit.check(body)
	if err != nil {
		return sdk.Media{}, err
	}
	return c.upload(ctx, kind, wx.File{Name: nameFor(b.Name, format), Type: format, Body: body})
}

// mediaPossible tells why the account cannot use the platform's media.
func (c *Channel) mediaPossible() error {
	switch {
	case c.late.api == nil:
		return errNoSecret
	case c.config.Account == "unverified":
		return errors.New("WeChat keeps media only for verified accounts and test accounts: if this is one, write account: verified (or test) in bot.yaml")
	}
	return nil
}

func tooLarge(limit mediaLimit) error {
	return fmt.Errorf("%w: at most %d bytes are taken", core.ErrMediaTooLarge, limit.most)
}

// seekable returns the bytes of b so that they can be read again. done must be called when they are not needed any more.
func seekable(b *core.Blob, limit mediaLimit) (body io.ReadSeeker, done func(), err error) {
	if s, ok := b.ReadCloser.(io.ReadSeeker); ok {
		if _, err := s.Seek(0, io.SeekCurrent); err == nil { // A pipe is a file, too.
			return s, func() {}, nil
		}
	}
	f, err := os.CreateTemp("", "bot-media-")
	if err != nil {
		return nil, nil, fmt.Errorf("store it on the way: %w", err)
	}
	done = func() {
		f.Close()
		os.Remove(f.Name())
	}
	n, err := io.Copy(f, io.LimitReader(b, limit.most+1))
	if err == nil && n > limit.most {
		err = tooLarge(limit)
	}
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("store it on the way: %w", err)
	}
	return f, done, nil
}

// check returns the type that the bytes show, if the platform takes them.
func (l mediaLimit) check(body io.ReadSeeker) (format string, err error) {
	size, err := body.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = body.Seek(0, io.SeekStart)
	}
	head := make([]byte, 16)
	n := 0
	if err == nil {
		n, err = io.ReadFull(body, head)
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return "", fmt.Errorf("read it: %w", err)
	case size > l.most:
		return "", tooLarge(l)
	}
	if format = wx.MediaType(head[:n]); !slices.Contains(l.types, format) {
		return "", fmt.Errorf("%w: it must be %s, by its first bytes", core.ErrMediaType, l.named)
	}
	return format, nil
}

// nameFor returns a name whose ending says what it is: the platform looks at that.
func nameFor(name, format string) string {
	ending := map[string]string{
		"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "audio/amr": ".amr", "audio/mpeg": ".mp3", "video/mp4": ".mp4",
	}[format]
	name = wx.FileName(name)
	if name == "" {
		name = "media"
	}
	if !strings.HasSuffix(strings.ToLower(name), ending) {
		name += ending
	}
	return name
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
