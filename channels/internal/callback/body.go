// Package callback holds what webhooks of the platforms share on the HTTP side: reading a body, writing an answer, closing a connection
// without one, and telling of requests that were turned away.
package callback

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"

	"github.com/chuanhuabot/bot/channels/internal/wx"
)

// ErrBody is the error of ReadBody. It says no more than this: the rest would come from the request.
var ErrBody = errors.New("the body cannot be read or is longer than 1 MiB")

// ReadBody returns the body of a request, of at most wx.MaxBody bytes. It blocks until the body is there. The error is ErrBody.
func ReadBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(r.ContentLength, 0), 8<<10)) + bytes.MinRead) // a promise of 1 MiB is not yet 1 MiB
	if _, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, wx.MaxBody)); err != nil {
		return nil, ErrBody
	}
	return b.Bytes(), nil
}

// WriteBody writes the whole body, with its length, and has it on its way when it returns, where that is possible. An error says that
// the other side hung up.
func WriteBody(w http.ResponseWriter, body []byte) error {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	if err == nil {
		err = http.NewResponseController(w).Flush()
	}
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// HangUp closes the connection without a response, where that is possible: returning from a handler would answer with an
// empty 200, and with that the platform forgets a message that nobody took.
func HangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}
