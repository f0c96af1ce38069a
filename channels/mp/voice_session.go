package mp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sessionLife is how long a browser is known. A person whom WeChat names is asked for again without noticing.
const sessionLife = 24 * time.Hour

// session is one browser on the voice page. All of it is in a cookie, so that nothing is kept here for whoever comes by.
type session struct {
	ID      string    `json:"i"`           // Random.
	OpenID  string    `json:"o,omitempty"` // Of the person, where WeChat has named them.
	Asked   bool      `json:"a,omitempty"` // WeChat was asked who they are, whatever came of it.
	Expires time.Time `json:"e"`
}

// guest is what the senders begin with whom WeChat has not named. An OpenID begins with o.
const guest = "guest-"

func newSession(openID string) session {
	return session{ID: rand.Text(), OpenID: openID, Expires: time.Now().Add(sessionLife).UTC().Truncate(time.Second)}
}

// sender names the person: their OpenID, or something that is the same as long as the cookie.
func (s session) sender() string {
	if s.OpenID != "" {
		return s.OpenID
	}
	return guest + s.ID
}

// sessions signs and checks cookies. It is safe for concurrent use.
type sessions struct {
	key    []byte
	path   string
	secure bool
}

// newSessions derives the key from the account's secrets, so that sessions outlive the process. Without an AppSecret it is random:
// the token alone may be so short that it could be guessed from a cookie.
func newSessions(c Config) sessions {
	s := sessions{path: c.VoicePage, secure: strings.HasPrefix(c.PublicURL, "https://")}
	if c.AppSecret.Empty() {
		s.key = []byte(rand.Text() + rand.Text())
		return s
	}
	s.key = mac([]byte(c.AppSecret.Value()), "voice page", c.AppID, c.Token.Value())
	return s
}

// mac signs texts of which none has a line break.
func mac(key []byte, texts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(strings.Join(texts, "\n")))
	return h.Sum(nil)
}

const sessionCookie = "voice"

// of returns the session of a request; false if it has none that was made here and is still valid.
func (s sessions) of(r *http.Request) (session, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return session{}, false
	}
	text, signature, _ := strings.Cut(cookie.Value, ".")
	given, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || !hmac.Equal(given, mac(s.key, "session", text)) {
		return session{}, false
	}
	var one session
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(data, &one) != nil || !time.Now().Before(one.Expires) {
		return session{}, false
	}
	return one, true
}

// give makes the browser keep a session.
func (s sessions) give(w http.ResponseWriter, one session) error {
	data, err := json.Marshal(one)
	if err != nil {
		return err
	}
	text := base64.RawURLEncoding.EncodeToString(data)
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: text + "." + base64.RawURLEncoding.EncodeToString(mac(s.key, "session", text)), Path: s.path,
		MaxAge: int(time.Until(one.Expires) / time.Second), HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

// stateLife is how long a person may take to come back from WeChat.
const stateLife = 10 * time.Minute

// state returns what WeChat hands back with the answer to who the person is. It fits this session only, until now plus stateLife.
func (s sessions) state(one session, now time.Time) string {
	text := fmt.Sprintf("%08x", uint32(now.Add(stateLife).Unix()))
	return text + hex.EncodeToString(mac(s.key, "state", one.ID, text)[:16])
}

// stated tells whether a state was made for a session and is still valid.
func (s sessions) stated(one session, state string, now time.Time) bool {
	if len(state) != 40 {
		return false
	}
	until, err := strconv.ParseUint(state[:8], 16, 32)
	given, wrong := hex.DecodeString(state[8:])
	return err == nil && wrong == nil && now.Before(time.Unix(int64(until), 0)) && hmac.Equal(given, mac(s.key, "state", one.ID, state[:8])[:16])
}
