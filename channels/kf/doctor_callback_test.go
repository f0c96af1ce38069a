package kf

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/report"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// TestDoctor_OfTheBotHere changes bot.yaml after the bot was started.
func TestDoctor_OfTheBotHere(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Config)
		says   string
		level  report.Level
	}{
		"the same":        {func(*Config) {}, "passes the check of the URL", report.OK},
		"another token":   {func(c *Config) { c.Token = sdk.NewSecret("othertoken") }, "does not take the token", report.Fault},
		"another key":     {func(c *Config) { c.AESKey = sdk.NewSecret(strings.Repeat("A", 43)) }, "cannot decrypt", report.Fault},
		"another company": {func(c *Config) { c.CorpID = "wwffffffffffffffff" }, "cannot decrypt", report.Fault},
		"the former key": {func(c *Config) {
			c.AESKey, c.PreviousAESKey = sdk.NewSecret(strings.Repeat("A", 43)), c.AESKey
		}, "cannot decrypt", report.Fault},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, wecom.Rules{})
			s.start(echo)
			test.change(&s.config)
			if f := finding(t, s.examine(), test.says); f.Level != test.level {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func TestDoctor_OfWhatListensHere(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		says   string
		level  report.Level
	}{
		"another program":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }, "does not answer the text inside echostr (status 200)", report.Fault},
		"another path":      {http.NotFound, "(status 404)", report.Fault},
		"one that hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "does not answer properly", report.Fault},
		"one that repeats": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.URL.Query().Get("echostr"))
		}, "(status 200)", report.Fault},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, wecom.Rules{})
			server := httptest.NewUnstartedServer(test.answer)
			server.Config.ErrorLog = nil
			server.Start()
			defer server.Close()
			if f := finding(t, s.examineAt(server.URL), test.says); f.Level != test.level {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func TestDoctor_NothingListensHere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s := newStage(t, wecom.Rules{})
	if f := finding(t, s.examineAt("http://"+l.Addr().String()), "the bot is not running here"); f.Level != report.Warning {
		t.Errorf("got %+v", f)
	}
	if f := finding(t, s.examineAt(""), "no port of its own"); f.Level != report.Hint {
		t.Errorf("got %+v", f)
	}
}

// TestDoctor_OfTheFormerKey: while keys are changed, the bot that runs takes both.
func TestDoctor_OfTheFormerKey(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.AESKey, s.config.PreviousAESKey = sdk.NewSecret(strings.Repeat("A", 43)), sdk.NewSecret(testKey)
	s.start(echo)
	if f := finding(t, s.examine(), "passes the check of the URL"); f.Level != report.OK {
		t.Errorf("got %+v", f)
	}
}

func TestDoctor_ABotThatTakesItsTime(t *testing.T) {
	t.Parallel()
	s := newStage(t, wecom.Rules{})
	end := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-end:
		}
	}))
	defer server.Close()
	defer close(end)
	began := time.Now()
	if f := finding(t, s.examineAt(server.URL), "does not answer properly"); f.Level != report.Fault {
		t.Errorf("got %+v", f)
	}
	if took := time.Since(began); took > patience {
		t.Errorf("it took %s", took)
	}
}
