package mp

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/internal/golden"
	"github.com/chuanhuabot/bot/sdk"
)

// seen is a message as a person can read it.
type seen struct {
	ID, Account, Sender, Conversation string
	Time                              string
	Kind                              sdk.Kind
	Content                           sdk.Content
}

func TestInbound(t *testing.T) {
	files, err := filepath.Glob("testdata/inbound/*.xml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".xml")
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m := decoded(t, body)
			readable, err := json.MarshalIndent(seen{m.ID, m.Account, m.Sender, m.Conversation,
				m.Time.UTC().Format(time.RFC3339), m.Content.Kind(), m.Content}, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, strings.TrimSuffix(file, ".xml")+".json", string(readable)+"\n")
		})
	}
}

// homeless are the fields of messages for which their content has no place: a text or picture sent from an article does not say from
// which.
var homeless = []string{"MsgDataId", "Idx"}

// TestInbound_NothingIsLost finds each value of each file in what the file becomes.
func TestInbound_NothingIsLost(t *testing.T) {
	files, err := filepath.Glob("testdata/inbound/*.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root, err := wx.Parse(body)
		if err != nil {
			t.Fatal(err)
		}
		content := decoded(t, body).Content
		fields := []byte(nil)
		switch c := content.(type) {
		case sdk.Event:
			fields = c.Fields
		case sdk.Raw:
			fields = c.Fields
		}
		if fields != nil {
			var all any
			if err := json.Unmarshal(fields, &all); err != nil {
				t.Fatal(err)
			}
			wantFields(t, file, root.Fields, all)
			continue
		}
		written := fmt.Sprintf("%+v", content)
		for _, f := range root.Fields[4:] { // Behind what all messages have.
			value := strings.TrimRight(strings.TrimRight(f.Text, "0"), ".") // As numbers are written.
			if f.Name != "MsgId" && f.Name != "MsgID" && !slices.Contains(homeless, f.Name) && !strings.Contains(written, value) {
				t.Errorf("%s: %s is not in %s", file, f.Name, written)
			}
		}
	}
}

// wantFields holds JSON to the XML that it was: names that come once are texts or objects, and others are lists in their order.
func wantFields(t *testing.T, file string, fields []wx.Field, got any) {
	t.Helper()
	object, _ := got.(map[string]any)
	next := map[string]int{}
	for _, f := range fields {
		value := object[f.Name]
		if list, isList := value.([]any); isList && next[f.Name] < len(list) {
			value = list[next[f.Name]]
			next[f.Name]++
		}
		if len(f.Fields) > 0 {
			wantFields(t, file, f.Fields, value)
		} else if value != f.Text {
			t.Errorf("%s: %s is %v, want %q", file, f.Name, value, f.Text)
		}
	}
}

func decoded(t *testing.T, body []byte) *sdk.Message {
	t.Helper()
	root, err := wx.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMessage("wx", root, time.Unix(1760000009, 0))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// replies are the passive replies of developers.weixin.qq.com/doc/subscription/guide/product/message/ that this channel
// writes.
var replies = map[string]sdk.Content{
	"text":                 sdk.Text{Text: "line1\nline2"},
	"text_cdata":           sdk.Text{Text: "a]]>b & <a href=\"https://example.com\">c</a>\x00\x08"},
	"image":                sdk.Image{Media: sdk.Media{ID: "MID"}},
	"voice":                sdk.Voice{Media: sdk.Media{ID: "MID"}},
	"video":                sdk.Video{Media: sdk.Media{ID: "MID"}, Title: "T", Description: "D"},
	"video_bare":           sdk.Video{Media: sdk.Media{ID: "MID"}},
	"news":                 sdk.Link{URL: "https://example.com/", Title: "T", Description: "D", PictureURL: "https://example.com/p.jpg"},
	"link_without_picture": sdk.Link{URL: "https://example.com/", Title: "T", Description: "D"},
	"image_of_the_web":     sdk.Image{Media: sdk.Media{URL: "https://example.com/p.png", Name: "图"}},
	"location":             sdk.Location{Latitude: 39.9085, Longitude: 116.3975, Label: "北京市某处"},
	"file":                 sdk.File{Media: sdk.Media{URL: "https://example.com/f.pdf", Name: "f.pdf"}},
	"menu":                 sdk.Menu{Head: "满意吗？", Choices: []sdk.Choice{{ID: "101", Text: "满意"}, {ID: "102", Text: "不 & 不"}}, Tail: "谢谢"},
	"music":                raw("music", `{"title":"T","description":"D","musicurl":"https://example.com/a.mp3","hqmusicurl":"https://example.com/b.mp3","thumb_media_id":"MID"}`),
	"music_bare":           raw("music", `{"thumb_media_id":"MID"}`),
	"news_raw":             newsOf(1),
	"transfer":             raw("transfer_customer_service", `{"kf_account":"kf1@acct"}`),
	"transfer_to_anybody":  raw("transfer_customer_service", ""),
}

func raw(kind, fields string) sdk.Raw { return sdk.Raw{Type: kind, Fields: json.RawMessage(fields)} }

// newsOf are news of n articles.
func newsOf(n int) sdk.Raw {
	var articles []string
	for i := range n {
		articles = append(articles, fmt.Sprintf(`{"title":"T%d","description":"D","url":"https://example.com/%d","picurl":"https://example.com/p"}`, i, i))
	}
	return raw("news", `{"articles":[`+strings.Join(articles, ",")+`]}`)
}

func TestReply(t *testing.T) {
	m := &sdk.Message{Sender: person, Account: account}
	for name, content := range replies {
		t.Run(name, func(t *testing.T) {
			made := compose.Make(itemsOf([]*core.Delivery{{Content: content}}), 2048, "", false)
			if made.Whole != 1 || made.Rest {
				t.Fatalf("%+v", made)
			}
			golden.Compare(t, "testdata/reply/"+name+".xml", string(appendPassive(nil, m, made.Content, time.Unix(1760000001, 0))))
		})
	}
}

func TestEncryptedReply(t *testing.T) {
	golden.Compare(t, "testdata/reply/envelope.xml", string(appendEnvelope(nil, "BASE64", strings.Repeat("0", 40), "415670741", 1760000000)))
}
