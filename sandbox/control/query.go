package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// filter is what a query asks for: the ids of account and person, and what a text of it must be; "" is any.
type filter struct {
	account, person, message, kind string
	after                          uint64
	wait                           time.Duration
}

// maxWait bounds how long a query may wait.
const maxWait = time.Minute

func (s *Server) filter(q url.Values) (filter, error) {
	f := filter{message: q.Get("message"), kind: q.Get("kind")}
	for key := range q {
		if !slices.Contains([]string{"account", "person", "message", "kind", "after", "wait"}, key) {
			return f, fmt.Errorf("there is no %q to ask by; see docs/sandbox-api.md", key)
		}
	}
	if name := q.Get("account"); name != "" {
		a, ok := s.world.Account(name)
		if !ok {
			return f, notFound("there is no account %q; GET /api/state lists them", name)
		}
		f.account = a.ID()
		if who := q.Get("person"); who != "" {
			f.person, _ = s.world.FindPerson(a, who) // Of somebody unknown there is nothing.
		}
	} else if q.Get("person") != "" {
		return f, errors.New("a person has another id on each account: give the account too")
	}
	return f, f.numbers(q)
}

func (f *filter) numbers(q url.Values) (err error) {
	if text := q.Get("after"); text != "" {
		if f.after, err = strconv.ParseUint(text, 10, 64); err != nil {
			return fmt.Errorf("after must be a number, not %q", text)
		}
	}
	if text := q.Get("wait"); text != "" {
		if f.wait, err = time.ParseDuration(text); err != nil || f.wait > maxWait {
			return fmt.Errorf("wait must be a duration of at most a minute, such as 5s, not %q", text)
		}
	}
	return nil
}

func is(wanted, got string) bool { return wanted == "" || wanted == got }

func (f filter) entry(e transcript.Entry) bool {
	return is(f.account, e.Account) && is(f.person, e.Person) && is(f.message, e.Message) && is(f.kind, string(e.Kind))
}

// transcript returns entries, and waits for one if it is asked to.
func (s *Server) transcript(r *http.Request) (any, error) {
	f, err := s.filter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	if f.wait > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), f.wait)
		defer cancel()
		_, _ = s.world.Transcript.Wait(ctx, f.after, f.entry) // Without one the list below is empty.
	}
	found := []transcript.Entry{}
	entries, _ := s.world.Transcript.After(f.after)
	for _, e := range entries {
		if f.entry(e) {
			found = append(found, e)
		}
	}
	return map[string]any{"entries": found}, nil
}

func (s *Server) exchanges(r *http.Request) (any, error) {
	f, err := s.filter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	found := []traffic.Exchange{}
	exchanges, _ := s.world.Traffic.After(f.after)
	for _, e := range exchanges {
		if is(f.account, e.Account) && is(f.person, e.Person) && is(f.message, e.Message) {
			found = append(found, e)
		}
	}
	return map[string]any{"exchanges": found}, nil
}

func (s *Server) turns(r *http.Request) (any, error) {
	f, err := s.filter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	found := []traffic.Turn{}
	turns, _ := s.world.Turns.After(f.after)
	for _, t := range turns {
		if is(f.account, t.Account) && is(f.person, t.Person) && is(f.message, t.Message) {
			found = append(found, t)
		}
	}
	return map[string]any{"turns": found}, nil
}
