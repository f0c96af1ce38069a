package host

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/logtest"
)

func TestLines_OfALoggerKeepLevelAndAttributes(t *testing.T) {
	for line, want := range map[string]string{
		`{"level":"WARN","msg":"slow","took":"3s","tries":3,"rate":0.5,"cached":true}`: `level=WARN msg=slow took=3s tries=3 rate=0.5 cached=true stream=stderr`,
		`{"time":"2026-01-02T03:04:05Z","level":"DEBUG","msg":"x"}`:                    `level=DEBUG msg=x stream=stderr`,
		`{"msg":"x","level":"warning"}`:                                                `level=WARN msg=x stream=stderr`,
		`{"level":"ERROR+2","msg":""}`:                                                 `level=ERROR+2 msg="" stream=stderr`,
		`{"level":"critical","msg":"a\nb"}`:                                            `level=ERROR msg="a\nb" stream=stderr`,
		`{"level":"info","msg":"x","who":{"a": [1]},"none":null}`:                      `level=INFO msg=x who="{\"a\": [1]}" none=null stream=stderr`,
		`{"level":"info","msg":"x","plugin":"other","stream":"y","":1}`:                `level=INFO msg=x plugin_=other stream_=y _=1 stream=stderr`,
		`{"level":"info","msg":"x","n":123456789012345678901234567890}`:                `level=INFO msg=x n=1.2345678901234568e+29 stream=stderr`,
		`{"level":"info","msg":"x","n":1e999}`:                                         `level=INFO msg=x n=1e999 stream=stderr`,
	} {
		l, log := newTestLines()
		if _, err := l.Write([]byte(line + "\r\n")); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(log.String()); !strings.HasSuffix(got, want) || strings.Count(got, "time=") != 1 {
			t.Errorf("%s\ngot  %s\nwant %s", line, got, want)
		}
	}
}

// TestLines_AsTheDocumentShows holds docs/plugin-log.md to what happens.
func TestLines_AsTheDocumentShows(t *testing.T) {
	text, err := os.ReadFile("../../docs/plugin-log.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```")
	l, log := newTestLines()
	l.log = l.log.With("plugin", "weather")
	if _, err := l.Write([]byte(strings.TrimPrefix(blocks[1], "json\n"))); err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimPrefix(blocks[3], "text\n"); !strings.HasSuffix(log.String(), want) {
		t.Errorf("got %s, want %s", log.String(), want)
	}
}

// TestLines_JunkIsInfo holds that a line which is not quite a logger's costs nothing and loses nothing. The second one panics
// go-plugin's own reader.
func TestLines_JunkIsInfo(t *testing.T) {
	for _, line := range []string{
		`hello`, `{"@level":"info","@message":1}`, `{}`, `{`, `}`, `{"level":"info"}`, `{"msg":"x"}`, `{"level":1,"msg":"x"}`, `{"level":"info","msg":1}`,
		`{"level":"info","msg":null}`, `{"level":null,"msg":"x"}`, `{"level":"loud","msg":"x"}`, `{"level":"info","msg":"x"} {}`, `{"level":"info","msg":"x"}}`,
		`{"level":"info","msg":"x"`, `{"level":"info","msg":"x",}`, `{"level":"info",1:2,"msg":"x"}`, `[{"level":"info","msg":"x"}]`, `"level"`,
		`{"level":"info","msg":"x","a":}`, `{"level":"INFO+9999999999999999999","msg":"x"}`, strings.Repeat(`{"a":`, 5000) + strings.Repeat(`}`, 5000),
	} {
		l, log := newTestLines()
		if _, err := l.Write([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
		if got := log.String(); !strings.Contains(got, "level=INFO msg=") || strings.Count(got, "\n") != 1 {
			t.Errorf("%.80s: got %.200s", line, got)
		}
		if got := l.tail.lines(); len(got) != 1 || !strings.HasPrefix(got[0], line[:min(len(line), tailWidth)]) {
			t.Errorf("%.80s: the last words are %.100q", line, got)
		}
	}
}

func TestLines_LoggersLastWordsCanBeRead(t *testing.T) {
	l, _ := newTestLines()
	if _, err := l.Write([]byte(`{"level":"ERROR","msg":"no database","path":"a.db"}` + "\n")); err != nil {
		t.Fatal(err)
	}
	if got := l.tail.lines(); len(got) != 1 || got[0] != "ERROR no database path=a.db" {
		t.Errorf("got %q", got)
	}
}

func TestLines_LoggersAreBounded(t *testing.T) {
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, `,"k%d":%d`, i, i)
	}
	line, ok := parseLogLine(`{"level":"info","msg":"x"` + many.String() + `}`)
	if !ok || len(line.attrs) != maxAttrs+1 || line.attrs[maxAttrs].(slog.Attr).Key != "more_attrs_left_out" {
		t.Errorf("%v, %d attributes", ok, len(line.attrs))
	}
	line, ok = parseLogLine(`{"level":"info","msg":"x","` + strings.Repeat("长", 500) + `":1}`)
	if key := line.attrs[0].(slog.Attr).Key; !ok || len(key) > maxKey+len("…") || strings.ContainsRune(key, '\uFFFD') {
		t.Errorf("%v, a key of %d bytes", ok, len(key))
	}
	l, log := newTestLines()
	if _, err := l.Write([]byte(`{"level":"ERROR","msg":"` + strings.Repeat("x", maxLine) + "\"}\n")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "level=INFO") || !strings.Contains(log.String(), "dropped_bytes=") {
		t.Errorf("a line that was cut: %.100s", log.String())
	}
}

func FuzzLines(f *testing.F) {
	for _, seed := range []string{"x", `{"level":"info","msg":"x","a":1}`, `{"@level":"info","@message":1}`, `{"level":"INFO+9","msg":"\ud800"}`, "{\"\xff\":1}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		log := &logtest.Buffer{}
		l := newLines(log.Logger(), "stderr", &tail{})
		if n, err := l.Write(append(data, '\n')); n != len(data)+1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		l.end()
		if strings.Count(log.String(), "\n") > strings.Count(string(data), "\n")+1 {
			t.Errorf("%d lines became %q", strings.Count(string(data), "\n")+1, log.String())
		}
	})
}
