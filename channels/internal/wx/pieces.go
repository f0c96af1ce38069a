package wx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/chuanhuabot/bot/core"
)

// minPiece is the smallest piece that is asked for: whoever gives less at once gives nothing.
const minPiece = 64 << 10

// DownloadPieces is Download for a platform that refuses with an errcode of its own, tooLarge, what is too much for one answer: that
// is fetched piece by piece while it is read, by Range (developer.work.weixin.qq.com/document/path/96486). The pieces become smaller
// if they are refused as well.
func (a *API) DownloadPieces(ctx context.Context, path string, query url.Values, limit int64, tooLarge int) (*core.Blob, error) {
	b, err := a.Download(ctx, path, query, limit)
	for size := limit / 4; CodeOf(err) == tooLarge && size >= minPiece; size /= 4 {
		b, err = (&whole{a, ctx, path, query, limit, size}).first()
	}
	return b, err
}

// whole is media that is fetched in pieces.
type whole struct {
	api   *API
	ctx   context.Context // Of the download, which goes on while it is read.
	path  string
	query url.Values
	limit int64
	size  int64 // Of a piece.
}

// first returns a blob that begins with the first piece.
func (w *whole) first() (*core.Blob, error) {
	s, total, err := w.open(0)
	if err != nil {
		return nil, err
	}
	b := s.blob()
	if total >= 0 { // If not, all of it came after all.
		b.ReadCloser, b.Size = &pieces{whole: w, now: s, total: total}, total
	}
	return b, nil
}

// open asks for the piece that begins at a byte. It returns how many bytes there are in all, -1 if it got no piece but all of them.
func (w *whole) open(from int64) (s *stream, total int64, err error) {
	err = w.api.withToken(w.ctx, func(token string) (err error) {
		s, err = w.api.open(w.ctx, target{
			address: w.api.base + w.path + "?" + authorized(w.query, token).Encode(), limit: w.limit,
			part: fmt.Sprintf("bytes=%d-%d", from, from+w.size-1),
		})
		if err != nil {
			return err
		}
		if total, err = s.pieceAt(from, w.limit); err != nil {
			s.Close()
		}
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("download %s: from byte %d: %w", w.path, from, err)
	}
	return s, total, nil
}

// pieceAt holds an answer to what was asked for, and returns what open does.
func (s *stream) pieceAt(from, limit int64) (total int64, err error) {
	switch {
	case s.isAnswer():
		if err := s.answer(nil); err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("%w: the answer is neither media nor as documented", ErrUnknown)
	case s.response.StatusCode != http.StatusPartialContent && from > 0:
		return 0, fmt.Errorf("%w: all of it came in the place of a piece", ErrUnknown)
	case s.response.StatusCode != http.StatusPartialContent:
		return -1, nil
	}
	var first, last int64
	n, _ := fmt.Sscanf(s.response.Header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &total)
	switch {
	case n != 3 || first != from || last < first || last >= total:
		return 0, fmt.Errorf("%w: another piece came than was asked for", ErrUnknown)
	case total > limit:
		return 0, fmt.Errorf("%w: %d bytes, of which at most %d are taken", core.ErrMediaTooLarge, total, limit)
	}
	s.left = last - first + 1
	return total, nil
}

// pieces reads one piece after the other.
type pieces struct {
	whole *whole
	now   *stream
	began int64 // Where the present piece begins.
	at    int64 // How many bytes were read in all.
	total int64
}

// Read asks for the next piece when one is at its end.
func (p *pieces) Read(b []byte) (int, error) {
	for {
		n, err := p.now.Read(b)
		p.at += int64(n)
		if !errors.Is(err, io.EOF) || p.at == p.total {
			return n, err
		}
		if err := p.follow(); err != nil || n > 0 {
			return n, err
		}
	}
}

func (p *pieces) follow() error {
	if p.at == p.began {
		return io.ErrUnexpectedEOF // An empty piece leads nowhere.
	}
	s, total, err := p.whole.open(p.at)
	if err != nil {
		return err
	}
	if total != p.total {
		s.Close()
		return fmt.Errorf("download %s: %w: it has changed while it was read", p.whole.path, ErrUnknown)
	}
	p.now.Close()
	p.now, p.began = s, p.at
	return nil
}

// Close ends the download.
func (p *pieces) Close() error { return p.now.Close() }
