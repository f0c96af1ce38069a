package mp

import (
	"encoding/json"
	"net/http"
)

// pageAnswer is what the page gets for what was said: its words, if a plugin has recognised them, the replies that the page does not
// have, and whether more may come.
type pageAnswer struct {
	Heard   string       `json:"heard,omitempty"`
	Replies []*pageReply `json:"replies"`
	Over    bool         `json:"over"`
}

// fail answers with an error. The page has words for what: session, busy, broken, large, unknown, stopping, wechat.
func (p *voicePage) fail(w http.ResponseWriter, status int, what string) {
	p.answer(w, status, map[string]string{"error": what})
}

func (p *voicePage) answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v) // It escapes < and >.
	if err != nil {
		p.log.Error("answer of the voice page not written", "err", err)
		status, body = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		p.log.Debug("answer of the voice page not written: the browser hung up", "err", err)
	}
}
