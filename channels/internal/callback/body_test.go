package callback_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/chuanhuabot/bot/channels/internal/callback"
	"github.com/chuanhuabot/bot/channels/internal/wx"
)

func TestReadBody(t *testing.T) {
	for name, test := range map[string]struct {
		body io.Reader
		want int
		err  error
	}{
		"empty":     {strings.NewReader(""), 0, nil},
		"usual":     {strings.NewReader("<xml></xml>"), 11, nil},
		"of 1 MiB":  {strings.NewReader(strings.Repeat("x", wx.MaxBody)), wx.MaxBody, nil},
		"over that": {strings.NewReader(strings.Repeat("x", wx.MaxBody+1)), 0, callback.ErrBody},
		"cut off":   {iotest.ErrReader(io.ErrUnexpectedEOF), 0, callback.ErrBody},
	} {
		got, err := callback.ReadBody(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", test.body))
		if len(got) != test.want || err != test.err { // Nothing of the request is in it.
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// writer is a response that cannot be sent ahead of its end.
type writer struct {
	http.ResponseWriter
	err error
}

func (w writer) Write(b []byte) (int, error) { return len(b), w.err }

func TestWriteBody(t *testing.T) {
	w := httptest.NewRecorder()
	if err := callback.WriteBody(w, []byte("猫")); err != nil || w.Body.String() != "猫" || w.Header().Get("Content-Length") != "3" || !w.Flushed {
		t.Errorf("%q with %v, %v", w.Body, w.Header(), err)
	}
	gone := errors.New("the other side hung up")
	for name, err := range map[string]error{"cannot be flushed": nil, "hung up": gone} {
		type bare struct{ http.ResponseWriter } // Without Flush.
		if got := callback.WriteBody(writer{bare{httptest.NewRecorder()}, err}, []byte("x")); got != err {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestHangUp(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { callback.HangUp(w) }))
	defer server.Close()
	if response, err := server.Client().Post(server.URL, "text/xml", strings.NewReader("x")); err == nil {
		response.Body.Close()
		t.Errorf("got %s for a message that nobody took", response.Status)
	}
	callback.HangUp(httptest.NewRecorder()) // It cannot, and returns.
}
