package voice_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

// TestOpenAI_Request holds what the service is sent.
func TestOpenAI_Request(t *testing.T) {
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/audio/transcriptions" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		if got := r.Header.Get("Authorization"); got != "Bearer sk-hush" {
			t.Errorf("Authorization: %q", got)
		}
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			t.Error(err)
			return
		}
		for name, want := range map[string]string{"model": "FunAudioLLM/SenseVoiceSmall", "language": "en", "prompt": "meters", "response_format": "json"} {
			if got := r.FormValue(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		file, header, err := r.FormFile("file")
		if err != nil {
			t.Error(err)
			return
		}
		data, err := io.ReadAll(file)
		if err != nil || header.Filename != "voice.wav" || header.Header.Get("Content-Type") != "audio/wav" || !bytes.Equal(data, second()) {
			t.Errorf("%s, %v, %d bytes, %v", header.Filename, header.Header, len(data), err)
		}
		fmt.Fprint(w, `{"text":"<|en|><|NEUTRAL|>go forward"}`)
	})
	p, _ := started(t, hosting(nil, second()), openai(f, `,"api_key":"sk-hush","model":"FunAudioLLM/SenseVoiceSmall","language":"en","prompt":"meters"`))
	if turn := p.Send(said()); turn.Forwarded == nil || turn.Forwarded.(sdk.Voice).Transcript != "go forward" {
		t.Errorf("got %+v", turn)
	}
}

// TestOpenAI_Formats holds that what the configuration names goes as it is, and nothing else does.
func TestOpenAI_Formats(t *testing.T) {
	var names []string
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if _, header, err := r.FormFile("file"); err == nil {
			names = append(names, header.Filename)
		}
		fmt.Fprint(w, `{"text":"hi"}`)
	})
	config := openai(f, `,"formats":["mp3","amr","opus","wav"]`)
	for _, name := range []string{"go.amr", "go.mp3", "go.opus", "go.amrwb", "go.m4a"} {
		p, log := started(t, hosting(recording(t, name), second()), config)
		if turn := p.Send(said()); turn.Forwarded == nil {
			t.Errorf("%s: %+v %q", name, turn, log.of(t))
		}
	}
	if got := strings.Join(names, " "); got != "voice.amr voice.mp3 voice.ogg voice.wav voice.wav" {
		t.Errorf("sent %s", got)
	}
	p, log := started(t, hosting(recording(t, "go.m4a"), second()), openai(f, `,"formats":["mp3"]`))
	if p.Send(said()); len(log.of(t)) != 1 || !strings.Contains(log.of(t)[0], "takes no m4a") {
		t.Errorf("what cannot be converted: %q", log.of(t))
	}
}

// TestOpenAI_Errors holds the class of each answer, and that no log has the key.
func TestOpenAI_Errors(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		class  string
		says   string
	}{
		"a wrong key":           {401, `{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}`, "settings", "Incorrect API key"},
		"a bare text":           {401, `"Invalid token"`, "settings", "Invalid token"},
		"no such region":        {403, `{"error":{"message":"unsupported_country"}}`, "settings", "unsupported_country"},
		"no such model":         {404, `{"error":{"message":"The model does not exist"}}`, "settings", "does not exist"},
		"not paid":              {402, ``, "settings", "(nothing)"},
		"a moved address":       {302, ``, "settings", "302"},
		"a bad recording":       {400, `{"code":20015,"message":"audio is corrupt","data":null}`, "never", "audio is corrupt"},
		"too large":             {413, ``, "never", "413"},
		"not processed":         {422, `{"detail":"x"}`, "never", "422"},
		"too many":              {429, `{"error":{"message":"Rate limit"}}`, "again", "Rate limit"},
		"broken":                {500, `oops`, "again", "oops"},
		"overloaded":            {503, `{"error":"busy"}`, "again", "busy"},
		"a gateway":             {504, ``, "again", "504"},
		"an error as a success": {200, `{"error":{"message":"no"}}`, "never", "no text"},
		"no JSON":               {200, `<html>`, "never", "not what it should be"},
		"a flood":               {200, `{"text":"` + strings.Repeat("a", 2<<20) + `"}`, "never", "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			p, log := started(t, hosting(nil, second()), openai(f, `,"api_key":"sk-hush"`))
			p.Send(said())
			got := log.of(t)
			if len(got) != 1 || !strings.Contains(got[0], "class="+c.class) || !strings.Contains(got[0], c.says) || strings.Contains(got[0], "sk-hush") {
				t.Errorf("the log says %q, want class %s and %q", got, c.class, c.says)
			}
			if want := map[bool]int{true: 3, false: 1}[c.class == "again"]; f.asked() != want {
				t.Errorf("asked %d times, want %d", f.asked(), want)
			}
		})
	}
}

// TestOpenAI_Unreachable holds that the address is not told: it may have a key in it.
func TestOpenAI_Unreachable(t *testing.T) {
	f := hears(t, "")
	config := strings.Replace(openai(f, ""), "transcriptions", "transcriptions?key=hush", 1)
	f.Close()
	p, log := started(t, hosting(nil, second()), config)
	p.Send(said())
	if got := log.of(t); len(got) != 1 || !strings.Contains(got[0], "class=again") || strings.Contains(got[0], "hush") {
		t.Errorf("the log says %q", got)
	}
}
