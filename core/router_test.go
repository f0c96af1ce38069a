package core_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

func TestRouter_FirstRouteThatMatchesWins(t *testing.T) {
	say := func(text string) core.Chain {
		return core.Chain{step(text, func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
			return r.Reply(sdk.Text{Text: text})
		})}
	}
	router := core.NewRouter([]core.Route{
		{When: core.When{Kinds: []sdk.Kind{sdk.KindEvent}}, To: say("event")},
		{When: core.When{Channels: []string{"ch"}}, To: say("channel")},
		{To: say("rest")},
	}, new(logtest.Buffer).Logger())
	for want, m := range map[string]*sdk.Message{
		"event":   {Channel: "ch", Content: sdk.Event{Type: "subscribe"}},
		"channel": {Channel: "ch", Content: sdk.Text{Text: "hi"}},
		"rest":    {Channel: "other", Content: sdk.Text{Text: "hi"}},
	} {
		r := &recorder{}
		if err := router.Handle(t.Context(), m, r); err != nil {
			t.Fatal(err)
		}
		equal(t, want, r.replies, []string{want})
	}
}

func TestRouter_MessageWithoutRouteIsPassedOnAndLogged(t *testing.T) {
	var log logtest.Buffer
	r := &recorder{}
	if err := core.NewRouter(nil, log.Logger()).Handle(t.Context(), message("p", "hi"), r); err != nil {
		t.Fatal(err)
	}
	if !r.passed || !strings.Contains(log.String(), "no route takes this message") {
		t.Errorf("passed %v, log %q", r.passed, log.String())
	}
}

func TestRouter_Apology(t *testing.T) {
	fails := func(context.Context, *sdk.Message, sdk.Responder) error { return errBroken }
	repliesAndFails := func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		return errors.Join(echo(ctx, m, r), errBroken)
	}
	stopped, cancel := context.WithCancelCause(t.Context())
	cancel(core.ErrStopping)
	for name, c := range map[string]struct {
		ctx     context.Context
		h       sdk.HandlerFunc
		apology string
		want    []string
	}{
		"is said when the chain fails":           {t.Context(), fails, "sorry", []string{"sorry"}},
		"is not said where there is none":        {t.Context(), fails, "", nil},
		"is not said after a reply":              {t.Context(), repliesAndFails, "sorry", []string{"re hi"}},
		"is not said when all is well":           {t.Context(), echo, "sorry", []string{"re hi"}},
		"is not said for a turn that is stopped": {stopped, fails, "sorry", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			router := core.NewRouter([]core.Route{{To: core.Chain{step("s", c.h)}, Apology: c.apology}}, new(logtest.Buffer).Logger())
			_ = router.Handle(c.ctx, message("p", "hi"), r) // The error is another test's.
			equal(t, "replies", r.replies, c.want)
		})
	}
}

func TestRouter_OneLineForEachTurn(t *testing.T) {
	var log logtest.Buffer
	router := core.NewRouter([]core.Route{{To: core.Chain{step("voice", pass), step("echo", echo)}}}, log.Logger())
	m := message("p", "a secret text")
	if err := router.Handle(t.Context(), m, &recorder{}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(log.String(), "\n"); got != 1 {
		t.Errorf("%d lines: %s", got, log.String())
	}
	for _, want := range []string{"level=INFO", "msg=turn", "channel=ch", "conversation=p", "kind=text", `chain="voice > echo"`, "replies=1", "duration="} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in %s", want, log.String())
		}
	}
}

func TestRouter_TextIsLoggedOnlyAtDebug(t *testing.T) {
	for level, want := range map[slog.Level]bool{slog.LevelInfo: false, slog.LevelDebug: true} {
		var log logtest.Buffer
		router := core.NewRouter([]core.Route{{To: core.Chain{step("echo", echo)}}},
			slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level})))
		if err := router.Handle(t.Context(), &sdk.Message{ID: "1", Content: sdk.Text{Text: "private"}}, &recorder{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(log.String(), "private"); got != want {
			t.Errorf("%s: %s", level, log.String())
		}
	}
}

func TestRouter_ErrorIsReturnedAndLoggedWithItsStep(t *testing.T) {
	var log logtest.Buffer
	fails := func(context.Context, *sdk.Message, sdk.Responder) error { return errBroken }
	err := core.NewRouter([]core.Route{{To: core.Chain{step("faq", fails)}}}, log.Logger()).
		Handle(t.Context(), message("p", "hi"), &recorder{})
	if !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "faq: broken") {
		t.Errorf("log %s", log.String())
	}
}

func TestRouter_IsAHandlerThatNests(t *testing.T) {
	log := new(logtest.Buffer).Logger()
	inner := core.NewRouter([]core.Route{{When: core.When{Kinds: []sdk.Kind{sdk.KindEvent}}, To: core.Chain{step("x", pass)}}}, log)
	outer := core.NewRouter([]core.Route{{To: core.Chain{{Name: "inner", Handler: inner}, step("echo", echo)}}}, log)
	r := &recorder{}
	if err := outer.Handle(t.Context(), message("p", "hi"), r); err != nil {
		t.Fatal(err)
	}
	equal(t, "replies", r.replies, []string{"re hi"})
}

// TestRouter_FallbackAnswersWhatHasNotBeenAnswered holds when the plugins of a fallback answer, and that a person never gets two answers.
func TestRouter_FallbackAnswersWhatHasNotBeenAnswered(t *testing.T) {
	says := func(text string) sdk.Handler {
		return sdk.HandlerFunc(func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Reply(sdk.Text{Text: text}) })
	}
	fails := sdk.HandlerFunc(func(context.Context, *sdk.Message, sdk.Responder) error { return errBroken })
	saysAndFails := sdk.HandlerFunc(func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		return errors.Join(r.Reply(sdk.Text{Text: "half"}), errBroken)
	})
	for name, test := range map[string]struct {
		to, fallback sdk.Handler
		want         []string
		fails        bool
	}{
		"all is well":         {says("yes"), says("instead"), []string{"yes"}, false},
		"it fails":            {fails, says("instead"), []string{"instead"}, false},
		"it has replied":      {saysAndFails, says("instead"), []string{"half"}, true},
		"both fail":           {fails, fails, []string{"sorry"}, true},
		"there is no plan B":  {fails, nil, []string{"sorry"}, true},
		"the fallback passes": {fails, sdk.HandlerFunc(func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Pass() }), nil, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			log := &logtest.Buffer{}
			route := core.Route{To: core.Chain{{Name: "first", Handler: test.to}}, Apology: "sorry"}
			if test.fallback != nil {
				route.Fallback = core.Chain{{Name: "second", Handler: test.fallback}}
			}
			f := newFixture(core.NewRouter([]core.Route{route}, log.Logger()).Handle)
			defer f.close()
			<-f.receive(t, "ann", "m1").Done()
			equal(t, name, f.channel.texts(), test.want)
			if failed := strings.Contains(log.String(), "level=ERROR"); failed != test.fails {
				t.Errorf("%s: the log says %s", name, log)
			}
		})
	}
}
