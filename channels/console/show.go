package console

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/chuanhuabot/bot/sdk"
)

// show returns a content as a terminal can show it, without control characters that would move its cursor.
func show(c sdk.Content) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return '\uFFFD'
		}
		return r
	}, plain(c))
}

func plain(c sdk.Content) string {
	switch c := c.(type) {
	case sdk.Text:
		return c.Text
	case sdk.Image:
		return "[image] " + source(c.Media)
	case sdk.Voice:
		return strings.TrimSpace("[voice] " + source(c.Media) + " " + c.Transcript)
	case sdk.Video:
		return strings.TrimSpace("[video] " + source(c.Media) + " " + c.Title)
	case sdk.File:
		return "[file] " + source(c.Media)
	case sdk.Location:
		return fmt.Sprintf("[location] %g, %g %s", c.Latitude, c.Longitude, c.Label)
	case sdk.Link:
		return "[link] " + c.Title + " " + c.URL
	case sdk.Menu:
		return menu(c)
	default:
		return "[" + string(c.Kind()) + "]"
	}
}

func source(m sdk.Media) string {
	for _, s := range []string{m.Name, m.URL, m.ID} {
		if s != "" {
			return s
		}
	}
	return "(no source)"
}

func menu(m sdk.Menu) string {
	lines := []string{m.Head}
	for _, c := range m.Choices {
		lines = append(lines, " - "+c.Text)
	}
	return strings.Trim(strings.Join(append(lines, m.Tail), "\n"), "\n")
}
