package control

import (
	"fmt"
	"net/http"
	"time"
)

// maxAdvance keeps times within what the platforms' formats can hold.
const maxAdvance = 366 * 24 * time.Hour

// advance puts the platforms' clock ahead.
func (s *Server) advance(r *http.Request) (any, error) {
	var in struct {
		Advance duration `json:"advance"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	d := time.Duration(in.Advance)
	if d <= 0 || s.world.Moved()+d > maxAdvance {
		return nil, fmt.Errorf("advance must be more than 0, and at most a year in all: the platforms' clock does not go back")
	}
	s.world.Advance(d)
	return map[string]any{"now": s.world.Clock.Now(), "moved": duration(s.world.Moved())}, nil
}
