package mp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
)

var errTimeout = errors.New("no answer in time: the platform hung up")

// patiently runs do for as long as the platform waits for an answer. It returns errTimeout if do fails because that is over.
func (p *Platform) patiently(ctx context.Context, do func(context.Context) error) error {
	patience := p.clock.Timer(p.rules.TryTimeout)
	defer patience.Stop()
	ctx, hangUp := context.WithCancelCause(ctx)
	defer hangUp(nil)
	ended := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-patience.C:
			hangUp(errTimeout)
		case <-ended:
		}
	})
	err := do(ctx)
	close(ended)
	watch.Wait()
	if err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		return errTimeout
	}
	return err
}

// roundTrip sends a request to a bot and reads up to 1 MiB of the answer. It does not follow redirects: they are answers
// like any other that is not a 200.
func (p *Platform) roundTrip(r *http.Request) (*http.Response, []byte, error) {
	response, err := p.transport.RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return response, body, err
}
