package wx

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Probe is what a host said without being asked for anything.
type Probe struct {
	Took  time.Duration // Until the answer was there.
	Date  time.Time     // The host's time, to the second; zero if it did not say.
	Ahead time.Duration // By how much this machine's clock is ahead of the host's; 0 if that is not known.
}

// Probe calls path without a token, by the way that all calls take, to see whether there is an answer, whatever it is. Ahead is
// right to a second and half of Took. The error is what the network said,
// or names a status that only a proxy or a broken server answers with.
func (a *API) Probe(ctx context.Context, path string) (Probe, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+path, nil)
	if err != nil {
		return Probe{}, bare(err)
	}
	began := time.Now()
	response, err := a.client.Do(r)
	if err != nil {
		return Probe{}, bare(err)
	}
	defer response.Body.Close()
	p := Probe{Took: time.Since(began)}
	if response.StatusCode == http.StatusProxyAuthRequired || response.StatusCode >= 500 { // A proxy may answer in the host's place.
		return p, fmt.Errorf("status %d %s", response.StatusCode, http.StatusText(response.StatusCode))
	}
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		return p, nil
	}
	// The header leaves out the fraction of a second, which is half a one on average.
	p.Date, p.Ahead = date, began.Add(p.Took/2).Sub(date.Add(time.Second/2))
	return p, nil
}
