package kf

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/golden"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// account is the one of the files.
const account = "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q"

// seen is a message as a person can read it.
type seen struct {
	ID, Account, Sender, Conversation string
	Time                              string
	Kind                              sdk.Kind
	Content                           sdk.Content
}

// inbound returns the files of entries, by their names: as the platform documents them, and as it might write them all the same.
func inbound(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/inbound/*.json")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		if all[strings.TrimSuffix(file, ".json")], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestInbound writes down what a plugin gets of each entry, also of what servicers say, which bot.yaml may ask for.
func TestInbound(t *testing.T) {
	for name, raw := range inbound(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			golden.Compare(t, name+".want", readable(t, raw))
		})
	}
}

func readable(t *testing.T, raw []byte) string {
	t.Helper()
	before := time.Now()
	m, err := handedIn(t, raw)
	if err != nil {
		return err.Error() + "\n"
	}
	at := m.Time.UTC().Format(time.RFC3339)
	if !m.Time.Before(before) {
		at = "now"
	}
	text, err := json.MarshalIndent(seen{m.ID, m.Account, m.Sender, m.Conversation, at, m.Content.Kind(), m.Content}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

// handedIn returns the message that an entry becomes.
func handedIn(t testing.TB, raw []byte) (*sdk.Message, error) {
	t.Helper()
	e, err := readEntry(account, raw, "cursor#0")
	if err != nil {
		return nil, err
	}
	config := testConfig()
	config.Watch = true
	c := newChannel(t, config, &logtest.Buffer{})
	in := &basket{}
	c.open(t.Context(), in)
	if err := c.ingest(t.Context(), e, false); err != nil {
		return nil, err
	}
	if len(in.messages) != 1 {
		t.Fatalf("%d messages of one entry: %v", len(in.messages), in.messages)
	}
	return in.messages[0], nil
}

// newChannel returns a channel that does not run.
func newChannel(t testing.TB, c Config, log *logtest.Buffer) *Channel {
	t.Helper()
	channel, err := New("work", c, memstore.New(), "this machine", log.Logger())
	if err != nil {
		t.Fatal(err)
	}
	return channel
}

// basket is an inbox that only gathers.
type basket struct {
	core.Inbox
	messages []*sdk.Message
}

func (b *basket) Accept(_ context.Context, m *sdk.Message) error {
	b.messages = append(b.messages, m)
	return nil
}

func (b *basket) Settle(context.Context, *core.Delivery, error) {}

// homeless are the fields for which a content other than Raw and Event has no place: whose account it is stands in the message, and
// nobody knows what quote and context are, which no page has.
var homeless = []string{"msgid", "open_kfid", "send_time", "origin", "msgtype", "quote", "context"}

// TestInbound_NothingIsLost finds each value of each file in what the file becomes.
func TestInbound_NothingIsLost(t *testing.T) {
	for name, raw := range inbound(t) {
		m, err := handedIn(t, raw)
		if err != nil {
			continue
		}
		outer := objectOf(bytes.ToValidUTF8(raw, []byte("\ufffd")))
		switch c := m.Content.(type) {
		case sdk.Raw:
			wantSame(t, name, c.Fields, map[string]any(outer))
		case sdk.Event:
			want := map[string]any(outer)
			if body, isObject := want[kindEvent].(map[string]any); isObject { // Both in one, without the msgtype that all events have.
				delete(want, kindEvent)
				delete(want, "msgtype")
				for field, value := range body {
					want[field] = value
				}
			} else if want["msgtype"] == kindEvent {
				delete(want, "msgtype")
			}
			wantSame(t, name, c.Fields, want)
		default:
			wantWritten(t, name, outer, fmt.Sprintf("%+v", *m))
		}
	}
}

// wantSame holds fields to what they must be.
func wantSame(t *testing.T, name string, fields json.RawMessage, want map[string]any) {
	t.Helper()
	if got := map[string]any(objectOf(fields)); !reflect.DeepEqual(got, want) || !utf8.Valid(fields) {
		t.Errorf("%s: got  %v\nwant %v", name, got, want)
	}
}

// wantWritten finds each value of an object in a text.
func wantWritten(t *testing.T, name string, o object, text string) {
	t.Helper()
	for field, value := range o {
		if slices.Contains(homeless, field) {
			continue
		}
		if inner := o.inside(field); inner != nil {
			wantWritten(t, name, inner, text)
			continue
		}
		want := strings.TrimRight(o.text(field), "0") // As numbers are written.
		if field == "filename" {
			want = strings.TrimLeft(want, `.\`)
		}
		strange := func(r rune) bool { return r < ' ' || r >= 0xfffd && r <= 0xffff } // No text has it.
		for _, part := range strings.FieldsFunc(want, strange) {
			if !strings.Contains(text, part) {
				t.Errorf("%s: %s is %v, which is not in %s", name, field, value, text)
			}
		}
	}
}

// TestInbound_IsText holds that everything a plugin is given is UTF-8, without the characters that no XML and no terminal takes.
func TestInbound_IsText(t *testing.T) {
	for name, raw := range inbound(t) {
		m, err := handedIn(t, raw)
		if err != nil {
			continue
		}
		wantText(t, name, m)
	}
}

func wantText(t testing.TB, name string, m *sdk.Message) {
	t.Helper()
	ids := []string{m.ID, m.Sender, m.Conversation, m.Account} // As the platform has them: who answers must write the same.
	texts := []string{}
	switch c := m.Content.(type) {
	case sdk.Text:
		texts = append(texts, c.Text, c.Choice)
	case sdk.Image:
		texts = append(texts, c.Media.ID)
	case sdk.Voice:
		texts = append(texts, c.Media.ID)
	case sdk.Video:
		texts = append(texts, c.Media.ID)
	case sdk.File:
		texts = append(texts, c.Media.ID, c.Media.Name)
	case sdk.Location:
		texts = append(texts, c.Label)
	case sdk.Link:
		texts = append(texts, c.URL, c.Title, c.Description, c.PictureURL)
	case sdk.Event:
		texts = append(texts, c.Type, c.Key)
		wantObject(t, name, c.Fields)
	case sdk.Raw:
		texts = append(texts, c.Type)
		wantObject(t, name, c.Fields)
	default:
		t.Errorf("%s: nobody expects %T", name, c)
	}
	for _, one := range append(ids, texts...) {
		if !utf8.ValidString(one) {
			t.Errorf("%s: %q", name, one)
		}
	}
	if all := strings.Join(texts, ""); strings.ContainsAny(all, "\x00\x08\uffff") {
		t.Errorf("%s: %q", name, all)
	}
}

func wantObject(t testing.TB, name string, fields json.RawMessage) {
	t.Helper()
	if objectOf(fields) == nil || !utf8.Valid(fields) {
		t.Errorf("%s: the fields are %q", name, fields)
	}
}
