package kf

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/channeltest"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// suite plays the simulated platform for the suite: each of its tests has one, also where it has two channels.
type suite struct {
	mu     sync.Mutex
	stages map[*testing.T]*stage
	said   map[*stage]map[int]bool
}

func (s *suite) of(t *testing.T) *stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stages[t] == nil {
		s.stages[t] = newStage(t, wecom.Rules{SyncsWithoutToken: -1})
		s.said[s.stages[t]] = map[int]bool{}
	}
	return s.stages[t]
}

// once tells whether a message is said for the first time.
func (s *suite) once(on *stage, n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.said[on][n]
	s.said[on][n] = true
	return first
}

// say puts a message into the account's log, unless it is there, and rings the bell: whoever has lost their place reads it again.
func (s *suite) say(t *testing.T, c core.Channel, n int) {
	on := s.of(t)
	if s.once(on, n) {
		text := wecom.Text(fmt.Sprint("message ", n))
		if _, err := on.account.Push(t.Context(), wecom.Push{Customer: ann, Content: text, NoBell: true}); err != nil {
			t.Fatal(err)
		}
	}
	q, sealed := signed(t, bellOf(time.Now(), news1+"<OpenKfId>"+on.account.ID()+"</OpenKfId>"), time.Now())
	wantStatus(t, "the bell", post(c.(*Channel), q, outer(sealed)), http.StatusOK, "success")
}

func TestSuite(t *testing.T) {
	const previous = "ABCDEFGabcdefghijklmnopqrstuvwxyz0123456789"
	s := &suite{stages: map[*testing.T]*stage{}, said: map[*stage]map[int]bool{}}
	channeltest.Run(t, channeltest.Harness{
		Name: "work",
		New: func(t *testing.T, log *slog.Logger) core.Channel {
			config := s.of(t).config
			config.PreviousAESKey = sdk.NewSecret(previous)
			c, err := New("work", config, memstore.New(), "this machine", log)
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Say:     s.say,
		Again:   true,
		Active:  true,
		Forge:   func(t *testing.T, c core.Channel) { forge(t, c.(*Channel)) },
		Secrets: []string{testToken, testKey, previous, "secret-hush"},
	})
}

// forge rings as somebody would who has no token: for an account that was not heard of, so that a reader of it would be seen.
func forge(t *testing.T, c *Channel) {
	plain := bellOf(time.Now(), news1+"<OpenKfId>wkforged</OpenKfId>")
	q, sealed := signed(t, plain, time.Now())
	for name, change := range map[string]func(q url.Values){
		"no signature":      func(q url.Values) { q.Del("msg_signature") },
		"a wrong signature": func(q url.Values) { q.Set("msg_signature", strings.Repeat("0", 40)) },
		"another time":      func(q url.Values) { q.Set("timestamp", fmt.Sprint(time.Now().Unix()+1)) },
	} {
		forged := url.Values{}
		for key := range q {
			forged.Set(key, q.Get(key))
		}
		change(forged)
		wantStatus(t, name, post(c, forged, outer(sealed)), http.StatusForbidden, "")
		wantStatus(t, name+", not encrypted", post(c, forged, plain), http.StatusForbidden, "")
	}
	c.accounts.mu.Lock()
	defer c.accounts.mu.Unlock()
	if c.accounts.readers["wkforged"] != nil {
		t.Error("a forged bell was heard")
	}
}
