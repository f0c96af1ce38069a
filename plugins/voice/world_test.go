package voice_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/plugins/voice"
	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The answers, as they are set.
const (
	unheard      = "收到你的语音消息，但没有听清。"
	unconfigured = "收到你的语音消息。由于未开启语音识别功能，无法显示语音内容。"
)

func recording(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../sdk/sniff/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// second is a WAV of a second, as the Host makes them.
func second() []byte {
	head := []byte("RIFF\x24\x7d\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x00\x7d\x00\x00")
	return append(head, make([]byte, 32000)...)
}

// lines is a log whose lines can be counted.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// of returns the lines that tell of a voice that was not recognised.
func (l *lines) of(t *testing.T) []string {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, "not recognised") {
			found = append(found, line)
		}
	}
	return found
}

// started is the plugin with a configuration, a Host, and its log.
func started(t *testing.T, host *sdktest.Host, config any) (*sdktest.Plugin, *lines) {
	t.Helper()
	l := &lines{}
	p := sdktest.StartWith(t, voice.New(slog.New(slog.NewTextHandler(l, nil))), host)
	if err := p.Configure(config); err != nil {
		t.Fatal(err)
	}
	return p, l
}

// said is a voice of which the Host has the bytes under "clip".
func said() sdk.Voice { return sdk.Voice{Media: sdk.Media{ID: "clip", Format: "amr"}} }

func hosting(data, wav []byte) *sdktest.Host {
	h := &sdktest.Host{Media: map[string][]byte{}, WAV16k: map[string][]byte{}}
	if data != nil {
		h.Media["clip"] = data
	}
	if wav != nil {
		h.WAV16k["clip"] = wav
	}
	return h
}

// fake is a service of the loopback.
type fake struct {
	*httptest.Server
	mu    sync.Mutex
	calls int
}

func newFake(t *testing.T, answer http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.calls++
		f.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// asked is how many calls there were.
func (f *fake) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// hears is a service that answers as openai's does.
func hears(t *testing.T, text string) *fake {
	return newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"text": text})
	})
}

func openai(f *fake, more string) string {
	return fmt.Sprintf(`{"backend":"openai","url":"%s/v1/audio/transcriptions"%s}`, f.URL, more)
}
