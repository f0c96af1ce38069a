package wx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"sync"

	"github.com/chuanhuabot/bot/core"
)

// File is what an upload sends.
type File struct {
	// Name is the file's name; the platforms look at its ending. Type is its MIME type.
	Name, Type string
	// Body is read from its beginning to its end, twice if the platform does not take the token.
	Body io.ReadSeeker
}

// Upload posts a file to path as the part called media of a form, and reads the answer into out. The file is streamed, with its length
// ahead of it: the platforms take no chunks. It blocks until the answer is there, for two minutes at most, and reads the file no more
// when it returns. Its errors are those of Post.
func (a *API) Upload(ctx context.Context, path string, query url.Values, f File, out any) error {
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	defer cancel()
	return a.withToken(ctx, func(token string) error { return a.upload(ctx, path, query, token, f, out) })
}

func (a *API) upload(ctx context.Context, path string, query url.Values, token string, f File, out any) error {
	form, err := newForm(f)
	if err != nil {
		return fmt.Errorf("upload to %s: %w: %w", path, ErrNotSent, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.base+path+"?"+authorized(query, token).Encode(), form)
	if err != nil {
		return fmt.Errorf("upload to %s: %w: %w", path, ErrNotSent, bare(err))
	}
	r.ContentLength = form.size
	r.Header.Set("Content-Type", form.contentType)
	response, err := exchange(a.streaming(false), r)
	if err != nil {
		<-form.closed
		return fmt.Errorf("upload to %s: %w", path, err)
	}
	answer, err := readAnswer(response)
	<-form.closed // The answer can come before the end of the request, which reads the file until then.
	if err != nil {
		return fmt.Errorf("upload to %s: %w", path, err)
	}
	if err := judge(answer, out); err != nil {
		return fmt.Errorf("upload to %s: %w", path, err)
	}
	return nil
}

// form is a multipart form with one file, as the body of a request.
type form struct {
	io.Reader
	contentType string
	size        int64
	closed      chan struct{} // Closed when nobody reads the file any more.
	once        sync.Once
}

// newForm begins at the beginning of the file.
func newForm(f File) (*form, error) {
	size, err := f.Body.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Body.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	header := textproto.MIMEHeader{"Content-Type": {f.Type}}
	header.Set("Content-Disposition", multipart.FileContentDisposition("media", f.Name))
	if _, err := w.CreatePart(header); err != nil {
		return nil, err
	}
	head := bytes.Clone(b.Bytes())
	b.Reset()
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &form{
		Reader:      io.MultiReader(bytes.NewReader(head), io.LimitReader(f.Body, size), &b),
		contentType: w.FormDataContentType(), size: int64(len(head)) + size + int64(b.Len()), closed: make(chan struct{}),
	}, nil
}

// Close says that the request is over.
func (f *form) Close() error {
	f.once.Do(func() { close(f.closed) })
	return nil
}

// MediaError returns err with what its errcode means for media: core.ErrMediaGone, core.ErrMediaTooLarge or core.ErrMediaType
// (developers.weixin.qq.com, page api_uploadtempmedia; developer.work.weixin.qq.com/document/path/90313).
func MediaError(err error) error {
	meaning := map[int]error{
		40007: core.ErrMediaGone,
		40006: core.ErrMediaTooLarge, 40009: core.ErrMediaTooLarge, 40011: core.ErrMediaTooLarge, 45001: core.ErrMediaTooLarge,
		45007: core.ErrMediaTooLarge, 830002: core.ErrMediaTooLarge,
		40004: core.ErrMediaType, 40005: core.ErrMediaType, 40123: core.ErrMediaType,
	}[CodeOf(err)]
	if meaning == nil || errors.Is(err, meaning) {
		return err
	}
	return fmt.Errorf("%w: %w", meaning, err)
}
