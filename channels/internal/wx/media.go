package wx

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/core"
)

const (
	// mediaTimeout bounds an upload, and a download up to its last byte.
	mediaTimeout = 2 * time.Minute
	// peekSize is how much of a download is looked at before it is believed to be media.
	peekSize = 512
	// maxRedirects is how often the address of a video may lead to another one. It has no token.
	maxRedirects = 3
)

// Download returns what path keeps, by GET, with at most limit bytes. It blocks until the answer begins; the rest is streamed, and ends
// with an error that wraps core.ErrMediaTooLarge if there is more. ctx must live until it is read, which may take two minutes. An answer
// that is an error is a *Refusal although its status is 200, and one that has a video_url instead of bytes is followed, without the
// token. A token that the platform does not take is replaced once. Other errors are those of Post, and core.ErrMediaGone for a video
// that is not at its address.
func (a *API) Download(ctx context.Context, path string, query url.Values, limit int64) (*core.Blob, error) {
	var b *core.Blob
	err := a.withToken(ctx, func(token string) (err error) {
		b, err = a.download(ctx, path, query, token, limit)
		return err
	})
	return b, err
}

func (a *API) download(ctx context.Context, path string, query url.Values, token string, limit int64) (*core.Blob, error) {
	s, err := a.open(ctx, target{address: a.base + path + "?" + authorized(query, token).Encode(), limit: limit})
	if err != nil {
		return nil, fmt.Errorf("download %s: %w", path, err)
	}
	if !s.isAnswer() {
		return s.blob(), nil
	}
	defer s.Close()
	var video struct {
		URL string `json:"video_url"`
	}
	if err := s.answer(&video); err != nil {
		return nil, fmt.Errorf("download %s: %w", path, err)
	}
	if s, err = a.openVideo(ctx, video.URL, limit); err != nil {
		return nil, fmt.Errorf("download %s: video_url: %w", path, err)
	}
	return s.blob(), nil
}

func (a *API) openVideo(ctx context.Context, address string, limit int64) (*stream, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%w: the answer is neither media nor as documented", ErrUnknown)
	}
	s, err := a.open(ctx, target{address: address, limit: limit, redirects: true})
	if err == nil && s.isAnswer() {
		s.Close()
		return nil, fmt.Errorf("%w: there is no video", core.ErrMediaGone)
	}
	return s, err
}

// target is what is asked for.
type target struct {
	address   string
	limit     int64  // The most bytes that are taken.
	redirects bool   // It may lead elsewhere.
	part      string // The Range; all if it is empty.
}

// open asks for an address and looks at the beginning of what comes.
func (a *API) open(ctx context.Context, t target) (*stream, error) {
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.address, nil)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("%w: %w", ErrNotSent, bare(err))
	}
	if t.part != "" {
		r.Header.Set("Range", t.part)
	}
	response, err := exchange(a.streaming(t.redirects), r)
	if err != nil {
		cancel()
		return nil, err
	}
	s := &stream{response: response, cancel: cancel, left: t.limit, body: bufio.NewReaderSize(response.Body, peekSize)}
	if response.ContentLength > t.limit {
		s.Close()
		return nil, fmt.Errorf("%w: %d bytes, of which at most %d are taken", core.ErrMediaTooLarge, response.ContentLength, t.limit)
	}
	if s.head, err = s.body.Peek(peekSize); err != nil && !errors.Is(err, io.EOF) {
		s.Close()
		return nil, fmt.Errorf("%w: %w", ErrUnknown, bare(err))
	}
	return s, nil
}

// streaming returns a client for bodies that may take their time.
func (a *API) streaming(redirects bool) *http.Client {
	return &http.Client{Transport: a.client.Transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if !redirects || len(via) > maxRedirects {
			return http.ErrUseLastResponse // Whoever redirects a call would get its token.
		}
		return nil
	}}
}

// stream is the body of an answer that may be media.
type stream struct {
	response *http.Response
	cancel   context.CancelFunc
	body     *bufio.Reader
	head     []byte // Its beginning; valid until the first Read.
	left     int64  // How many bytes may still be read.
}

// Read fails with core.ErrMediaTooLarge in place of giving more than is allowed.
func (s *stream) Read(p []byte) (int, error) {
	n, err := s.body.Read(p[:min(int64(len(p)), s.left+1)]) // One more, to see that there is more.
	if int64(n) > s.left {
		n, err = int(s.left), core.ErrMediaTooLarge
	}
	s.left -= int64(n)
	return n, err
}

// Close ends the download.
func (s *stream) Close() error {
	defer s.cancel()
	return s.response.Body.Close()
}

// isAnswer tells whether the body is JSON that the platform says in place of media: that comes without a file name, and its type is
// that of a text, or it says that it is an error. A part of media is none.
func (s *stream) isAnswer() bool {
	if s.response.StatusCode == http.StatusPartialContent {
		return false
	}
	text := s.response.Header.Get("Content-Type")
	isText := text == "" || strings.Contains(text, "json") || strings.HasPrefix(text, "text/")
	return bytes.HasPrefix(bytes.TrimSpace(s.head), []byte("{")) && s.response.Header.Get("Content-Disposition") == "" &&
		(isText || bytes.Contains(s.head, []byte(`"errcode"`)))
}

// answer reads the body as what the platform says in place of media.
func (s *stream) answer(out any) error {
	text, err := io.ReadAll(io.LimitReader(s, maxAnswer))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, bare(err))
	}
	return judge(text, out)
}

// blob believes the first bytes more than what the platform says of the type.
func (s *stream) blob() *core.Blob {
	kind := MediaType(s.head)
	if kind == "" {
		kind = s.response.Header.Get("Content-Type")
	}
	return &core.Blob{ReadCloser: s, Name: fileName(s.response.Header.Get("Content-Disposition")), Type: kind, Size: s.response.ContentLength}
}
