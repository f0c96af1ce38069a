package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// position is how far a reader of the events has come in each of the three records of a run. It is the id of an event.
type position struct {
	run                   string
	entry, exchange, turn uint64
}

func (p position) String() string {
	return fmt.Sprintf("%d.%d.%d.%s", p.entry, p.exchange, p.turn, p.run)
}

// positionOf reads what String wrote in the same run. Anything else is the beginning.
func positionOf(text, run string) position {
	p := position{}
	if n, err := fmt.Sscanf(text, "%d.%d.%d.%s", &p.entry, &p.exchange, &p.turn, &p.run); n != 4 || err != nil || p.run != run {
		return position{run: run}
	}
	return p
}

// keepAlive is how often a stream shows that it lives, so that a reader notices when it does not.
const keepAlive = 15 * time.Second

// stream is one reader of the events.
type stream struct {
	server *Server
	w      http.ResponseWriter
	at     position
	err    error // The reader has hung up.
}

// events sends what is remembered and then what happens, as server-sent events, until the reader or the world goes.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	after := r.URL.Query().Get("after")
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		after = last
	}
	out := &stream{server: s, w: w, at: positionOf(after, s.world.Run)}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	_, out.err = fmt.Fprint(w, "retry: 1000\n\n")
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	changed := s.world.Changed()
	more := out.send()
	out.event("replayed", struct{}{})
	for out.err == nil {
		out.flush()
		select {
		case <-more[0]:
		case <-more[1]:
		case <-more[2]:
		case <-changed:
			changed = s.world.Changed() // Before anybody asks for the state: what changes from now on is told again.
			out.event("state", struct{}{})
		case <-alive.C:
			_, out.err = fmt.Fprint(w, ": alive\n\n")
		case <-r.Context().Done():
			return
		case <-s.world.Done():
			return
		}
		more = out.send()
	}
}

// send writes what the reader has not seen, in the order of the three records, and returns what tells of more.
func (s *stream) send() [3]<-chan struct{} {
	w := s.server.world
	entries, moreEntries := w.Transcript.After(s.at.entry)
	exchanges, moreExchanges := w.Traffic.After(s.at.exchange)
	turns, moreTurns := w.Turns.After(s.at.turn)
	for _, e := range entries {
		s.at.entry = e.Number
		s.event("entry", e)
	}
	for _, e := range exchanges {
		s.at.exchange = e.Number
		s.event("exchange", e)
	}
	for _, t := range turns {
		s.at.turn = t.Number
		s.event("turn", t)
	}
	return [3]<-chan struct{}{moreEntries, moreExchanges, moreTurns}
}

func (s *stream) event(name string, v any) {
	if s.err != nil {
		return
	}
	data, err := json.Marshal(v)
	if err == nil {
		_, err = fmt.Fprintf(s.w, "event: %s\nid: %s\ndata: %s\n\n", name, s.at, data)
	}
	s.err = err
}

func (s *stream) flush() {
	if s.err == nil {
		s.err = http.NewResponseController(s.w).Flush()
	}
}
