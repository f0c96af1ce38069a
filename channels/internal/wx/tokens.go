package wx

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// early is how long before its end a token is replaced: in its last five minutes the platform gives a new one, and the old one
// still works (developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken).
const early = 5 * time.Minute

// Token is an access token as the platform gave it, or a ticket, which is like one.
type Token struct {
	Value   sdk.Secret
	Expires time.Duration // How long it is valid from now on.
}

// Fetch asks the platform for a token through an API. force asks for one that is not the present one.
type Fetch func(ctx context.Context, a *API, force bool) (Token, error)

// Tokens keeps one kind of token of one account and replaces it in time. It is safe for concurrent use: of many who need a token at
// once, one fetches it. Make it with NewTokens.
type Tokens struct {
	fetch    func(ctx context.Context, force bool) (Token, error)
	shelf    *Shelf        // Nil: nobody else has the token.
	fetching chan struct{} // Has one element while somebody fetches.

	mu      sync.Mutex
	value   sdk.Secret
	until   time.Time
	refused error // Why there is none, for a while.
	again   time.Time
}

// NewTokens returns Tokens that have none yet.
func NewTokens(fetch func(ctx context.Context, force bool) (Token, error)) *Tokens {
	return &Tokens{fetch: fetch, fetching: make(chan struct{}, 1)}
}

// Get returns a token that is valid as far as anybody here knows. It blocks while one is fetched. Every error wraps
// ErrNotSent: it is that of the fetch, or of ctx if that ends first.
func (t *Tokens) Get(ctx context.Context) (string, error) { return t.get(ctx, "") }

// Replace returns another token than stale, which the platform did not take. Several who come with the same stale one get
// the same new one.
func (t *Tokens) Replace(ctx context.Context, stale string) (string, error) { return t.get(ctx, stale) }

func (t *Tokens) get(ctx context.Context, stale string) (string, error) {
	if value, ok := t.current(stale); ok {
		return value, nil
	}
	select {
	case t.fetching <- struct{}{}:
		defer func() { <-t.fetching }()
	case <-ctx.Done():
		return "", fmt.Errorf("%w: wait for a token: %w", ErrNotSent, context.Cause(ctx))
	}
	if value, ok := t.current(stale); ok { // Somebody else has fetched it.
		return value, nil
	}
	if err := t.resting(); err != nil {
		return "", err
	}
	if value, ok := t.shelved(ctx, stale); ok {
		return value, nil
	}
	token, err := t.fetch(ctx, false)
	if err == nil && token.Value.Value() == stale {
		token, err = t.force(ctx)
	}
	value, err := t.keep(token, err)
	if err == nil && t.shelf != nil {
		// What cannot be stored is fetched again by who needs it.
		_ = t.shelf.save(ctx, value, t.validUntil())
	}
	return value, err
}

// shelved takes the token that another process has fetched, if it is not the stale one and not too old.
func (t *Tokens) shelved(ctx context.Context, stale string) (string, bool) {
	if t.shelf == nil {
		return "", false
	}
	value, until, err := t.shelf.load(ctx)
	if err != nil || value == "" || value == stale || time.Now().After(until) {
		return "", false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.value, t.until = sdk.NewSecret(value), until
	return value, true
}

// force has the platform replace a token that it gives and does not take.
func (t *Tokens) force(ctx context.Context) (Token, error) {
	if t.shelf != nil {
		if err := t.shelf.claim(ctx); err != nil {
			return Token{}, err
		}
	}
	return t.fetch(ctx, true)
}

func (t *Tokens) validUntil() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until
}

// rest is how long nobody asks again after the platform has refused a token: a wrong secret does not become right by asking, and
// the platform blocks those who ask too often.
const rest = 5 * time.Second

func (t *Tokens) resting() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Now().Before(t.again) {
		return t.refused
	}
	return nil
}

func (t *Tokens) keep(token Token, err error) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		err = fmt.Errorf("%w: fetch a token: %w", ErrNotSent, err)
		if CodeOf(err) != 0 {
			t.refused, t.again = err, time.Now().Add(rest)
		}
		return "", err
	}
	t.value, t.until = token.Value, time.Now().Add(max(token.Expires-early, token.Expires/2))
	return t.value.Value(), nil
}

// current returns the token, if it is not the stale one and not too old.
func (t *Tokens) current(stale string) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ok := !t.value.Empty() && t.value.Value() != stale && time.Now().Before(t.until)
	return t.value.Value(), ok
}
