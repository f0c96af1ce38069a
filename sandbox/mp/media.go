package mp

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"time"
)

// mediaLife is how long temporary media is kept
// (developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia).
const mediaLife = 72 * time.Hour

// medium is one picture, clip or film that the platform keeps.
type medium struct {
	Type  string // image, voice, video or thumb.
	Name  string
	Data  []byte
	until time.Time
}

// Keep puts media onto the platform, as a phone does before it sends an image, voice or video, and returns its id. Bots
// can fetch it for three days of the platform's clock.
func (a *Account) Keep(kind, name string, data []byte) string {
	id := fmt.Sprintf("%s_%d", randomHex()+randomHex()+randomHex(), a.platform.ids.Add(1))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.media[id] = medium{Type: kind, Name: name, Data: bytes.Clone(data), until: a.platform.clock.Now().Add(mediaLife)}
	return id
}

// medium returns media that is still kept.
func (a *Account) medium(id string) (medium, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, ok := a.media[id]
	if ok && !a.platform.clock.Now().Before(m.until) {
		delete(a.media, id)
		return medium{}, false
	}
	return m, ok
}

// mayUseMedia tells whether the kind of account has the interfaces for media.
func (a *Account) mayUseMedia() bool {
	return a.Settings().Kind != Unverified || a.platform.rules.OpenMedia
}

// upload keeps what a bot uploads, within the limits of the page above.
func (p *Platform) upload(c *call) (any, *refusal) {
	if !c.account.mayUseMedia() {
		return nil, refuse(codeForbidden)
	}
	kind := c.query.Get("type")
	most := map[string]int{"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10}[kind]
	if most == 0 {
		return nil, refuse(codeMediaType)
	}
	name, data, err := part(c)
	switch {
	case err != nil || len(data) == 0:
		return nil, refuse(codeEmpty)
	case len(data) > most:
		return nil, refuse(codeMediaSize)
	}
	id := "media_id"
	if kind == "thumb" {
		id = "thumb_media_id"
	}
	return map[string]any{"type": kind, id: c.account.Keep(kind, name, data), "created_at": c.now.Unix()}, nil
}

// part returns the file of a form, which must be called media.
func part(c *call) (name string, data []byte, err error) {
	_, params, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil {
		return "", nil, err
	}
	form := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		p, err := form.NextPart()
		if err != nil {
			return "", nil, err
		}
		if p.FormName() == "media" && p.FileName() != "" {
			data, err := io.ReadAll(p)
			return p.FileName(), data, err
		}
	}
}

// download gives media back: bytes, or for a video the address where it is. Errors are JSON at status 200
// (developers.weixin.qq.com/doc/service/api/material/temporary/api_getmedia).
func (p *Platform) download(c *call) (any, *refusal) {
	if !c.account.mayUseMedia() {
		return nil, refuse(codeForbidden)
	}
	id := c.query.Get("media_id")
	m, ok := c.account.medium(id)
	if !ok {
		return nil, refuse(codeMediaID)
	}
	if m.Type == "video" {
		return map[string]string{"video_url": "http://" + c.host + "/sandbox/video?media_id=" + id}, nil
	}
	return m.file(), nil
}

// video serves what download points at, without a token.
func (p *Platform) video(c *call) (any, *refusal) {
	for _, a := range p.Accounts() {
		if m, ok := a.medium(c.query.Get("media_id")); ok && m.Type == "video" {
			return m.file(), nil
		}
	}
	return nil, refuse(codeMediaID)
}

func (m medium) file() file {
	kind := map[string]string{"image": "image/jpeg", "thumb": "image/jpeg", "voice": "audio/amr", "video": "video/mp4"}[m.Type]
	return file{kind, m.Name, m.Data}
}
