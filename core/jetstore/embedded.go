package jetstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/chuanhuabot/bot/sdk"
)

// embedded is a NATS server inside this process that only this process can reach.
type embedded struct {
	server *server.Server
	lock   *os.File
}

// startEmbedded takes the folder for this process and starts the server on it.
func startEmbedded(opts Options) (*embedded, error) {
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder cannot be made: %w", err)
	}
	lock, err := lockFile(filepath.Join(opts.Dir, "lock"))
	if errors.Is(err, errLocked) {
		return nil, errors.New("another process has this folder in use: stop that bot, or give this one a folder of its own")
	}
	if err != nil {
		return nil, fmt.Errorf("the folder cannot be written: %w", err)
	}
	log := &serverLog{log: opts.Log}
	e := &embedded{lock: lock}
	if e.server, err = server.NewServer(serverOptions(opts)); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	e.server.SetLoggerV2(log, false, false, false)
	e.server.Start()
	// Start has no result: what it has to say went into the log.
	if reason := log.fatal(); reason != "" || !e.server.JetStreamEnabled() {
		return nil, errors.Join(errors.New("the embedded NATS server did not start: "+reason), e.stop())
	}
	return e, nil
}

func serverOptions(opts Options) *server.Options {
	return &server.Options{
		ServerName: opts.Name,
		// Neither a port nor the process's signals: the bot has both.
		DontListen: true, NoSigs: true,
		JetStream: true, StoreDir: opts.Dir, SyncAlways: !opts.noSync,
		DisableJetStreamBanner: true,
		// What the wire lets through, the store takes.
		MaxPayload: sdk.MaxFrame / 2,
		// One client, which is in this process: it neither gets lost nor is it worth a history.
		MaxClosedClients: 1, DisableShortFirstPing: true,
	}
}

// stop stops the server, waits for its end and gives the folder free. A second stop does nothing.
func (e *embedded) stop() error {
	e.server.Shutdown()
	e.server.WaitForShutdown()
	if err := e.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}
