package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// ErrNobody is returned by a Client if no bot answers at the socket of its data folder.
var ErrNobody = errors.New("no bot answers")

// Client is an operator's end of the socket, with the methods of Desk; what a bot refuses is an error with its text. It is safe
// for concurrent use. Each call ends with ctx, or after five minutes.
type Client struct{ http *http.Client }

// NewClient returns a client of the bot that has the data folder. Nothing is made in it.
func NewClient(data string) *Client {
	call := func(context.Context, string, string) (net.Conn, error) {
		c, err := dial(data)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNobody, err)
		}
		return c, nil
	}
	return &Client{&http.Client{
		Transport: &http.Transport{DialContext: call, DisableKeepAlives: true}, Timeout: writeTimeout,
	}}
}

// List is Desk.List.
func (c *Client) List(ctx context.Context, q Query) (Listing, error) {
	return post[Listing](ctx, c, listPath, q)
}

// Retry is Desk.Retry.
func (c *Client) Retry(ctx context.Context, what Choice) (Review, error) {
	return post[Review](ctx, c, retryPath, what)
}

// Purge is Desk.Purge.
func (c *Client) Purge(ctx context.Context, what Choice) (Review, error) {
	return post[Review](ctx, c, purgePath, what)
}

func post[Out any](ctx context.Context, c *Client, path string, in any) (out Out, err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://bot"+path, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return out, fmt.Errorf("ask the bot: %w", err)
	}
	defer answer.Body.Close()
	d := json.NewDecoder(io.LimitReader(answer.Body, maxBody))
	if answer.StatusCode != http.StatusOK {
		var f failure
		if err := d.Decode(&f); err != nil {
			return out, fmt.Errorf("the bot answers %s", answer.Status)
		}
		return out, errors.New(f.Error)
	}
	if err := d.Decode(&out); err != nil {
		return out, fmt.Errorf("read the bot's answer: %w", err)
	}
	return out, nil
}
