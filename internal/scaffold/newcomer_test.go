package scaffold_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPlugin_AnswersInTheSandbox does what a newcomer does, in every language: what the command prints, line by line, and a word on the
// page.
func TestPlugin_AnswersInTheSandbox(t *testing.T) {
	bot := filepath.Join(t.TempDir(), "bot")
	mustRun(t, source, nil, "go", "build", "-buildvcs=false", "-o", bot, ".")
	for _, language := range []string{"go", "python", "node"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			dir, env := t.TempDir(), append(os.Environ(), "PATH="+toolsOf(t, language)+string(os.PathListSeparator)+os.Getenv("PATH"),
				"NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1", "npm_config_prefer_offline=true")
			checkout, err := filepath.Abs(source)
			if err != nil {
				t.Fatal(err)
			}
			out := mustRun(t, dir, env, bot, "plugin", "new", "weather", "--lang", language, "--sdk", checkout)
			_, lines, _ := strings.Cut(out, "Next:\n")
			steps, found := strings.CutSuffix(strings.TrimSpace(lines), "bot sandbox")
			if !found {
				t.Fatalf("it ends with another line: %s", out)
			}
			mustRun(t, dir, env, "sh", "-e", "-c", steps)
			answers(t, bot, filepath.Join(dir, "weather"), env)
		})
	}
}

// answers runs the sandbox in a folder, and says something to it.
func answers(t *testing.T, bot, dir string, env []string) {
	t.Helper()
	path := filepath.Join(dir, "bot.yaml")
	text := strings.Replace(mustRead(t, path), "127.0.0.1:8080", "127.0.0.1:0", 1) // Somebody else may be there.
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	page := freeAddress(t)
	cmd := exec.Command(bot, "sandbox", "--listen", page)
	cmd.Dir, cmd.Env = dir, env
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Errorf("the bot ended with %v and wrote\n%s", err, log.String())
		}
	}()
	for says, want := range map[string]string{"在吗": "你好! 你说的是: 在吗", "/hello Ada": "你好, Ada!"} {
		if got := say(t, page, says); !strings.Contains(got, `"reply":"`+want+`"`) {
			t.Errorf("%s: got %s, want %s", says, got, want)
		}
	}
}

// say is what the page does. It waits for the bot to be there.
func say(t *testing.T, page, text string) string {
	t.Helper()
	for range 1000 {
		resp, err := http.Post("http://"+page+"/api/accounts/wx/say", "application/json", strings.NewReader(`{"person":"小明","text":"`+text+`"}`))
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		return string(answer)
	}
	t.Error("the sandbox did not begin to listen")
	return ""
}

// toolsOf returns a folder to be looked into first: its python3 is one that has what the SDK needs.
func toolsOf(t *testing.T, language string) string {
	t.Helper()
	dir := t.TempDir()
	if language != "python" {
		return dir
	}
	for _, name := range []string{os.Getenv("PYTHON"), "/usr/bin/python3", "python3"} {
		path, err := exec.LookPath(name)
		if err != nil || exec.Command(path, "-c", "import grpc, google.protobuf").Run() != nil {
			continue
		}
		if err := os.Symlink(path, filepath.Join(dir, "python3")); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	t.Fatal("no python3 with grpcio and protobuf; ./scripts/test installs it, or set $PYTHON")
	return ""
}

func mustRun(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd, err, out, stderr.String())
	}
	return string(out)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
