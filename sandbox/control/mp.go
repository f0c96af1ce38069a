package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/wire"
	"github.com/chuanhuabot/bot/sandbox/world"
)

func (s *Server) follow(r *http.Request, a world.Account) (any, error) {
	var in struct {
		act
		Scene string `json:"scene"`
	}
	return s.pushEvent(r, a, &in, func() (mp.Inbound, error) {
		if who, known := s.world.FindPerson(a, in.Person); known && a.MP.Follows(who) {
			return mp.Inbound{}, errors.New("they follow the account already; a follower scans a code")
		}
		if in.Scene == "" {
			return mp.Subscribe(), nil
		}
		return mp.SubscribeByScan(in.Scene, ticketOf(in.Scene)), nil
	})
}

func (s *Server) unfollow(r *http.Request, a world.Account) (any, error) {
	var in act
	return s.pushEvent(r, a, &in, func() (mp.Inbound, error) { return mp.Unsubscribe(), nil })
}

// scan is a follower's scan; who does not follow yet is asked to, and does.
func (s *Server) scan(r *http.Request, a world.Account) (any, error) {
	var in struct {
		act
		Scene string `json:"scene"`
	}
	return s.pushEvent(r, a, &in, func() (mp.Inbound, error) {
		if in.Scene == "" {
			return mp.Inbound{}, errors.New("write the scene of the QR code")
		}
		who, err := s.world.PersonID(a, in.Person)
		if err != nil || a.MP.Follows(who) {
			return mp.Scan(in.Scene, ticketOf(in.Scene)), err
		}
		return mp.SubscribeByScan(in.Scene, ticketOf(in.Scene)), nil
	})
}

// ticketOf stands for the ticket of the QR code with a scene.
func ticketOf(scene string) string { return fmt.Sprintf("TICKET%x", scene) }

func (s *Server) tap(r *http.Request, a world.Account) (any, error) {
	var in struct {
		act
		Key string `json:"key"`
		URL string `json:"url"`
	}
	return s.pushEvent(r, a, &in, func() (mp.Inbound, error) {
		switch {
		case in.Key != "" && in.URL == "":
			return a.MP.TapKey(in.Key), nil
		case in.URL != "" && in.Key == "":
			return a.MP.TapURL(in.URL), nil
		}
		return mp.Inbound{}, errors.New("write the key of the item, or its url")
	})
}

func (s *Server) event(r *http.Request, a world.Account) (any, error) {
	var in struct {
		act
		Event  string         `json:"event"`
		Fields map[string]any `json:"fields"`
	}
	return s.pushEvent(r, a, &in, func() (mp.Inbound, error) {
		if in.Event == "" {
			return mp.Inbound{}, errors.New("write the name of the event, such as CLICK")
		}
		fields, err := wireFields(in.Fields)
		return mp.Event(in.Event, fields...), err
	})
}

// wireFields turns JSON into elements: a text is CDATA, a number is bare, an object has elements inside, and a list repeats
// its name. JSON has no order, so they are sorted.
func wireFields(values map[string]any) ([]wire.Field, error) {
	var out []wire.Field
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !validName(name) {
			return nil, fmt.Errorf("%q cannot be the name of a field", name)
		}
		fields, err := wireField(name, values[name])
		if err != nil {
			return nil, err
		}
		out = append(out, fields...)
	}
	return out, nil
}

func wireField(name string, value any) ([]wire.Field, error) {
	switch value := value.(type) {
	case string:
		return []wire.Field{wire.Text(name, value)}, nil
	case float64, bool:
		text, err := json.Marshal(value)
		return []wire.Field{wire.Number(name, string(text))}, err
	case map[string]any:
		inside, err := wireFields(value)
		return []wire.Field{wire.Group(name, inside...)}, err
	case []any:
		var all []wire.Field
		for _, one := range value {
			fields, err := wireField(name, one)
			if err != nil {
				return nil, err
			}
			all = append(all, fields...)
		}
		return all, nil
	}
	return nil, fmt.Errorf("field %s: want a text, a number, an object or a list", name)
}

func validName(name string) bool {
	for i, r := range name {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != "" && len(name) <= 64
}
