package kftest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// message is what Echo reads of a message.
type message struct {
	Customer string `json:"external_userid"`
	Origin   int    `json:"origin"`
	Kind     string `json:"msgtype"`
	Text     struct {
		Content string `json:"content"`
	} `json:"text"`
	Event struct {
		Name    string `json:"event_type"`
		Welcome string `json:"welcome_code"`
	} `json:"event"`
}

type page struct {
	Next     string    `json:"next_cursor"`
	More     int       `json:"has_more"`
	Messages []message `json:"msg_list"`
}

// pull reads all pages that there are behind the cursor, and answers. An empty page is not the last: has_more says so.
func (e *Echo) pull(ctx context.Context, account, token string) error {
	for more := 1; more == 1; {
		var p page
		err := e.call(ctx, "/cgi-bin/kf/sync_msg", map[string]any{"open_kfid": account, "cursor": e.cursors[account], "token": token}, &p)
		var refused *refusal
		if errors.As(err, &refused) && refused.Code == 95007 && token != "" {
			token = "" // It is too old: go on without.
			continue
		}
		if err != nil {
			return err
		}
		for _, m := range p.Messages {
			e.note(e.answer(ctx, account, m))
		}
		e.cursors[account], more = p.Next, p.More
	}
	return nil
}

// answer sends what the bot has to say, if anything.
func (e *Echo) answer(ctx context.Context, account string, m message) error {
	switch {
	case m.Kind == "text" && m.Origin == 3: // 5 is a servicer.
		return e.call(ctx, "/cgi-bin/kf/send_msg", map[string]any{
			"touser": m.Customer, "open_kfid": account, "msgtype": "text", "text": map[string]any{"content": e.options.Prefix + m.Text.Content},
		}, nil)
	case m.Event.Welcome != "":
		return e.call(ctx, "/cgi-bin/kf/send_msg_on_event", map[string]any{
			"code": m.Event.Welcome, "msgtype": "text", "text": map[string]any{"content": e.options.Welcome},
		}, nil)
	}
	return nil
}

// refusal is an answer that is an error.
type refusal struct {
	Code int    `json:"errcode"`
	Text string `json:"errmsg"`
}

func (r *refusal) Error() string { return fmt.Sprintf("errcode %d: %s", r.Code, r.Text) }

// call makes a call, and again with a new access token if the old one is over.
func (e *Echo) call(ctx context.Context, path string, in, out any) error {
	err := e.try(ctx, path, in, out)
	var refused *refusal
	if errors.As(err, &refused) && (refused.Code == 40014 || refused.Code == 42001 || refused.Code == 41001) {
		if err = e.login(ctx); err == nil {
			err = e.try(ctx, path, in, out)
		}
	}
	if err != nil {
		return fmt.Errorf("call %s: %w", path, err)
	}
	return nil
}

func (e *Echo) try(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return e.exchange(ctx, http.MethodPost, path+"?access_token="+url.QueryEscape(e.access), body, out)
}

func (e *Echo) login(ctx context.Context) error {
	var out struct {
		Token string `json:"access_token"`
	}
	query := url.Values{"corpid": {e.options.CorpID}, "corpsecret": {e.options.Secret}}
	err := e.exchange(ctx, http.MethodGet, "/cgi-bin/gettoken?"+query.Encode(), nil, &out)
	e.access = out.Token
	return err
}

func (e *Echo) exchange(ctx context.Context, method, path string, body []byte, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, e.options.APIBase+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := e.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer json.RawMessage
	var code refusal
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if err := json.Unmarshal(answer, &code); err != nil || code.Code != 0 {
		return errors.Join(err, asError(code))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}

func asError(r refusal) error {
	if r.Code == 0 {
		return nil
	}
	return &r
}
