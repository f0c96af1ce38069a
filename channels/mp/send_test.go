package mp

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/fields"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// TestContentsThatCannotBeSent holds that each is refused at once, with its reason.
func TestContentsThatCannotBeSent(t *testing.T) {
	for name, test := range map[string]struct {
		content sdk.Content
		want    error
	}{
		"empty text":              {sdk.Text{}, errNothing},
		"blank text":              {sdk.Text{Text: " \n\t"}, errNothing},
		"forbidden characters":    {sdk.Text{Text: "\x00\x08"}, errNothing},
		"nothing":                 {nil, errNothing},
		"image without id":        {sdk.Image{Media: sdk.Media{URL: "x"}}, errNoMedia},
		"voice without id":        {sdk.Voice{Transcript: "x"}, errNoMedia},
		"video with an id of nil": {sdk.Video{Media: sdk.Media{ID: "\x00"}}, errNoMedia},
		"link without address":    {sdk.Link{Title: "T"}, errNothing},
		"an event":                {sdk.Event{}, errNeverSent},
		"a file of nothing":       {sdk.File{}, errNoMedia},
		"a raw menu of nothing":   {raw("msgmenu", "{}"), fields.ErrRaw},
		"a template":              {raw("template", `{"template_id":"T","data":{"a":{}}}`), errWrongKind},
	} {
		t.Run(name, func(t *testing.T) {
			got := make(chan error, 1)
			c := newChannel(t, config(ModePlain), &safeBuffer{})
			defer started(t, c, newInbox(func(m *sdk.Message) { got <- c.Send(context.Background(), reply(m, test.content)) }))()
			wantSuccess(t, callPlain(t.Context(), c, textBody(1, "hello")))
			if err := <-got; !errors.Is(err, test.want) || errors.As(err, new(*core.RetryError)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestEmptyTextNeverLeaves(t *testing.T) {
	for _, text := range []string{"", " ", "\n\n", "\x00", "\u3000"} {
		c, _, log := answering(t, config(ModePlain), sdk.Text{Text: text})
		wantSuccess(t, callPlain(t.Context(), c, textBody(1, "hello")))
		if !strings.Contains(log.String(), errNothing.Error()) {
			t.Errorf("%q: Send did not say why: %s", text, log)
		}
	}
}

func TestOverlongTextIsCutAndItsRestGoesOn(t *testing.T) {
	c, in, log := answering(t, config(ModePlain), sdk.Text{Text: strings.Repeat("长", 1000)})
	w := callPlain(t.Context(), c, textBody(1, "hello"))
	wantText(t, w, strings.Repeat("长", 682))
	if len(in.settled) != 1 || !errors.Is(in.settled[0], core.ErrMore) || strings.Contains(log.String(), "长") {
		t.Errorf("settled %v, log %s", in.settled, log)
	}
}
