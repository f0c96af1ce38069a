package mp

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

func TestConnectionIsClosedRatherThanAnsweredWithNothing(t *testing.T) {
	c := newChannel(t, config(ModePlain), &safeBuffer{}) // never runs
	serverCtx, stop := context.WithCancel(context.Background())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.AfterFunc(time.Millisecond, stop)
		c.ServeHTTP(w, r.WithContext(serverCtx)) // ends before the platform hangs up
	}))
	defer server.Close()
	response, err := server.Client().Post(server.URL+"/wx?"+plainQuery(time.Now()).Encode(), "text/xml", strings.NewReader(textBody(1, "x")))
	if err == nil {
		response.Body.Close()
		t.Errorf("got %s for a message that nobody took", response.Status)
	}
}

func TestRetryOverARealConnectionCarriesTheAnswer(t *testing.T) {
	c := newChannel(t, config(ModePlain), &safeBuffer{})
	received, release := make(chan struct{}), make(chan struct{})
	in := newInbox(func(m *sdk.Message) {
		close(received)
		<-release
		_ = c.Send(context.Background(), reply(m, sdk.Text{Text: "at last"}))
	})
	defer started(t, c, in)()
	server := httptest.NewServer(c)
	defer server.Close()

	first, hangUp := context.WithCancel(t.Context())
	go func() { <-received; hangUp() }()
	if response, err := post(first, server); err == nil {
		response.Body.Close()
		t.Fatalf("got %s before there was an answer", response.Status)
	}
	for waiting(c) > 0 { // the server sees the hang-up a little later
		time.Sleep(time.Millisecond)
	}
	close(release)
	response, err := post(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(body), "at last") || response.StatusCode != http.StatusOK {
		t.Errorf("got %s %q, %v", response.Status, body, err)
	}
}

// post makes one request of the platform for the same message.
func post(ctx context.Context, server *httptest.Server) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/wx?"+plainQuery(time.Now()).Encode(),
		strings.NewReader(textBody(1, "think")))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "text/xml")
	return server.Client().Do(r)
}

// waiting returns how many requests wait.
func waiting(c *Channel) (n int) {
	c.slots.mu.Lock()
	defer c.slots.mu.Unlock()
	for _, one := range c.slots.byID {
		n += one.requests
	}
	return n
}

// TestResponsesHaveTheirLength holds that neither replies nor `success` nor the verification come in chunks.
func TestResponsesHaveTheirLength(t *testing.T) {
	c, _, _ := answering(t, config(ModePlain), sdk.Text{Text: "hi"})
	server := httptest.NewServer(c)
	defer server.Close()
	q := plainQuery(time.Now())
	q.Set("echostr", "4375120948345356249")
	for name, do := range map[string]func() (*http.Response, error){
		"reply": func() (*http.Response, error) { return post(t.Context(), server) },
		"success": func() (*http.Response, error) {
			return http.Post(server.URL+"/wx?"+plainQuery(time.Now()).Encode(), "text/xml", strings.NewReader(""))
		},
		"verification": func() (*http.Response, error) { return http.Get(server.URL + "/wx?" + q.Encode()) },
	} {
		response, err := do()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.ContentLength != int64(len(body)) || len(response.TransferEncoding) > 0 || len(body) == 0 {
			t.Errorf("%s: length %d, encoding %v, body %q, %v", name, response.ContentLength, response.TransferEncoding, body, err)
		}
	}
}
