package mp

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"time"
)

// The page's files, which a browser runs as they are.
//
//go:embed voicepage
var voiceFiles embed.FS

// page gives the page, and the browser a session. Where WeChat is to say who the person is, it sends them there first.
func (p *voicePage) page(w http.ResponseWriter, r *http.Request) {
	one, ok := p.sessions.of(r)
	if !ok {
		one = newSession("")
		if err := p.sessions.give(w, one); err != nil {
			p.log.Error("session of the voice page not made", "err", err)
		}
	}
	if p.mustAsk(r, one) {
		http.Redirect(w, r, p.askAddress(r, one, time.Now()), http.StatusFound)
		return
	}
	text, err := voiceFiles.ReadFile("voicepage/index.html")
	if err != nil {
		p.fail(w, http.StatusInternalServerError, "broken")
		return
	}
	// Files stand below the page's address, whatever it is.
	text = bytes.ReplaceAll(text, []byte("{{base}}"), []byte(path.Base(p.config.VoicePage)+"/"))
	p.write(w, ".html", text)
}

// file gives one of the page's files.
func (p *voicePage) file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	text, err := voiceFiles.ReadFile("voicepage/" + name)
	if !fs.ValidPath(name) || err != nil || name == "index.html" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache") // Another build has other files under the same names.
	p.write(w, path.Ext(name), text)
}

func (p *voicePage) write(w http.ResponseWriter, ext string, text []byte) {
	kind := map[string]string{".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}[ext]
	w.Header().Set("Content-Type", kind+"; charset=utf-8") // Machines have tables of their own.
	if _, err := w.Write(text); err != nil {
		p.log.Debug("page not written: the browser hung up", "err", err)
	}
}
