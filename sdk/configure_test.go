package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"google.golang.org/grpc"
)

// full is a Handler that is everything a plugin can be.
type full struct {
	HandlerFunc
	got   string
	fails error
}

func (f *full) Describe() Description {
	return Description{Name: "full\xff", Version: "1.2.3", ConfigSchema: `{"type":"object"}`, Stateful: true}
}

func (f *full) Configure(_ context.Context, config json.RawMessage) error {
	f.got = string(config)
	return f.fails
}

func mustConnect(t *testing.T, h Handler) *Remote {
	t.Helper()
	return Connect(mustDial(t, func(s *grpc.Server) { Register(s, h) }))
}

func TestDescribe(t *testing.T) {
	got, err := mustConnect(t, &full{}).Describe(t.Context())
	want := Description{Name: "full\uFFFD", Version: "1.2.3", ConfigSchema: `{"type":"object"}`, Stateful: true}
	if err != nil || got != want {
		t.Errorf("got %#v, %v", got, err)
	}
}

func TestDescribe_Optional(t *testing.T) {
	if got, err := mustConnect(t, HandlerFunc(echoed)).Describe(t.Context()); err != nil || got != (Description{}) {
		t.Errorf("got %#v, %v", got, err)
	}
}

func TestConfigure_Optional(t *testing.T) {
	r := mustConnect(t, HandlerFunc(echoed))
	for config, want := range map[string]int{"": 0, "{}": 0, `{"prefix":"x"}`: 1} {
		if got := ProblemsOf(r.Configure(t.Context(), []byte(config), HostAccess{})); len(got) != want {
			t.Errorf("%q: %v, want %d problems", config, got, want)
		}
	}
}

func TestConfigure_ProblemsByField(t *testing.T) {
	two := Problems{{Field: "backend.url", Message: "must be a URL"}, {Field: "model\xff", Message: "is missing"}}
	clean := Problems{{Field: "backend.url", Message: "must be a URL"}, {Field: "model\uFFFD", Message: "is missing"}}
	for _, c := range []struct {
		name  string
		fails error
		want  Problems
	}{
		{"none", nil, nil},
		{"two", two, clean},
		{"wrapped", fmt.Errorf("config: %w", two), clean},
		{"another error", errors.New("no such model"), Problems{{Message: "no such model"}}},
	} {
		h := &full{fails: c.fails}
		err := mustConnect(t, h).Configure(t.Context(), []byte(`{"a":1}`), HostAccess{})
		if got := ProblemsOf(err); !reflect.DeepEqual(got, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: got %#v, want %#v", c.name, err, c.want)
		}
		if h.got != `{"a":1}` {
			t.Errorf("%s: the plugin got %s", c.name, h.got)
		}
	}
}

// TestConfigure_PluginGone holds that what is not the configuration's fault is not reported as such: it would keep the
// plugin from being started again.
func TestConfigure_PluginGone(t *testing.T) {
	conn := mustDial(t, registerEcho)
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	var problems Problems
	if err := Connect(conn).Configure(t.Context(), []byte("{}"), HostAccess{}); err == nil || errors.As(err, &problems) {
		t.Errorf("Configure: %v", err)
	}
	if _, err := Connect(conn).Describe(t.Context()); err == nil {
		t.Error("Describe: no error")
	}
}

func TestProblems(t *testing.T) {
	var p Problems
	if p.Err() != nil || ProblemsOf(nil) != nil {
		t.Error("no problems are an error")
	}
	p.Add("backend.url", "must be a URL")
	p.Add("", "too much of it")
	if got, want := p.Err().Error(), "backend.url: must be a URL; too much of it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
