package dialogue_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/dialogue"
	"github.com/chuanhuabot/bot/sdk/sdktest"
	"github.com/chuanhuabot/bot/sdk/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type order struct {
	What string `json:"what"`
}

func say(r sdk.Responder, next, text string) (string, error) {
	return next, r.Reply(sdk.Text{Text: text})
}

// steps ask what and how many. "fail" is an error, "nowhere" a step that is not there, "count" saves a state of the plugin's own.
func steps() []dialogue.Step[order] {
	return []dialogue.Step[order]{
		{Name: "begin", Do: func(_ context.Context, _ *sdk.Message, o *order, r sdk.Responder) (string, error) {
			if o.What != "" {
				return say(r, "count", "how many?")
			}
			return say(r, "what", "what?")
		}},
		{Name: "what", Do: func(_ context.Context, m *sdk.Message, o *order, r sdk.Responder) (string, error) {
			switch o.What = m.Text(); o.What {
			case "":
				return say(r, "what", "in words, please")
			case "fail":
				return "", errors.New("no luck")
			case "nowhere":
				return "nowhere", nil
			case "much":
				o.What = strings.Repeat("x", sdk.MaxState)
			case "count":
				if err := state.Save(r, 100); err != nil {
					return "", err
				}
			}
			return say(r, "count", "how many?")
		}},
		{Name: "count", Do: func(_ context.Context, m *sdk.Message, o *order, r sdk.Responder) (string, error) {
			return say(r, "", m.Text()+" "+o.What)
		}},
	}
}

// shop begins a dialogue at "order", and counts everything else in a state of its own.
type shop struct {
	order   *dialogue.Dialogue[order]
	handler sdk.Handler
}

func mustShop(t *testing.T, o dialogue.Options) *shop {
	t.Helper()
	o.Name = "order"
	d, err := dialogue.New(o, steps()...)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{order: d}
	s.handler = d.Or(sdk.HandlerFunc(s.otherwise))
	return s
}

func (s *shop) Describe() sdk.Description { return sdk.Description{Stateful: true} }

func (s *shop) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	return s.handler.Handle(ctx, m, r)
}

func (s *shop) otherwise(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	if what, ok := strings.CutPrefix(m.Text(), "order"); ok {
		return s.order.Begin(ctx, m, order{What: strings.TrimSpace(what)}, r)
	}
	n, err := state.Load[int](m)
	if err != nil {
		return err
	}
	if err := state.Save(r, n+1); err != nil {
		return err
	}
	return r.Reply(sdk.Text{Text: fmt.Sprintf("message %d", n+1)})
}

func TestDialogue_FromTurnToTurn(t *testing.T) {
	for name, c := range map[string]struct {
		options dialogue.Options
		says    []any // A text, or a Content.
		want    string
	}{
		"to its end":              {says: []any{"order", "tea", "2", "x"}, want: "what?|how many?|2 tea|message 1"},
		"begins with something":   {says: []any{"order tea", "2"}, want: "how many?|2 tea"},
		"asks again":              {says: []any{"order", sdk.Image{}, sdk.Voice{Transcript: "tea"}, "2"}, want: "what?|in words, please|how many?|2 tea"},
		"own state rests":         {says: []any{"x", "x", "order", "tea", "2", "x"}, want: "message 1|message 2|what?|how many?|2 tea|message 3"},
		"a step saves own state":  {says: []any{"x", "order", "count", "2", "x"}, want: "message 1|what?|how many?|2 count|message 101"},
		"cancelled":               {says: []any{"x", "order", " 取消", "x"}, want: "message 1|what?||message 2"},
		"cancelled with a word":   {dialogue.Options{Cancelled: "bye"}, []any{"order", "CANCEL", "x"}, "what?|bye|message 1"},
		"another word for it":     {dialogue.Options{Cancel: []string{"stop"}}, []any{"order", "取消", "stop", "x"}, "what?|how many?||message 1"},
		"no word for it":          {dialogue.Options{Cancel: []string{}}, []any{"order", "取消", "2"}, "what?|how many?|2 取消"},
		"an event is no answer":   {says: []any{"order", sdk.Event{Type: "LOCATION"}, "tea", "2", "x"}, want: "what?|message 1|how many?|2 tea|message 2"},
		"an error changes little": {says: []any{"order", "fail", "tea", "2"}, want: "what?|error: no luck|how many?|2 tea"},
		"a step that is not":      {says: []any{"order", "nowhere", "tea"}, want: `what?|error: dialogue "order": step "what" leads to "nowhere", which is no step|how many?`},
		"too much":                {says: []any{"order", "much", "tea"}, want: "what?|how many?error: too much|how many?"},
		"begun again aside": {dialogue.Options{Aside: func(m *sdk.Message) bool { return strings.HasPrefix(m.Text(), "order") }},
			[]any{"x", "order", "order", "tea", "2", "x"}, "message 1|what?|what?|how many?|2 tea|message 2"},
	} {
		p := sdktest.Start(t, mustShop(t, c.options)).Person("ada")
		var got []string
		for _, one := range c.says {
			content, ok := one.(sdk.Content)
			if !ok {
				content = sdk.Text{Text: one.(string)}
			}
			turn := p.Send(content)
			text := strings.Join(turn.Texts(), "/")
			if turn.Err != nil {
				text += "error: " + turn.Err.Error()
			}
			if strings.Contains(text, "more than the 65536 that are kept") {
				text = "how many?error: too much"
			}
			got = append(got, text)
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, strings.Join(got, "|"), c.want)
		}
	}
}

func TestDialogue_AnAnswerThatComesTooLate(t *testing.T) {
	for after, want := range map[time.Duration]string{
		time.Minute: "how many?", time.Minute + time.Millisecond: "message 2", -time.Hour: "how many?",
	} {
		p := sdktest.Start(t, mustShop(t, dialogue.Options{Timeout: time.Minute}))
		ada := p.Person("ada")
		at := time.Now().Truncate(time.Millisecond)
		var last sdktest.Turn
		for _, c := range []struct {
			text string
			at   time.Time
		}{{"x", at}, {"order", at}, {"tea", at.Add(after)}} {
			m := ada.Message(sdk.Text{Text: c.text})
			m.Time = c.at
			last = p.Handle(t.Context(), m)
		}
		if last.Err != nil || strings.Join(last.Texts(), "") != want {
			t.Errorf("%s later: got %+v, want %s", after, last, want)
		}
	}
}

// TestDialogue_OfAnotherVersion has states that this program does not know how to go on with.
func TestDialogue_OfAnotherVersion(t *testing.T) {
	until := time.Now().Add(time.Hour).Format(time.RFC3339)
	for name, c := range map[string]struct{ state, want string }{
		"no such step":     {`{"$dialogue":"order","step":"gone","until":"` + until + `","data":{},"own":"NQ=="}`, "message 6"},
		"data of old":      {`{"$dialogue":"order","step":"what","until":"` + until + `","data":[],"own":"NQ=="}`, "message 6"},
		"no data":          {`{"$dialogue":"order","step":"what","until":"` + until + `","own":"NQ=="}`, "message 6"},
		"a time of old":    {`{"$dialogue":"order","step":"what","data":{}}`, "message 1"},
		"still the same":   {`{"$dialogue":"order","step":"what","until":"` + until + `","data":{},"own":"NQ=="}`, "how many?"},
		"another dialogue": {`{"$dialogue":"other","step":"what","until":"` + until + `","data":{}}`, "error"},
		"no envelope":      {`{"$dialogue":`, "error"},
	} {
		p := sdktest.Start(t, mustShop(t, dialogue.Options{}))
		m := p.Person("ada").Message(sdk.Text{Text: "tea"})
		m.State = []byte(c.state)
		turn := p.Handle(t.Context(), m)
		got := strings.Join(turn.Texts(), "")
		if turn.Err != nil {
			got = "error"
		}
		if got != c.want {
			t.Errorf("%s: got %q %v, want %q", name, got, turn.Err, c.want)
		}
	}
}

// TestDialogue_BeginEndsAnother has two dialogues, of which one runs.
func TestDialogue_BeginEndsAnother(t *testing.T) {
	s := mustShop(t, dialogue.Options{})
	other, err := dialogue.New(dialogue.Options{Name: "other"}, dialogue.Step[int]{Name: "only",
		Do: func(_ context.Context, m *sdk.Message, n *int, r sdk.Responder) (string, error) {
			*n++
			return say(r, "only", fmt.Sprintf("%s %d", m.Text(), *n))
		}})
	if err != nil {
		t.Fatal(err)
	}
	both := other.Or(s.order.Or(sdk.HandlerFunc(s.otherwise)))
	s.handler = sdk.HandlerFunc(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if m.Text() == "begin" {
			return other.Begin(ctx, m, 10, r)
		}
		return both.Handle(ctx, m, r)
	})
	p := sdktest.Start(t, s)
	for i, c := range [][2]string{
		{"x", "message 1"}, {"order", "what?"}, {"begin", "begin 11"}, {"tea", "tea 12"}, {"begin", "begin 11"}, {"cancel", ""}, {"tea", "message 2"},
	} {
		if turn := p.Say(c[0]); turn.Err != nil || strings.Join(turn.Texts(), "") != c[1] {
			t.Errorf("%d: got %+v, want %q", i, turn, c[1])
		}
	}
}

// TestDialogue_StateIsJSON holds what other versions of a plugin, and people who look into the store, rely on.
func TestDialogue_StateIsJSON(t *testing.T) {
	turn := sdktest.Start(t, mustShop(t, dialogue.Options{})).Say("order tea")
	var saved map[string]any
	if err := json.Unmarshal(turn.Saved, &saved); err != nil {
		t.Fatal(err)
	}
	if saved["$dialogue"] != "order" || saved["step"] != "count" || fmt.Sprint(saved["data"]) != "map[what:tea]" || !bytes.HasPrefix(turn.Saved, []byte(`{"$dialogue"`)) {
		t.Errorf("got %s", turn.Saved)
	}
}

func TestNew_Mistakes(t *testing.T) {
	do := steps()[0].Do
	for name, c := range map[string]struct {
		options dialogue.Options
		steps   []dialogue.Step[order]
		want    string
	}{
		"no name":          {dialogue.Options{}, steps(), "needs a name"},
		"no steps":         {dialogue.Options{Name: "x"}, nil, "at least one step"},
		"a nameless step":  {dialogue.Options{Name: "x"}, []dialogue.Step[order]{{Name: "a", Do: do}, {Do: do}}, "step 2 has no name"},
		"no function":      {dialogue.Options{Name: "x"}, []dialogue.Step[order]{{Name: "a"}}, "step 1 has no name or no function"},
		"a name twice":     {dialogue.Options{Name: "x"}, []dialogue.Step[order]{{Name: "a", Do: do}, {Name: "a", Do: do}}, `two steps are called "a"`},
		"negative timeout": {dialogue.Options{Name: "x", Timeout: -1}, steps(), "negative"},
	} {
		if _, err := dialogue.New(c.options, c.steps...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}
