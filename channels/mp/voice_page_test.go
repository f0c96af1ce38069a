package mp

import (
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

func TestVoicePage_Files(t *testing.T) {
	c, _, _ := answering(t, voiceConfig())
	v := visitorOf(t, c)
	for path, kind := range map[string]string{
		"": "text/html; charset=utf-8", "/main.js": "text/javascript; charset=utf-8", "/page.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml; charset=utf-8",
	} {
		w := v.get(path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || w.Body.Len() == 0 {
			t.Errorf("%s: %d, %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		for header, word := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self' https://res.wx.qq.com https://res2.wx.qq.com;", "X-Content-Type-Options": "nosniff",
			"Permissions-Policy": "microphone=(self)", "Cache-Control": "no-", "Referrer-Policy": "same-origin",
		} {
			if !strings.Contains(w.Header().Get(header), word) {
				t.Errorf("%s: %s is %q", path, header, w.Header().Get(header))
			}
		}
	}
	if page := v.get("").Body.String(); !strings.Contains(page, `<base href="voice/">`) {
		t.Errorf("its files are looked for elsewhere: %s", page)
	}
	for _, path := range []string{"/index.html", "/nothing.js", "/..%2fdoc.go", "/voicepage", "/a/b"} {
		if w := v.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestVoicePage_SlashAtTheEnd(t *testing.T) {
	w := visitorOf(t, newChannel(t, voiceConfig(), &safeBuffer{})).get("/")
	if w.Code != http.StatusFound || w.Header().Get("Location") != voiceAt {
		t.Errorf("got %d to %s", w.Code, w.Header().Get("Location"))
	}
}

func TestVoicePage_LeavesThePlatformAlone(t *testing.T) {
	c, in, _ := answering(t, voiceConfig(), sdk.Text{Text: "ok"})
	wantText(t, callPlain(t.Context(), c, textBody(1, "hi")), "ok")
	if got := c.Paths(); !slices.Equal(got, []string{"/wx", "/wx/voice", "/wx/voice/*"}) || in.last(t).Sender != person {
		t.Errorf("it is called at %v", got)
	}
	plain := newChannel(t, config(ModePlain), &safeBuffer{})
	if got := plain.Paths(); !slices.Equal(got, []string{"/wx"}) || plain.voice != nil {
		t.Errorf("without a page it is called at %v", got)
	}
}

// TestVoicePage_KeepsToItsPolicy finds what the Content-Security-Policy would stop, and what could run as code.
func TestVoicePage_KeepsToItsPolicy(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"innerHTML and its kin": regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment`),
		"code from text":        regexp.MustCompile(`\beval\(|new Function\(|setTimeout\(["']`),
		"inline style or code":  regexp.MustCompile(`<script(?:\s[^>]*)?>[^<\s]|<style|\sstyle="|\son[a-z]+="`),
		"another host":          regexp.MustCompile(`https?://(?:[^/\s]*)`),
		"what was for a day":    regexp.MustCompile(`console\.(?:log|debug)|debugger;`),
	}
	allowed := []string{"https://res.wx.qq.com", "https://res2.wx.qq.com", "http://www.w3.org"}
	for name, text := range pageFiles(t) {
		for what, pattern := range forbidden {
			for _, found := range pattern.FindAllString(text, -1) {
				if !slices.Contains(allowed, found) {
					t.Errorf("%s: %s: %q", name, what, found)
				}
			}
		}
	}
}

func pageFiles(t *testing.T) map[string]string {
	t.Helper()
	entries, err := fs.ReadDir(voiceFiles, "voicepage")
	if err != nil || len(entries) < 10 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	files := map[string]string{}
	for _, e := range entries {
		data, err := voiceFiles.ReadFile("voicepage/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}

// TestVoicePage_WordsInBothLanguages holds that no word is there in one language only, and that all that are asked for are there.
func TestVoicePage_WordsInBothLanguages(t *testing.T) {
	files := pageFiles(t)
	chinese, english, _ := strings.Cut(files["words.js"], "const en = ")
	keys := func(text string) (found []string) {
		for _, m := range regexp.MustCompile(`(?m)^  '?([a-z.]+)'?: '`).FindAllStringSubmatch(text, -1) {
			found = append(found, m[1])
		}
		return found
	}
	zh := keys(chinese)
	if en := keys(english); len(zh) < 30 || !slices.Equal(zh, en) {
		t.Errorf("in Chinese %q, in English %q", zh, en)
	}
	used := regexp.MustCompile(`\bt\('([a-z.]+)'|data-word="([a-z.]+)"|new Failure\('([a-z]+)'`)
	for name, text := range files {
		for _, m := range used.FindAllStringSubmatch(text, -1) {
			key := m[1] + m[2]
			if m[3] != "" {
				key = "error." + m[3]
			}
			if !slices.Contains(zh, key) {
				t.Errorf("%s: there are no words for %s", name, key)
			}
		}
	}
	for _, what := range []string{"session", "busy", "broken", "large", "unknown", "stopping"} { // See voicePage.fail.
		if !slices.Contains(zh, "error."+what) {
			t.Errorf("there are no words for the error %s", what)
		}
	}
}

// TestVoicePage_Cookies that are forged, old, or another account's are none.
func TestVoicePage_Cookies(t *testing.T) {
	c, _, _ := answering(t, voiceConfig(), sdk.Text{Text: "ok"})
	other := voiceConfig()
	other.Token = sdk.NewSecret("othertoken")
	good := visitorOf(t, c).cookie
	text, signature, _ := strings.Cut(good, ".")
	forged, err := json.Marshal(session{ID: "X", OpenID: person, Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		cookie string
		known  bool
	}{
		"good":                      {good, true},
		"none":                      {"", false},
		"with another text":         {base64.RawURLEncoding.EncodeToString(forged) + "." + signature, false},
		"without a signature":       {text, false},
		"with half a signature":     {text + "." + signature[:20], false},
		"junk":                      {"%%%.%%%", false},
		"long":                      {strings.Repeat("A", 10000) + "." + signature, false},
		"of an account like it":     {visitorOf(t, newChannel(t, other, &safeBuffer{})).cookie, false},
		"of the process before":     {visitorOf(t, newChannel(t, voiceConfig(), &safeBuffer{})).cookie, true},
		"expired":                   {signed(t, c, session{ID: "X", Expires: time.Now().Add(-time.Second)}), false},
		"signed, but not a session": {signedText(c, "junk"), false},
	} {
		v := &visitor{t: t, c: c, cookie: test.cookie}
		if w := v.say(saidID, "hi"); (w.Code == http.StatusOK) != test.known || !test.known && w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func signed(t *testing.T, c *Channel, one session) string {
	t.Helper()
	text, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	return signedText(c, string(text))
}

func signedText(c *Channel, text string) string {
	text = base64.RawURLEncoding.EncodeToString([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac(c.voice.sessions.key, "session", text))
}

// TestVoicePage_KeyWithoutSecret: from a cookie nobody can find the token by trying.
func TestVoicePage_KeyWithoutSecret(t *testing.T) {
	conf := voiceConfig()
	conf.AppSecret = sdk.Secret{}
	a, b := newSessions(conf), newSessions(conf)
	if string(a.key) == string(b.key) || len(a.key) < 32 {
		t.Error("the key is not random")
	}
}

func TestVoicePage_CookieAttributes(t *testing.T) {
	for public, secure := range map[string]bool{"": false, "http://bot.example.com": false, "https://bot.example.com": true} {
		conf := voiceConfig()
		conf.PublicURL = public
		w := (&visitor{t: t, c: newChannel(t, conf, &safeBuffer{})}).get("")
		if cookies := w.Result().Cookies(); len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode ||
			cookies[0].Path != voiceAt || cookies[0].Secure != secure || cookies[0].MaxAge <= 0 || cookies[0].MaxAge > int(sessionLife/time.Second) {
			t.Errorf("%s: %+v", public, cookies)
		}
	}
}

func TestVoicePage_Config(t *testing.T) {
	for name, test := range map[string]struct {
		field string
		spoil func(*Config)
	}{
		"fine":               {"", func(*Config) {}},
		"relative":           {"voice_page", func(c *Config) { c.VoicePage = "voice" }},
		"the root":           {"voice_page", func(c *Config) { c.VoicePage = "/" }},
		"a slash at the end": {"voice_page", func(c *Config) { c.VoicePage = "/voice/" }},
		"dots":               {"voice_page", func(c *Config) { c.VoicePage = "/a/../voice" }},
		"a pattern":          {"voice_page", func(c *Config) { c.VoicePage = "/{voice}" }},
		"markup":             {"voice_page", func(c *Config) { c.VoicePage = `/"><script>` }},
		"the platform's":     {"voice_page", func(c *Config) { c.VoicePage = "/wx" }},
		"above":              {"voice_page", func(c *Config) { c.Path = "/wx/voice/push" }},
		"a path":             {"public_url", func(c *Config) { c.PublicURL = "https://bot.example.com/bot" }},
		"a query":            {"public_url", func(c *Config) { c.PublicURL = "https://bot.example.com?x" }},
		"a name":             {"public_url", func(c *Config) { c.PublicURL = "https://me@bot.example.com" }},
		"no scheme":          {"public_url", func(c *Config) { c.PublicURL = "bot.example.com" }},
		"capitals":           {"public_url", func(c *Config) { c.PublicURL = "HTTPS://bot.example.com" }},
		"an id":              {"original_id", func(c *Config) { c.OriginalID = "mybot" }},
		"unverified":         {"oauth", func(c *Config) { c.Account = "unverified" }},
		"no secret":          {"oauth", func(c *Config) { c.AppSecret = sdk.Secret{} }},
		"no page":            {"oauth", func(c *Config) { c.VoicePage = "" }},
		"no id":              {"oauth", func(c *Config) { c.OriginalID = "" }},
		"no base":            {"oauth_base", func(c *Config) { c.OAuthBase = "" }},
	} {
		c := oauthConfig("http://127.0.0.1:9")
		test.spoil(&c)
		problems := c.Validate()
		if test.field == "" && len(problems) > 0 || test.field != "" && (len(problems) != 1 || problems[0].Field != test.field) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestPageReply(t *testing.T) {
	for name, test := range map[string]struct {
		content sdk.Content
		want    string // JSON; empty for an error.
	}{
		"text":     {sdk.Text{Text: "<script>\x00"}, `{"kind":"text","text":"\u003cscript\u003e"}`},
		"blank":    {sdk.Text{Text: " \n"}, ""},
		"nothing":  {nil, ""},
		"image":    {sdk.Image{Media: sdk.Media{ID: "M"}}, `{"kind":"image"}`},
		"video":    {sdk.Video{Title: "t", Description: "d"}, `{"kind":"video","title":"t","description":"d"}`},
		"place":    {sdk.Location{Label: "here"}, `{"kind":"location","text":"here"}`},
		"link":     {sdk.Link{URL: "https://example.com/a b", Title: "t"}, `{"kind":"link","url":"https://example.com/a%20b","title":"t"}`},
		"code":     {sdk.Link{URL: "javascript:alert(1)", Title: "t"}, `{"kind":"link","title":"t"}`},
		"bad link": {sdk.Link{URL: "javascript:alert(1)"}, ""},
		"menu":     {sdk.Menu{Head: "h", Choices: []sdk.Choice{{Text: "a"}, {Text: "b"}}, Tail: "t"}, `{"kind":"menu","text":"h\n· a\n· b\nt"}`},
		"raw":      {sdk.Raw{Type: "x"}, `{"kind":"raw"}`},
	} {
		r, err := newPageReply(test.content)
		if test.want == "" {
			if err == nil {
				t.Errorf("%s: %+v", name, r)
			}
			continue
		}
		if got, wrong := json.Marshal(r); err != nil || wrong != nil || string(got) != test.want {
			t.Errorf("%s: %s, %v, %v", name, got, err, wrong)
		}
	}
}
