package kf

import (
	"strings"

	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// words is what a customer reads of a message of the bot, or what stands for what they see.
func (out *outbound) words() string {
	switch out.Kind {
	case "text":
		return out.Text.Content
	case "link":
		return out.Link.Title
	case "miniprogram":
		return out.MiniProgram.Title
	case "msgmenu":
		return out.Menu.words()
	case "location":
		return strings.TrimSpace(out.Location.Name + " " + out.Location.Address)
	case "business_card":
		return out.BusinessCard.Member
	case "ca_link":
		return out.Acquisition.URL
	}
	return out.medium()
}

func (out *outbound) medium() string {
	switch out.Kind {
	case "image":
		return out.Image.ID
	case "voice":
		return out.Voice.ID
	case "video":
		return out.Video.ID
	case "file":
		return out.File.ID
	}
	return ""
}

func (m *menu) words() string {
	var lines []string
	for _, line := range append(append([]string{m.Head}, m.lines()...), m.Tail) {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (m *menu) lines() []string {
	lines := make([]string, len(m.Items))
	for i := range m.Items {
		if m.Items[i].Click.ID != nil || m.Items[i].Kind != "click" {
			lines[i] = m.Items[i].shown().Text
		}
	}
	return lines
}

// detail is the rest of what they see.
func (out *outbound) detail() *transcript.Detail {
	switch out.Kind {
	case "image", "voice", "video", "file":
		return &transcript.Detail{Media: out.medium()}
	case "link":
		l := out.Link
		return &transcript.Detail{Title: l.Title, Description: l.Description, URL: l.URL, Picture: l.Thumb}
	case "miniprogram":
		m := out.MiniProgram
		return &transcript.Detail{Title: m.Title, Description: m.AppID + " " + m.Page, Picture: m.Thumb}
	case "msgmenu":
		return out.Menu.detail()
	case "location":
		return out.place()
	case "business_card":
		return &transcript.Detail{Title: out.BusinessCard.Member}
	case "ca_link":
		return &transcript.Detail{URL: out.Acquisition.URL}
	}
	return nil
}

func (out *outbound) place() *transcript.Detail {
	l := out.Location
	d := &transcript.Detail{Title: l.Name, Description: l.Address}
	if l.Latitude != nil && l.Longitude != nil {
		d.Latitude, d.Longitude = *l.Latitude, *l.Longitude
	}
	return d
}

func (m *menu) detail() *transcript.Detail {
	d := &transcript.Detail{Title: m.Head, Description: m.Tail}
	for i := range m.Items {
		if m.Items[i].Click.ID != nil || m.Items[i].Kind != "click" {
			d.Items = append(d.Items, m.Items[i].shown())
		}
	}
	return d
}

// words is what the transcript shows of an inbound message.
func (in Inbound) words() string {
	var parts []string
	for _, name := range []string{"content", "head_content", "title", "name", "address", "product_titles", "userid", "scene", "scene_param", "recall_msgid"} {
		if value := in.get(name); value != "" {
			parts = append(parts, value)
		}
	}
	return strings.Join(parts, " ")
}

// detail is the rest of it.
func (in Inbound) detail() *transcript.Detail {
	d := transcript.Detail{
		Media: in.get("media_id"), Title: in.get("title") + in.get("name"), Description: in.get("desc") + in.get("address"), URL: in.get("url"),
		Picture: in.get("pic_url") + in.get("thumb_media_id") + in.get("head_img") + in.get("image_url"), Latitude: in.number("latitude"), Longitude: in.number("longitude"),
	}
	if in.Type == event || d.Media+d.Title+d.Description+d.URL+d.Picture == "" && d.Latitude == 0 && d.Longitude == 0 {
		return nil
	}
	return &d
}
