package sandbox_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sandbox"
	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return s
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func TestStart_ServesEverythingAtOneAddress(t *testing.T) {
	s := start(t, sandbox.Options{})
	for address, want := range map[string]string{
		s.URL():                                     "<title>",
		s.URL() + "main.js":                         "import",
		s.URL() + "api/state":                       `"accounts":[]`,
		s.APIBase("mp") + "/cgi-bin/token":          `"errcode":40002`,
		s.APIBase("kf") + "/cgi-bin/gettoken":       `"errcode":`,
		s.APIBase("mp") + "/cgi-bin/getcallbackip":  `"errcode":41001`,
		s.APIBase("kf") + "/cgi-bin/kf/account/add": `"errcode":`,
	} {
		if status, body := get(t, address); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.200s", address, status, body)
		}
	}
	if status, _ := get(t, s.URL()+"nothing"); status != http.StatusNotFound {
		t.Errorf("nothing: %d", status)
	}
}

func TestStart_AddressThatIsTaken(t *testing.T) {
	s := start(t, sandbox.Options{})
	taken := strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/")
	if _, err := sandbox.Start(sandbox.Options{Listen: taken}); err == nil || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("got %v", err)
	}
	if every := start(t, sandbox.Options{Listen: ":0"}); !strings.HasPrefix(every.URL(), "http://127.0.0.1:") {
		t.Errorf("the address of all is %s", every.URL())
	}
}

// TestStart_RulesAndClock is how a test in a hurry uses one.
func TestStart_RulesAndClock(t *testing.T) {
	noon := clock.NewMoved(time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC))
	s := start(t, sandbox.Options{World: world.Options{Clock: noon, MP: mp.Rules{Tries: 1}}})
	arrived := make(chan struct{})
	bot := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer bot.Close()
	account, err := s.World().AddMP("wx", mp.Settings{URL: bot.URL})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan *mp.Outcome)
	go func() {
		out, err := account.Say(t.Context(), "o1", mp.Text("hello"))
		if err != nil {
			t.Error(err)
		}
		done <- out
	}()
	<-arrived
	noon.Advance(5 * time.Second)
	if out := <-done; !out.Fault || len(out.Tries) != 1 || !out.Tries[0].TimedOut {
		t.Errorf("%+v", out)
	}
	if _, body := get(t, s.URL()+"api/state"); !strings.Contains(body, `"now":"2026-10-01T12:00:05Z"`) {
		t.Error(body)
	}
}
