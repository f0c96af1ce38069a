package wx_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

// issuer is a platform that gives stable tokens: the same one until it is forced.
type issuer struct {
	mu              sync.Mutex
	number          int
	fetched, forced int
}

func (i *issuer) fetch(_ context.Context, _ *wx.API, force bool) (wx.Token, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fetched++
	if force {
		i.forced++
		i.number++
	}
	return wx.Token{Value: sdk.NewSecret(fmt.Sprint("token-", i.number)), Expires: 2 * time.Hour}, nil
}

// replica returns an API of a process that shares store, whose platform takes only the issuer's present token.
func (i *issuer) replica(t *testing.T, store wx.Values, secret string) *wx.API {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		if r.URL.Query().Get("access_token") != fmt.Sprint("token-", i.number) {
			fmt.Fprint(w, `{"errcode":40001}`)
			return
		}
		fmt.Fprint(w, `{"errcode":0}`)
	}))
	t.Cleanup(server.Close)
	a, err := wx.NewAPI(server.URL, "", i.fetch)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	shelf, err := wx.NewShelf(store, "k", sdk.NewSecret(secret))
	if err != nil {
		t.Fatal(err)
	}
	a.Share(shelf)
	return a
}

func (i *issuer) counts() (fetched, forced int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetched, i.forced
}

// TestShelf_ReplicasDoNotInvalidateEachOther is about two processes with one account: one token serves both, and a restart.
func TestShelf_ReplicasDoNotInvalidateEachOther(t *testing.T) {
	store, platform := memstore.New(), &issuer{}
	for range 3 {
		if err := platform.replica(t, store, "secret").Post(t.Context(), "/x", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if fetched, forced := platform.counts(); fetched != 1 || forced != 0 {
		t.Errorf("%d fetches, %d forced", fetched, forced)
	}
	data, _, err := store.Get(t.Context(), "k")
	if err != nil || bytes.Contains(data, []byte("token-0")) || bytes.Contains(data, []byte("secret")) {
		t.Errorf("the store has %s, %v", data, err)
	}
	if err := platform.replica(t, store, "another secret").Post(t.Context(), "/x", nil, nil); err != nil {
		t.Error(err)
	}
	if fetched, _ := platform.counts(); fetched != 2 {
		t.Errorf("another secret made %d fetches in all", fetched)
	}
}

// TestShelf_OneOfManyForces is about a token that ends early, for ten processes at once.
func TestShelf_OneOfManyForces(t *testing.T) {
	store, platform := memstore.New(), &issuer{}
	var replicas []*wx.API
	for range 10 {
		a := platform.replica(t, store, "secret")
		if err := a.Post(t.Context(), "/x", nil, nil); err != nil {
			t.Fatal(err)
		}
		replicas = append(replicas, a)
	}
	platform.mu.Lock()
	platform.number = 7 // As if somebody had forced a new one elsewhere.
	platform.mu.Unlock()
	var all sync.WaitGroup
	for _, a := range replicas {
		all.Go(func() {
			if err := a.Post(t.Context(), "/x", nil, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if _, forced := platform.counts(); forced != 0 {
		t.Errorf("forced %d times where asking was enough", forced)
	}
}

func TestShelf_ForcesOnlyOnceIn30Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		forced := 0
		replica := func() *wx.Tokens { // Of a platform that gives a token which it does not take.
			a, err := wx.NewAPI("http://127.0.0.1:1", "", func(_ context.Context, _ *wx.API, force bool) (wx.Token, error) {
				if force {
					forced++
				}
				return wx.Token{Value: sdk.NewSecret("same"), Expires: 2 * time.Hour}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			shelf, err := wx.NewShelf(store, "k", sdk.NewSecret("s"))
			if err != nil {
				t.Fatal(err)
			}
			a.Share(shelf)
			return a.Tokens()
		}
		one, two := replica(), replica()
		for _, tokens := range []*wx.Tokens{one, two, one, two} {
			_, _ = tokens.Replace(t.Context(), "same")
		}
		if forced != 1 {
			t.Errorf("forced %d times", forced)
		}
		time.Sleep(31 * time.Second)
		_, _ = two.Replace(t.Context(), "same")
		if forced != 2 {
			t.Errorf("forced %d times after half a minute", forced)
		}
	})
}

func TestShelf_WhatIsBrokenIsReplaced(t *testing.T) {
	for name, data := range map[string]string{"no JSON": "x", "no token": "{}", "short": `{"token":"AAAA","until":"2999-01-01T00:00:00Z"}`,
		"garbage": `{"token":"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=","until":"2999-01-01T00:00:00Z"}`} {
		store, platform := memstore.New(), &issuer{}
		if _, err := store.Put(t.Context(), "k", []byte(data), 0); err != nil {
			t.Fatal(err)
		}
		if err := platform.replica(t, store, "secret").Post(t.Context(), "/x", nil, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
