package control

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/media"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/world"
)

// saying is a message of a person.
type saying struct {
	act
	Type        string         `json:"type"`
	Text        string         `json:"text"`
	Media       string         `json:"media"`
	Recognition *string        `json:"recognition"`
	Latitude    float64        `json:"latitude"`
	Longitude   float64        `json:"longitude"`
	Label       string         `json:"label"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	URL         string         `json:"url"`
	MenuID      string         `json:"menu_id"`
	Fields      map[string]any `json:"fields"`
}

// say sends a message of a person.
func (s *Server) say(r *http.Request, a world.Account) (any, error) {
	var in saying
	if err := read(r, &in); err != nil {
		return nil, err
	}
	in.Type = cmp.Or(in.Type, "text")
	if err := in.check(); err != nil {
		return nil, err
	}
	if a.MP != nil {
		content, err := in.mp(a.MP, "http://"+r.Host)
		if err != nil {
			return nil, err
		}
		return s.pushMP(r, a, in.act, content)
	}
	content, err := in.kf(a.KF)
	if err != nil {
		return nil, err
	}
	return s.pushKF(r, a, in.act, content)
}

// check refuses what no phone sends.
func (in saying) check() error {
	control := func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }
	switch {
	case in.Type == "text" && strings.TrimSpace(in.Text) == "":
		return errors.New("write the text")
	case strings.ContainsFunc(in.Text, control):
		return errors.New("a text has no control characters")
	case in.Type == "location" && (math.Abs(in.Latitude) > 90 || math.Abs(in.Longitude) > 180 || in.Latitude == 0 && in.Longitude == 0):
		return errors.New("a location needs a latitude of -90 to 90 and a longitude of -180 to 180")
	}
	return nil
}

// mp writes the message as an Official Account's platform pushes it; base is where the sandbox is.
func (in saying) mp(a *mp.Account, base string) (mp.Inbound, error) {
	more, err := wireFields(in.Fields)
	if err != nil {
		return mp.Inbound{}, err
	}
	if !slices.Contains([]string{"text", "image", "voice", "video", "shortvideo", "file", "location", "link", "event"}, in.Type) {
		return mp.Message(in.Type, more...), nil
	}
	content, err := in.usual(a, base)
	content.Fields = append(content.Fields, more...)
	return content, err
}

// usual writes a message of a type that has fields of its own.
func (in saying) usual(a *mp.Account, base string) (mp.Inbound, error) {
	m, err := in.medium(a.Medium)
	if err != nil {
		return mp.Inbound{}, err
	}
	switch in.Type {
	case "text":
		if in.MenuID != "" {
			return mp.MenuText(in.Text, in.MenuID), nil
		}
		return mp.Text(in.Text), nil
	case "image":
		return mp.Image(base+"/api/accounts/"+a.Settings().ID+"/media/"+m.ID, m.ID), nil
	case "voice":
		clip := mp.Voice(m.ID, a.Keep(m.Type, m.Name, m.Data))
		if in.Recognition != nil {
			clip = clip.Recognized(*in.Recognition)
		}
		return clip, nil
	case "video":
		return mp.Video(m.ID, a.Keep("thumb", "thumb.jpg", grey())), nil
	case "shortvideo":
		return mp.ShortVideo(m.ID, a.Keep("thumb", "thumb.jpg", grey())), nil
	case "file":
		return mp.Unsupported(), nil
	case "location":
		return mp.Location(in.Latitude, in.Longitude, 16, in.Label), nil
	case "link":
		return mp.Link(in.Title, in.Description, in.URL), nil
	}
	return mp.Inbound{}, errors.New("events have calls of their own, such as POST …/event")
}

// kfTypes are the types that kf writes itself.
var kfTypes = map[string]bool{
	"text": true, "image": true, "voice": true, "video": true, "shortvideo": true, "file": true, "location": true, "link": true,
}

// kf writes the message as it stands in the customer service account's log.
func (in saying) kf(a *kf.Account) (kf.Inbound, error) {
	m, err := in.medium(a.Corp().Medium)
	if err != nil {
		return kf.Inbound{}, err
	}
	if in.Fields != nil && kfTypes[in.Type] {
		return kf.Inbound{}, fmt.Errorf("a message of type %s has no fields of other names", in.Type)
	}
	switch in.Type {
	case "text":
		if in.MenuID != "" {
			return kf.MenuText(in.Text, in.MenuID), nil
		}
		return kf.Text(in.Text), nil
	case "image":
		return kf.Image(m.ID), nil
	case "voice":
		return kf.Voice(m.ID), nil
	case "video", "shortvideo":
		return kf.Video(m.ID), nil
	case "file":
		return kf.File(m.ID), nil
	case "location":
		return kf.Location(in.Latitude, in.Longitude, in.Label, in.Description), nil
	case "link":
		return kf.Link(in.Title, in.Description, in.URL, ""), nil
	case "event":
		return kf.Inbound{}, errors.New("events have calls of their own, such as POST …/enter")
	}
	return kf.Message(in.Type, in.Fields), nil
}

// medium returns what a message that is one shows.
func (in saying) medium(get func(id string) (media.Medium, bool)) (media.Medium, error) {
	if !slices.Contains([]string{"image", "voice", "video", "shortvideo", "file"}, in.Type) {
		return media.Medium{}, nil
	}
	m, ok := get(in.Media)
	if !ok {
		return m, fmt.Errorf("a message of type %s needs media that is kept: POST …/media gives an id", in.Type)
	}
	return m, nil
}

// grey is a picture that stands for the first one of a film.
func grey() []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 32, 32)), nil) // It is encoded into memory.
	return b.Bytes()
}
