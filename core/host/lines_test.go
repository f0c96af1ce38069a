package host

import (
	"io"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/logtest"
)

func newTestLines() (*lines, *logtest.Buffer) {
	log := &logtest.Buffer{}
	return newLines(log.Logger(), "stderr", &tail{}), log
}

func TestLines_AnyPartOfAnyLine(t *testing.T) {
	l, log := newTestLines()
	for _, part := range []string{"on", "e\ntw", "o\r\n\nthree"} {
		if n, err := l.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("write: %d, %v", n, err)
		}
	}
	l.end()
	got := l.tail.lines()
	if strings.Join(got, ",") != "one,two,three" || strings.Count(log.String(), "\n") != 3 {
		t.Errorf("lines %q, log %s", got, log)
	}
}

func TestLines_LongLineIsCutAndSaysSo(t *testing.T) {
	l, log := newTestLines()
	for range 3 {
		if _, err := l.Write([]byte(strings.Repeat("x", maxLine))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Write([]byte("\nnext\n")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "dropped_bytes=131072") || !strings.Contains(log.String(), "msg=next stream=stderr\n") {
		t.Error("the cut line or the one behind it is wrong")
	}
	if cap(l.partial) > 2*maxLine {
		t.Errorf("%d bytes are held", cap(l.partial))
	}
}

func TestLines_BytesThatAreNotTextStayHarmless(t *testing.T) {
	l, log := newTestLines()
	if _, err := l.Write([]byte("a\xff\xfeb\n")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "a\uFFFDb") {
		t.Errorf("log %s", log)
	}
}

func TestTail_KeepsTheLastLinesAndCutsThem(t *testing.T) {
	tl := &tail{}
	for i := range 2 * tailLines {
		tl.add(strings.Repeat(string(rune('a'+i)), 2*tailWidth))
	}
	got := tl.lines()
	if len(got) != tailLines || got[0][0] != 'a'+tailLines || len(got[0]) > tailWidth+len("…") {
		t.Errorf("%d lines, the first %q", len(got), got[0])
	}
}

func TestFirstLine(t *testing.T) {
	for name, c := range map[string]struct {
		parts       []string
		first, rest string
	}{
		"handshake":                   {[]string{"1|1|unix|/tmp/x|grpc|\n"}, "1|1|unix|/tmp/x|grpc|\n", ""},
		"handshake and more at once":  {[]string{"1|1|unix|/tmp/x|grpc|\nhello\n"}, "1|1|unix|/tmp/x|grpc|\n", "hello"},
		"something else is shown too": {[]string{"Loading …\n1|1|unix|/tmp/x|grpc|\n"}, "Loading …\n", "Loading …,1|1|unix|/tmp/x|grpc|"},
		"in parts":                    {[]string{"Load", "ing\nx\n"}, "Loading\n", "Loading,x"},
		"a line without an end":       {[]string{strings.Repeat("x", maxHandshake+1), "y\n"}, strings.Repeat("x", maxHandshake+1) + "\n", "*"},
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := newTestLines()
			r, w := io.Pipe()
			got := make(chan string)
			go func() {
				first, _ := io.ReadAll(r)
				got <- string(first)
			}()
			f := &firstLine{to: w, rest: l}
			for _, p := range c.parts {
				if n, err := f.Write([]byte(p)); n != len(p) || err != nil {
					t.Fatalf("write: %d, %v", n, err)
				}
			}
			l.end()
			if first := <-got; first != c.first {
				t.Errorf("first line %.40q, want %.40q", first, c.first)
			}
			if rest := strings.Join(l.tail.lines(), ","); c.rest != "*" && rest != c.rest {
				t.Errorf("rest %.80q, want %q", rest, c.rest)
			}
		})
	}
}
