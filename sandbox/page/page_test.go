package page_test

import (
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sandbox/page"
)

func get(t *testing.T, name string) (*http.Response, string) {
	t.Helper()
	h, err := page.Handler()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", name, nil))
	return w.Result(), w.Body.String()
}

func TestHandler_ServesThePageAndNothingElse(t *testing.T) {
	for name, kind := range map[string]string{"/": "text/html; charset=utf-8", "/main.js": "text/javascript; charset=utf-8", "/base.css": "text/css; charset=utf-8"} {
		response, body := get(t, name)
		h := response.Header
		if response.StatusCode != http.StatusOK || h.Get("Content-Type") != kind || body == "" {
			t.Errorf("%s: %s of %s", name, response.Status, h.Get("Content-Type"))
		}
		for header, word := range map[string]string{
			"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer",
		} {
			if !strings.Contains(h.Get(header), word) {
				t.Errorf("%s: %s is %q", name, header, h.Get(header))
			}
		}
	}
	for _, name := range []string{"/page.go", "/static/", "/nothing.js"} {
		if response, _ := get(t, name); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", name, response.Status)
		}
	}
}

var (
	imported  = regexp.MustCompile(`(?:from\s+|import\s*\(?\s*)["'](\./[^"']+)["']|addModule\(["']([^"']+)["']`)
	mentioned = regexp.MustCompile(`(?:href|src)="([^"#]+)"`)
)

// TestFiles_AreAllThereAndAllUsed follows the page as a browser does.
func TestFiles_AreAllThereAndAllUsed(t *testing.T) {
	seen := map[string]bool{}
	var follow func(name string)
	follow = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		response, body := get(t, "/"+strings.TrimSuffix(name, "index.html"))
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s is not there", name)
		}
		pattern := imported
		if name == "index.html" {
			pattern = mentioned
		}
		for _, m := range pattern.FindAllStringSubmatch(body, -1) {
			follow(path.Clean(strings.Join(m[1:], "")))
		}
	}
	follow("index.html")
	for _, name := range page.Files(t) {
		if !seen[name] {
			t.Errorf("nothing uses %s", name)
		}
	}
}

// TestFiles_KeepToThePolicy finds what the Content-Security-Policy would stop in the browser, what could run as code that came
// over the wire, and what would be loaded from elsewhere.
func TestFiles_KeepToThePolicy(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"innerHTML and its kin": regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment`),
		"code from text":        regexp.MustCompile(`\beval\(|new Function\(|setTimeout\(["']`),
		"inline style or code":  regexp.MustCompile(`<script(?:\s[^>]*)?>[^<\s]|<style|\sstyle="|\son[a-z]+="`),
		"another host":          regexp.MustCompile(`(?:src|href|import|fetch\(|url\()\s*[=(]?\s*["'(]?\s*(?:https?:)?//`),
		"what was for a day":    regexp.MustCompile(`console\.(?:log|debug)|debugger;`),
	}
	for _, name := range page.Files(t) {
		_, body := get(t, "/"+strings.TrimSuffix(name, "index.html"))
		for what, pattern := range forbidden {
			if found := pattern.FindString(body); found != "" {
				t.Errorf("%s: %s: %q", name, what, found)
			}
		}
		if n := strings.Count(body, "\n"); n > 250 && path.Ext(name) == ".js" && !strings.HasPrefix(name, "words-") {
			t.Errorf("%s has %d lines, more than 250: what second idea is in it?", name, n)
		}
	}
}

// word is a key of the table of words: behind the beginning of a line, or behind the comma of the one before it.
var word = regexp.MustCompile(`(?m)(?:^\s+|', |", )'?([a-zA-Z0-9_.-]+)'?: ['"]`)

// TestWords_InBothLanguages holds that no word of the page is there in one language only.
func TestWords_InBothLanguages(t *testing.T) {
	keys := map[string][]string{}
	for _, name := range []string{"/words-zh.js", "/words-en.js"} {
		_, body := get(t, name)
		for _, m := range word.FindAllStringSubmatch(body, -1) {
			keys[name] = append(keys[name], m[1])
		}
		slices.Sort(keys[name])
	}
	if zh, en := keys["/words-zh.js"], keys["/words-en.js"]; len(zh) < 50 || !slices.Equal(zh, en) {
		for _, key := range zh {
			if !slices.Contains(en, key) {
				t.Errorf("%s has no English", key)
			}
		}
		for _, key := range en {
			if !slices.Contains(zh, key) {
				t.Errorf("%s has no Chinese", key)
			}
		}
		t.Errorf("%d words in Chinese, %d in English", len(zh), len(en))
	}
}
