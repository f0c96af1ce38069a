package mp

import (
	"strconv"
	"strings"

	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// words is what a person reads of a customer-service message, or what stands for what they see.
func (out *outbound) words() string {
	switch out.Kind {
	case "text":
		return out.Text.Content
	case "news":
		if len(out.News.Articles) > 0 {
			return out.News.Articles[0].Title
		}
	case "msgmenu":
		lines := []string{out.Menu.Head}
		for _, item := range out.Menu.Items {
			lines = append(lines, item.Content)
		}
		return strings.Join(append(lines, out.Menu.Tail), "\n")
	}
	return out.Image.ID + out.Voice.ID + out.Video.ID + out.Music.Thumb
}

// detail is the rest of what they see.
func (out *outbound) detail() *transcript.Detail {
	switch out.Kind {
	case "image", "voice":
		return &transcript.Detail{Media: out.Image.ID + out.Voice.ID}
	case "video":
		return &transcript.Detail{Media: out.Video.ID, Title: out.Video.Title, Description: out.Video.Description}
	case "music":
		return &transcript.Detail{Picture: out.Music.Thumb, Title: out.Music.Title, Description: out.Music.Description, URL: out.Music.URL}
	case "news":
		var items []transcript.Item
		for _, article := range out.News.Articles {
			items = append(items, transcript.Item{
				Text: article.Title, Description: article.Description, URL: article.URL, Picture: article.Picture,
			})
		}
		return &transcript.Detail{Items: items}
	case "msgmenu":
		d := &transcript.Detail{Title: out.Menu.Head, Description: out.Menu.Tail}
		for _, item := range out.Menu.Items {
			d.Items = append(d.Items, transcript.Item{ID: item.ID, Text: item.Content})
		}
		return d
	}
	return nil
}

// Words is what a person reads of a passive reply, or what stands for what they see.
func Words(reply *wire.Reply) string {
	switch reply.Kind {
	case wire.KindText:
		return reply.Content
	case wire.KindNews:
		titles := make([]string, len(reply.Articles))
		for i, article := range reply.Articles {
			titles[i] = article.Title
		}
		return strings.Join(titles, "\n")
	case wire.KindTransfer:
		return reply.Servicer
	default:
		return strings.TrimSpace(reply.MediaID + " " + reply.Title)
	}
}

// replyDetail is the rest of what they see.
func replyDetail(reply *wire.Reply) *transcript.Detail {
	switch reply.Kind {
	case wire.KindImage, wire.KindVoice, wire.KindVideo:
		return &transcript.Detail{Media: reply.MediaID, Title: reply.Title, Description: reply.Description}
	case wire.KindMusic:
		return &transcript.Detail{Picture: reply.MediaID, Title: reply.Title, Description: reply.Description, URL: reply.URL}
	case wire.KindNews:
		var items []transcript.Item
		for _, article := range reply.Articles {
			items = append(items, transcript.Item{
				Text: article.Title, Description: article.Description, URL: article.URL, Picture: article.PictureURL,
			})
		}
		return &transcript.Detail{Items: items}
	}
	return nil
}

// detail is what of an inbound message is more than its words.
func (in Inbound) detail() *transcript.Detail {
	d := transcript.Detail{Media: in.get("MediaId"), Title: in.get("Title"), Description: in.get("Description"), URL: in.get("Url")}
	if in.Type == "location" {
		d.Title = in.get("Label")
		d.Latitude, _ = strconv.ParseFloat(in.get("Location_X"), 64) // 0 shows that it is none.
		d.Longitude, _ = strconv.ParseFloat(in.get("Location_Y"), 64)
	}
	if in.Type == event {
		d = transcript.Detail{}
	}
	if d.Media == "" && d.Title == "" && d.URL == "" && d.Latitude == 0 && d.Longitude == 0 {
		return nil
	}
	return &d
}
