package python

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// TestHost holds a plugin in Python to the Host that this repository serves.
func TestHost(t *testing.T) {
	bot := &sdktest.Host{
		WAV16k:  map[string][]byte{"m1": []byte(strings.Repeat("RIFF", 50_000))},
		Windows: map[string]sdk.Window{"c1": {Left: 3}},
	}
	r := mustConnect(t)
	if err := r.Configure(within(t, 20*time.Second), []byte("{}"), mustServe(t, bot)); err != nil {
		t.Fatal(err)
	}
	if err := r.Open(within(t, time.Minute)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(within(t, 5*time.Second)) })
	voice := text("")
	voice.Content = sdk.Voice{Media: sdk.Media{ID: "m1"}}
	for _, c := range []struct {
		message *sdk.Message
		want    string
	}{
		{text("send later"), "SENT SENT SENT"},
		{text("values"), "conflict |gone |值 ['a', 'b'] True"},
		{text("window"), "3"},
		{voice, "image saved-1"},
	} {
		did := &said{}
		if err := r.Handle(within(t, 20*time.Second), c.message, did); err != nil || did.text() != c.want {
			t.Errorf("got %q, %v; want %q", did.text(), err, c.want)
		}
	}
	if sent := bot.Sent(); len(sent) != 1 || sent[0].Content != (sdk.Text{Text: "later"}) || sent[0].To.Recipient != "o1" {
		t.Errorf("sent %+v", sent)
	}
	if saved := bot.Saved(); len(saved) != 1 || len(saved[0].Data) != 200_000 || saved[0].Data[0] != 'F' || saved[0].Size != 200_000 {
		t.Error("the media did not arrive as it was saved")
	}
}

const token = "of this test"

// mustServe serves a Host on a socket.
func mustServe(t *testing.T, h sdk.Host) sdk.HostAccess {
	t.Helper()
	path := filepath.Join(folder(t), "host")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server, served := grpc.NewServer(), make(chan error, 1)
	sdk.RegisterHost(server, func(given string) sdk.Host {
		if given != token {
			return nil
		}
		return h
	})
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return sdk.HostAccess{Address: "unix:" + path, Token: token}
}

// mustConnect starts the plugin without the bot around it, and shakes hands.
func mustConnect(t *testing.T) *sdk.Remote {
	t.Helper()
	args := command(t, "everything")
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(environment(t), sdk.CookieKey+"="+sdk.CookieValue, "PLUGIN_UNIX_SOCKET_DIR="+folder(t))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // It ends with that, and says so with its exit code.
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	parts := strings.Split(line, "|")
	if err != nil || len(parts) < 5 {
		t.Fatalf("the handshake is %q: %v", line, err)
	}
	conn, err := grpc.NewClient("unix:"+parts[3], append(sdk.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return sdk.Connect(conn)
}

// folder returns one with a short path, as sockets need.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "py")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
