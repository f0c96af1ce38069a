// Package nosdk holds the test of the plugin beside it, which speaks the protocol without an SDK.
package nosdk

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// replies is a Responder that takes texts and passes.
type replies struct {
	sdk.Responder
	texts  []string
	passed bool
}

func (r *replies) Reply(c sdk.Content) error {
	r.texts = append(r.texts, c.(sdk.Text).Text)
	return nil
}

func (r *replies) Pass() error {
	r.passed = true
	return nil
}

func TestPlugin_AnswersTheRealBot(t *testing.T) {
	p, _ := start(t, `{"greeting": "早上好!"}`, &sdktest.Host{})
	if about := p.Describe(); about.Name != "no-sdk" || about.Version != "1.0.0" {
		t.Errorf("it is %+v", about)
	}
	for _, c := range []struct{ say, want string }{{"世界", "早上好! 世界"}, {"/note 买米", "ok"}, {"/note", "买米"}} {
		if got := say(t, p, sdk.Text{Text: c.say}); len(got.texts) != 1 || got.texts[0] != c.want {
			t.Errorf("%s: %q", c.say, got.texts)
		}
	}
	if got := say(t, p, sdk.Image{}); !got.passed || got.texts != nil {
		t.Errorf("a picture: %+v", got)
	}
}

func TestPlugin_NotGranted(t *testing.T) {
	p, _ := start(t, "", &sdktest.Host{Fail: func(string) error { return sdk.ErrNotGranted }})
	err := p.Handle(t.Context(), message(sdk.Text{Text: "/note"}), &replies{})
	if err == nil || !strings.Contains(err.Error(), "PERMISSION_DENIED") {
		t.Errorf("got %v", err)
	}
	if got := say(t, p, sdk.Text{Text: "still"}); len(got.texts) != 1 {
		t.Errorf("it cost more than its turn: %q", got.texts)
	}
}

func TestPlugin_SaysWhatIsWrongWithItsConfiguration(t *testing.T) {
	h := newHost(t, &logtest.Buffer{})
	p := h.Start(spec(t, `{"greeting": 1, "colour": "red"}`, nil))
	err := p.Started(bounded(t))
	var problems sdk.Problems
	if !errors.As(err, &problems) || len(problems) != 2 {
		t.Errorf("got %v", err)
	}
}

// TestPlugin_EndsWhenItIsAsked holds that the controller is heard: go-plugin gives it two seconds and then kills.
func TestPlugin_EndsWhenItIsAsked(t *testing.T) {
	p, log := start(t, "", nil)
	began := time.Now()
	p.Stop(bounded(t))
	if took := time.Since(began); took > 1900*time.Millisecond {
		t.Errorf("it took %s:\n%s", took, log)
	}
}

func TestPlugin_StartedByHand(t *testing.T) {
	out, err := exec.Command(python(t), "plugin.py").CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("name it in bot.yaml")) {
		t.Errorf("%v: %s", err, out)
	}
}

// TestPlugin_CodeIsOfTheContract holds the generated code to the one of sdk/python, which `make generated` holds to proto/.
func TestPlugin_CodeIsOfTheContract(t *testing.T) {
	got, err := os.ReadFile("bot/v1/plugin_pb2.py")
	want, other := os.ReadFile("../../sdk/python/chuanhuabot/_pb/bot/v1/plugin_pb2.py")
	if err != nil || other != nil || !bytes.Equal(got, want) {
		t.Errorf("run make generate: %v, %v", err, other)
	}
}

func start(t *testing.T, config string, to sdk.Host) (*host.Plugin, *logtest.Buffer) {
	t.Helper()
	log := &logtest.Buffer{}
	p := newHost(t, log).Start(spec(t, config, to))
	if err := p.Started(bounded(t)); err != nil {
		t.Fatal(err)
	}
	return p, log
}

func spec(t *testing.T, config string, to sdk.Host) host.Spec {
	t.Helper()
	return host.Spec{Name: "hello", Command: []string{python(t), "plugin.py"}, Config: []byte(config), Host: to}
}

func newHost(t *testing.T, log *logtest.Buffer) *host.Host {
	t.Helper()
	h, err := host.New(log.Logger())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		h.Close(ctx)
	})
	return h
}

func message(c sdk.Content) *sdk.Message { return &sdk.Message{ID: "1", Content: c} }

func say(t *testing.T, p *host.Plugin, c sdk.Content) *replies {
	t.Helper()
	r := &replies{}
	if err := p.Handle(bounded(t), message(c), r); err != nil {
		t.Fatal(err)
	}
	return r
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// python returns a Python that has grpcio and protobuf: $PYTHON, or the first that does.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("PYTHON"), "/usr/bin/python3", "python3"} {
		if name != "" && exec.Command(name, "-c", "import grpc, google.protobuf").Run() == nil {
			return name
		}
	}
	t.Fatal("no python3 with grpcio and protobuf; ./scripts/test installs it, or set $PYTHON")
	return ""
}
