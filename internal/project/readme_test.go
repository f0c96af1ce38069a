package project

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestReadme_Lines does what the README tells a newcomer to do, line by line, and compares what comes back with what the
// README says. The bot listens at another port, so that the test may run beside one.
func TestReadme_Lines(t *testing.T) {
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("the README's lines need %s; ./scripts/test installs what is missing", tool)
		}
	}
	n := &newcomer{program: mustBuild(t), folder: t.TempDir(), address: freeAddress(t), page: freeAddress(t)}
	n.save(t, "bot.yaml", strings.Replace(mustReadFile(t, "bot.yaml"), `":8080"`, `"`+n.address+`"`, 1))
	blocks := snippets(english, readme(t, english))
	first, _, _ := strings.Cut(blocks[0].text, "\n")
	n.start(t, first)
	for _, s := range blocks[1:] {
		n.follow(t, s)
	}
	if n.ran < 5 {
		t.Errorf("only %d lines were run", n.ran)
	}
}

// newcomer is somebody who follows the README in a folder of their own.
type newcomer struct {
	program, folder, address, page string
	output                         string // Of the last line, until it was compared.
	ran                            int
}

func (n *newcomer) follow(t *testing.T, s snippet) {
	t.Helper()
	switch s.lang {
	case "sh":
		n.output = n.run(t, s)
	case "text", "json":
		if got, want := settled(n.output), settled(s.text); got != want {
			t.Errorf("%s:%d: got\n%s\nwant\n%s", s.file, s.line, got, want)
		}
	case "yaml":
		if program := ownProgram.FindStringSubmatch(s.text); program != nil {
			n.save(t, program[1]+".yaml", s.text)
		}
	}
}

// ownProgram is a plugin that the newcomer has built.
var ownProgram = regexp.MustCompile(`command: \[\./(\w+)\]`)

// run runs a block in a shell, with the program in place of `go run .`.
func (n *newcomer) run(t *testing.T, s snippet) string {
	t.Helper()
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.NewReplacer("go run . ", n.program+" ", "127.0.0.1:8081", n.page,
		"go build -o ", "go build -C "+here+" -buildvcs=false -o "+n.folder+"/").Replace(s.text)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
	cmd.Dir = n.folder
	cmd.Env = append(os.Environ(), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s:%d: %v\n%s", s.file, s.line, err, stderr.String())
	}
	n.ran++
	return string(out)
}

// start starts the bot as the README does, and ends it with the test.
func (n *newcomer) start(t *testing.T, line string) {
	t.Helper()
	args, ok := strings.CutPrefix(line, "go run . ")
	if !ok {
		t.Fatalf("the README does not begin with the bot but with %q", line)
	}
	cmd := exec.Command(n.program, append(strings.Fields(args), "--listen", n.page)...)
	cmd.Dir = n.folder
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Errorf("the bot ended with %v and wrote\n%s", err, log.String())
		}
	})
	for range 1000 {
		if resp, err := http.Get("http://" + n.page + "/api/state"); err == nil {
			_ = resp.Body.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the bot did not begin to listen")
}

func (n *newcomer) save(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(n.folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

var messageID = regexp.MustCompile(`"message":"\d+"`)

// settled is what stays the same from run to run.
func settled(output string) string {
	return strings.TrimSpace(messageID.ReplaceAllString(output, `"message":"…"`))
}

// checkCommand holds that the program has a command: asked for help, it names it and not the one above.
func checkCommand(t *testing.T, program, command string) {
	t.Helper()
	words := strings.Fields(command)[1:]
	for len(words) > 0 && words[len(words)-1] == strings.ToUpper(words[len(words)-1]) {
		words = words[:len(words)-1] // NAME
	}
	out, err := exec.Command(program, append(words, "--help")...).CombinedOutput()
	usage := strings.Join(append([]string{"  bot"}, words...), " ")
	if err != nil || !strings.Contains(string(out), usage) {
		t.Errorf("there is no `%s`: %v\n%s", command, err, out)
	}
}

// mustBuild builds the bot as people do.
func mustBuild(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "bot")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return program
}

func mustReadFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}
