package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/chuanhuabot/bot/sdk"
)

// errNoSocket is the error of a Spec.Attach at which nobody is yet.
var errNoSocket = errors.New("nobody takes connections there: start the plugin with " + sdk.CookieKey + "=" + sdk.CookieValue +
	" and PLUGIN_UNIX_SOCKET_DIR=FOLDER in its environment, and attach to FOLDER")

// attach connects to a process that somebody else has started, and makes it ready for turns.
func attach(ctx context.Context, h *Host, s Spec, log *slog.Logger) (*instance, error) {
	began := time.Now()
	socket, err := socketAt(s.Attach)
	if err != nil {
		return nil, fmt.Errorf("attach to %s: %w", s.Attach, err)
	}
	i := newInstance("", h, s, log)
	ctx, cancel := context.WithTimeoutCause(ctx, s.startTimeout(), fmt.Errorf("not ready within %s", s.startTimeout()))
	defer cancel()
	i.attached, err = grpc.NewClient("unix:"+socket, append(sdk.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err == nil {
		err = i.introduce(ctx, i.attached, s)
	}
	if err != nil {
		cancel()
		i.close(ctx)
		return nil, fmt.Errorf("attach to %s: %w", socket, err)
	}
	i.took = time.Since(began).Round(time.Millisecond)
	return i, nil
}

// socketAt finds the unix socket that Spec.Attach means.
func socketAt(where string) (string, error) {
	if fields := strings.Split(where, "|"); len(fields) >= 4 && fields[2] == "unix" { // As in 1|1|unix|/path|grpc|
		where = fields[3]
	}
	info, err := os.Stat(where)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w (%w)", errNoSocket, err)
	case info.Mode().Type() == os.ModeSocket:
		return filepath.Abs(where)
	case !info.IsDir():
		return "", fmt.Errorf("it is neither a unix socket nor a folder: %w", errNoSocket)
	}
	return newestSocket(where)
}

// newestSocket returns the socket in a folder, or in one of its folders, that was made last: each start of a plugin makes one.
func newestSocket(dir string) (string, error) {
	var newest string
	var at time.Time
	for _, pattern := range []string{"*", filepath.Join("*", "*")} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern)) // The pattern is right, unless the folder's name has one in it.
		for _, path := range found {
			info, err := os.Stat(path)
			if err == nil && info.Mode().Type() == os.ModeSocket && info.ModTime().After(at) {
				newest, at = path, info.ModTime()
			}
		}
	}
	if newest == "" {
		return "", errNoSocket
	}
	return filepath.Abs(newest)
}
