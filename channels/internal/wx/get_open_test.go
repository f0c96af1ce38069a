package wx_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/wx"
)

// TestGet_HasTokensAndErrorsAsPostHas asks for something with a query of its own.
func TestGet_HasTokensAndErrorsAsPostHas(t *testing.T) {
	for _, test := range []struct {
		name    string
		answers []string
		code    int
		calls   string
	}{
		{"fine", []string{`{"errcode":0,"ticket":"T"}`}, 0, "hush-1"},
		{"expired", []string{`{"errcode":42001}`, `{"ticket":"T"}`}, 0, "hush-1 hush-2"},
		{"expired, and again", []string{`{"errcode":42001}`, `{"errcode":42001}`, `{"ticket":"T"}`}, 42001, "hush-1 hush-2"},
		{"refused", []string{`{"errcode":48001}`}, 48001, "hush-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{answers: test.answers}
			var out struct{ Ticket string }
			query := url.Values{"type": {"jsapi"}}
			err := newAPI(t, p).Get(t.Context(), "/cgi-bin/ticket/getticket", query, &out)
			if wx.CodeOf(err) != test.code || (err != nil) != (test.code != 0) || (err == nil) != (out.Ticket == "T") {
				t.Errorf("error %v, ticket %q", err, out.Ticket)
			}
			var tokens []string
			for _, path := range p.paths {
				token, ok := strings.CutSuffix(strings.TrimPrefix(path, "/cgi-bin/ticket/getticket?access_token="), "&type=jsapi")
				if !ok {
					t.Errorf("called %s", path)
				}
				tokens = append(tokens, token)
			}
			if got := strings.Join(tokens, " "); got != test.calls || len(query) != 1 {
				t.Errorf("called with %s; the query is now %v", got, query)
			}
		})
	}
}

// TestGetOpen_HidesItsQuery: a secret stands in it.
func TestGetOpen_HidesItsQuery(t *testing.T) {
	a := newAPI(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	err := a.GetOpen(t.Context(), "/sns/oauth2/access_token", url.Values{"secret": {"hush"}}, nil)
	if !errors.Is(err, wx.ErrUnknown) || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "/sns/oauth2/access_token") {
		t.Errorf("got %v", err)
	}
}
