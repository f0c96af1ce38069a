package voice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// service is an HTTP API. It follows no redirects: whoever redirects a call would get its credentials.
type service struct{ client *http.Client }

const (
	// maxAnswer is the most bytes of an answer that are read.
	maxAnswer = 1 << 20
	// maxTold is how much of an answer an error tells.
	maxTold = 300
	// tryTimeout bounds one call.
	tryTimeout = time.Minute
)

func newService() service {
	return service{&http.Client{
		Timeout:       tryTimeout,
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: maxAtOnce, IdleConnTimeout: tryTimeout, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ask sends r and returns the answer, whatever its status. Errors are failures, and never tell the address, which may have secrets in it.
func (s service) ask(ctx context.Context, r *http.Request) (status int, body []byte, err error) {
	response, err := s.client.Do(r.WithContext(ctx))
	if err != nil {
		var bare *url.Error
		if errors.As(err, &bare) {
			err = bare.Err
		}
		return 0, nil, failed(again, "ask %s: %w", r.URL.Host, err)
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return 0, nil, failed(again, "read the answer of %s: %w", r.URL.Host, err)
	case len(body) > maxAnswer:
		return 0, nil, failed(never, "the answer of %s has more than %d bytes", r.URL.Host, maxAnswer)
	}
	return response.StatusCode, body, nil
}

// refusal says what a status means that is no success.
func refusal(status int, body []byte) error {
	c := never
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusPaymentRequired,
		status == http.StatusMethodNotAllowed, status/100 == 3, status/100 == 1:
		c = settings
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status == http.StatusConflict, status/100 == 5:
		c = again
	}
	return failed(c, "the service answered %d %s: %s", status, http.StatusText(status), told(body))
}

// told is the beginning of an answer, fit for one line of a log.
func told(body []byte) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(body[:min(len(body), maxTold)]), "")), " ")
	if text == "" {
		return "(nothing)"
	}
	if len(body) > maxTold {
		text += "…"
	}
	return text
}

// unreadable is an answer that should be JSON.
func unreadable(body []byte, err error) error {
	return failed(never, "the answer is not what it should be: %w: %s", fmt.Errorf("%v", err), told(body))
}
