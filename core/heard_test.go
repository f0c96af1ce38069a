package core_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// forwarding is a step that forwards contents, each to another step like it.
func forwarding(contents ...sdk.Content) core.Chain {
	var chain core.Chain
	for _, c := range contents {
		chain = append(chain, step("forwards", func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Forward(c) }))
	}
	return chain
}

// TestTurn_Heard is about the words of a voice, which are known before the turn is over.
func TestTurn_Heard(t *testing.T) {
	voice := sdk.Voice{Media: sdk.Media{ID: "M"}}
	said := func(words string) sdk.Voice { return sdk.Voice{Media: voice.Media, Transcript: words} }
	for name, test := range map[string]struct {
		message sdk.Content
		chain   core.Chain
		want    string
	}{
		"words":                       {voice, forwarding(said("今天天气")), "今天天气"},
		"words that it came with":     {said("one"), forwarding(said("two")), ""},
		"the first ones stay":         {voice, forwarding(said("one"), said("two")), "one"},
		"no words":                    {voice, forwarding(said("")), ""},
		"another content":             {voice, forwarding(sdk.Text{Text: "one"}), ""},
		"a text that becomes a voice": {sdk.Text{Text: "one"}, forwarding(said("one")), ""},
		"a chain within the chain":    {voice, core.Chain{step("inner", forwarding(said("one")).Handle)}, "one"},
		"nothing forwarded":           {voice, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			begun, goOn := make(chan struct{}), make(chan struct{})
			chain := append(test.chain, step("slow", func(context.Context, *sdk.Message, sdk.Responder) error {
				close(begun)
				<-goOn
				return nil
			}))
			router := core.NewRouter([]core.Route{{To: chain}}, slog.New(slog.DiscardHandler))
			f := newFixture(router.Handle)
			defer f.close()
			turn, err := f.Receive(t.Context(), message("ann", "m1").WithContent(test.message))
			if err != nil {
				t.Fatal(err)
			}
			<-begun
			known, words := turn.(core.Hearing).Heard()
			closed := false
			select {
			case <-known:
				closed = true
			default:
			}
			if words != test.want || closed != (test.want != "") || isDone(turn) {
				t.Errorf("heard %q, known %t, over %t", words, closed, isDone(turn))
			}
			close(goOn)
			<-turn.Done()
		})
	}
}
