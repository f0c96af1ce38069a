package wx

import (
	"context"
	"maps"
	"net/http"
	"net/url"
)

// Get calls path with a query, which it does not change, and reads the answer into out, which may be nil. It treats tokens and errors as Post does.
func (a *API) Get(ctx context.Context, path string, query url.Values, out any) error {
	return a.withToken(ctx, func(token string) error {
		return a.GetOpen(ctx, path, authorized(query, token), out)
	})
}

// authorized returns a query with a token.
func authorized(query url.Values, token string) url.Values {
	full := url.Values{"access_token": {token}}
	maps.Copy(full, query)
	return full
}

// GetOpen is Get for the calls that need no token. The query does not show in errors.
func (a *API) GetOpen(ctx context.Context, path string, query url.Values, out any) error {
	return a.call(ctx, http.MethodGet, path+"?"+query.Encode(), nil, out)
}
