package mp

import (
	"bytes"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// How much of recordings is kept: a minute is 1.9 MB, and who wants one fetches it at once.
const (
	recordingsBytes = 32 << 20
	recordingsMost  = 1024
	recordingLife   = 10 * time.Minute
	// recordingPrefix begins their media ids; those of the platform have no slash.
	recordingPrefix = "recording/"
)

// errRecordingsFull says that there is no room for another recording now.
var errRecordingsFull = errors.New("too many recordings of the last ten minutes are kept")

// recordings keeps, in memory and for a while, what was recorded outside of WeChat. It is safe for concurrent use.
type recordings struct {
	mu    sync.Mutex
	byID  map[string]recording
	bytes int
}

type recording struct {
	data []byte
	made time.Time
}

func newRecordings() *recordings { return &recordings{byID: map[string]recording{}} }

// add keeps a recording, which nobody may change any more, and returns its media id. A new one never drives out those that are
// kept: errRecordingsFull.
func (r *recordings) add(data []byte) (id string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.forget(now)
	if len(r.byID) >= recordingsMost || r.bytes+len(data) > recordingsBytes {
		return "", errRecordingsFull
	}
	id = recordingPrefix + rand.Text()
	r.byID[id] = recording{data, now}
	r.bytes += len(data)
	return id, nil
}

// open returns a recording by its media id; nil if it is none, or no more kept.
func (r *recordings) open(id string) *core.Blob {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(time.Now())
	one, ok := r.byID[id]
	if !ok {
		return nil
	}
	return &core.Blob{ReadCloser: nopCloser{bytes.NewReader(one.data)}, Name: "recording.wav", Type: "audio/wav", Size: int64(len(one.data))}
}

// nopCloser is a reader in memory. Unlike io.NopCloser it can seek.
type nopCloser struct{ *bytes.Reader }

func (nopCloser) Close() error { return nil }

// remove drops a recording that nobody will ask for.
func (r *recordings) remove(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes -= len(r.byID[id].data)
	delete(r.byID, id)
}

// forget drops what is too old. The caller holds mu.
func (r *recordings) forget(now time.Time) {
	for id, one := range r.byID {
		if now.Sub(one.made) > recordingLife {
			r.bytes -= len(one.data)
			delete(r.byID, id)
		}
	}
}
