package control

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"

	"github.com/chuanhuabot/bot/sandbox/media"
	"github.com/chuanhuabot/bot/sandbox/world"
)

// maxMedia is the most bytes of what a person sends: that of the largest file of a customer
// (developer.work.weixin.qq.com/document/path/94670).
const maxMedia = 20 << 20

// upload keeps what a phone sends before the message itself.
func (s *Server) upload(r *http.Request, a world.Account) (any, error) {
	kind, name := r.URL.Query().Get("type"), path.Base(r.URL.Query().Get("name"))
	if !slices.Contains([]string{"image", "voice", "video", "file"}, kind) {
		return nil, fmt.Errorf("type must be image, voice, video or file, not %q", kind)
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, maxMedia+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) == 0:
		return nil, errors.New("the body must be the bytes")
	case len(data) > maxMedia:
		return nil, fmt.Errorf("the %s has more than 20 MiB", kind)
	}
	keep := func() string { return a.MP.Keep(kind, name, data) }
	if a.KF != nil {
		keep = func() string { return a.KF.Corp().Keep(kind, name, data) }
	}
	return map[string]string{"media": keep()}, nil
}

// download shows media on the page, or to a test.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	a, ok := s.world.Account(r.PathValue("account"))
	var m media.Medium
	if ok {
		m, ok = mediumOf(a, r.PathValue("id"))
	}
	if !ok {
		fail(w, http.StatusNotFound, errors.New("there is no such media, or it is older than three days"))
		return
	}
	w.Header().Set("Content-Type", m.ContentType())
	// What a bot has uploaded must not run as a page of ours.
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", m.Name))
	_, _ = w.Write(m.Data) // Who asked has hung up if it fails.
}

func mediumOf(a world.Account, id string) (media.Medium, bool) {
	if a.MP != nil {
		return a.MP.Medium(id)
	}
	return a.KF.Corp().Medium(id)
}
