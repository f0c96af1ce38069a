package core_test

import (
	"regexp"
	"testing"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

func TestWhen_Match(t *testing.T) {
	text := &sdk.Message{Channel: "wx", Content: sdk.Text{Text: "/faq price"}}
	speech := &sdk.Message{Channel: "wx", Content: sdk.Voice{Transcript: "/faq price"}}
	silence := &sdk.Message{Channel: "wx", Content: sdk.Voice{}}
	event := &sdk.Message{Channel: "work", Content: sdk.Event{Type: "enter_session"}}
	for name, c := range map[string]struct {
		when core.When
		m    *sdk.Message
		want bool
	}{
		"no condition takes all":            {core.When{}, event, true},
		"the channel":                       {core.When{Channels: []string{"a", "wx"}}, text, true},
		"another channel":                   {core.When{Channels: []string{"work"}}, text, false},
		"the kind":                          {core.When{Kinds: []sdk.Kind{sdk.KindVoice, sdk.KindText}}, text, true},
		"another kind":                      {core.When{Kinds: []sdk.Kind{sdk.KindVoice}}, text, false},
		"the event":                         {core.When{Events: []string{"enter_session"}}, event, true},
		"the event in another case":         {core.When{Events: []string{"ENTER_session"}}, event, true},
		"another event":                     {core.When{Events: []string{"subscribe"}}, event, false},
		"an event is not a text":            {core.When{Events: []string{"subscribe"}}, text, false},
		"the text":                          {core.When{Text: regexp.MustCompile("^/faq ")}, text, true},
		"another text":                      {core.When{Text: regexp.MustCompile("^/help")}, text, false},
		"the text of a voice":               {core.When{Text: regexp.MustCompile("^/faq ")}, speech, true},
		"a text that is not there":          {core.When{Text: regexp.MustCompile(".*")}, silence, false},
		"a text condition takes no event":   {core.When{Text: regexp.MustCompile(".*")}, event, false},
		"every condition must be met":       {core.When{Channels: []string{"wx"}, Kinds: []sdk.Kind{sdk.KindImage}}, text, false},
		"two conditions that are both met":  {core.When{Channels: []string{"work"}, Events: []string{"enter_session"}}, event, true},
		"a kind condition takes events too": {core.When{Kinds: []sdk.Kind{sdk.KindEvent}}, event, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.when.Match(c.m); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
