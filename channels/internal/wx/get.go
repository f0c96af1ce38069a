package wx

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// Get calls path with query, which may be nil, and reads the answer into out, which may be nil too. Tokens and errors are as
// those of Post.
func (a *API) Get(ctx context.Context, path string, query url.Values, out any) error {
	return a.authorized(ctx, func(token string) error {
		full := url.Values{"access_token": {token}}
		maps.Copy(full, query)
		answer, err := a.do(ctx, http.MethodGet, path+"?"+full.Encode(), nil)
		if err == nil {
			err = judge(answer, out)
		}
		if err != nil {
			return fmt.Errorf("call %s: %w", path, err)
		}
		return nil
	})
}

// authorized makes a call with a token. One that the platform does not take is replaced once.
func (a *API) authorized(ctx context.Context, call func(token string) error) error {
	token, err := a.tokens.Get(ctx)
	if err != nil {
		return err
	}
	err = call(token)
	if !slices.Contains(tokenCodes, CodeOf(err)) {
		return err
	}
	if token, err = a.tokens.Replace(ctx, token); err != nil {
		return err
	}
	return call(token)
}
