package sdk

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// child is the test binary as a plugin, as a bot would start it.
type child struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr bytes.Buffer
}

func mustStart(t *testing.T, env ...string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append([]string{childKey + "=1", "TMPDIR=" + t.TempDir()}, env...)
	c.cmd.Stderr = &c.stderr
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	c.stdout = bufio.NewReader(stdout)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	return c
}

// exitCode waits for the end of the process.
func (c *child) exitCode(t *testing.T) int {
	t.Helper()
	kill := time.AfterFunc(20*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer kill.Stop()
	_, _ = io.Copy(io.Discard, c.stdout)
	_ = c.cmd.Wait() // The exit code says it all.
	return c.cmd.ProcessState.ExitCode()
}

func TestServe_StartedByHand(t *testing.T) {
	for name, env := range map[string][]string{"no cookie": nil, "a wrong one": {CookieKey + "=x"}} {
		c := mustStart(t, env...)
		if code := c.exitCode(t); code != 1 {
			t.Errorf("%s: exit code %d, want 1", name, code)
		}
		for _, want := range []string{"reply plugin", "bot.yaml", "command:"} {
			if !strings.Contains(c.stderr.String(), want) {
				t.Errorf("%s: the advice lacks %q: %s", name, want, c.stderr.String())
			}
		}
	}
}

// TestServe_AProcess starts a plugin without go-plugin's client: the first line says where it listens, and gRPC does the
// rest. When its standard input ends, as it does when the bot dies, it ends too, although a turn runs.
func TestServe_AProcess(t *testing.T) {
	c := mustStart(t, CookieKey+"="+CookieValue, "PLUGIN_PROTOCOL_VERSIONS=1")
	line, err := c.stdout.ReadString('\n')
	parts := strings.Split(strings.TrimSpace(line), "|")
	if err != nil || len(parts) < 5 || parts[0] != "1" || parts[1] != "1" || parts[4] != "grpc" {
		t.Fatalf("the first line is %q, %v; stderr: %s", line, err, c.stderr.String())
	}
	options := append(DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	conn, err := grpc.NewClient(parts[2]+":"+parts[3], options...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	r := opened(t, conn)
	did := &said{}
	if err := r.Handle(within(t, 20*time.Second), hello("1"), did); err != nil {
		t.Fatal(err)
	}
	did.expect(t, Text{Text: "hello 1"})
	if err := c.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if code := c.exitCode(t); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	await(t, "the loss", r.Lost())
}
