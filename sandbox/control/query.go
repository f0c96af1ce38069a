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

// about tells whether something of these ids is asked for.
func (f filter) about(account, person, message string) bool {
	is := func(wanted, got string) bool { return wanted == "" || wanted == got }
	return is(f.account, account) && is(f.person, person) && is(f.message, message)
}

func (f filter) entry(e transcript.Entry) bool {
	return f.about(e.Account, e.Person, e.Message) && (f.kind == "" || f.kind == string(e.Kind))
}

// those returns what fits, under a name; an empty list is one too.
func those[T any](name string, all []T, fits func(T) bool) (any, error) {
	found := []T{}
	for _, one := range all {
		if fits(one) {
			found = append(found, one)
		}
	}
	return map[string]any{name: found}, nil
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
	entries, _ := s.world.Transcript.After(f.after)
	return those("entries", entries, f.entry)
}

func (s *Server) exchanges(r *http.Request) (any, error) {
	f, err := s.filter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	exchanges, _ := s.world.Traffic.After(f.after)
	return those("exchanges", exchanges, func(e traffic.Exchange) bool { return f.about(e.Account, e.Person, e.Message) })
}

func (s *Server) turns(r *http.Request) (any, error) {
	f, err := s.filter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	turns, _ := s.world.Turns.After(f.after)
	return those("turns", turns, func(t traffic.Turn) bool { return f.about(t.Account, t.Person, t.Message) })
}
