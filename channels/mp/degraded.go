package mp

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/sdk"
)

// degraded returns a text or link that says the same as c, and a note for the log, where the platform cannot show c: places, files, media
// that is not on the platform, and menus unless they may be sent. Everything else it returns as it is, with an empty note. It is
// pure, and its result is nothing that it would degrade.
func degraded(c sdk.Content, menus bool) (shown sdk.Content, note string) {
	switch c := c.(type) {
	case sdk.Image:
		return linked(c, c.Media, "")
	case sdk.Voice:
		return linked(c, c.Media, "")
	case sdk.Video:
		return linked(c, c.Media, c.Title)
	case sdk.File:
		return fileLink(c)
	case sdk.Location:
		return mapLink(c)
	case sdk.Menu:
		if text := menuText(c); !menus && text != "" {
			return sdk.Text{Text: text}, "menus cannot be sent here: shown as a text with links"
		}
	}
	return c, ""
}

// linked is a link for media that has an address and no id.
func linked(c sdk.Content, m sdk.Media, title string) (sdk.Content, string) {
	if !blank(m.ID) || !isWeb(m.URL) {
		return c, ""
	}
	if blank(title) {
		title = m.Name
	}
	return sdk.Text{Text: anchor(m.URL, title)}, "there is no media id: shown as a link"
}

func fileLink(f sdk.File) (sdk.Content, string) {
	switch {
	case isWeb(f.Media.URL):
		return sdk.Text{Text: anchor(f.Media.URL, f.Media.Name)}, "files cannot be sent: shown as a link"
	case !blank(f.Media.Name):
		return sdk.Text{Text: f.Media.Name}, "files cannot be sent, and this one has no address: only its name is shown"
	}
	return f, ""
}

// mapLink shows a place on a map (lbs.qq.com/webApi/uriV1/uriGuide/uriWebMarker).
func mapLink(l sdk.Location) (sdk.Content, string) {
	if !within(l.Latitude, 90) || !within(l.Longitude, 180) {
		return l, ""
	}
	at := degrees(l.Latitude) + "," + degrees(l.Longitude)
	label := strings.TrimSpace(l.Label)
	if label == "" {
		label = at
	}
	marker := "coord:" + at + ";title:" + markerText(label) + ";addr:" + markerText(label)
	to := "https://apis.map.qq.com/uri/v1/marker?marker=" + strings.ReplaceAll(url.QueryEscape(marker), "+", "%20") + "&referer=bot"
	return sdk.Text{Text: anchor(to, label)}, "places cannot be sent: shown as a link to a map"
}

func within(degrees, most float64) bool { return math.Abs(degrees) <= most } // Not for NaN.

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', -1, 64) }

// markerText drops what separates the parts of a marker, and what is too long for an address.
func markerText(s string) string {
	return compose.Cut(strings.NewReplacer(";", " ", ":", " ").Replace(s), 60)
}

// menuText has a line for each choice: a link, which says the choice when it is tapped
// (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage), or just a number before it if links would
// make the text too long. A menu without choices is "".
func menuText(m sdk.Menu) string {
	const most = 1500 // Bytes: what surely fits into a text of its own.
	var links, numbers []string
	for _, c := range m.Choices {
		if !blank(c.Text) {
			links = append(links, menuLink(c))
			numbers = append(numbers, fmt.Sprintf("%d. %s", len(numbers)+1, c.Text))
		}
	}
	if len(links) == 0 {
		return ""
	}
	if text := menuLines(m, links); len(text) <= most {
		return text
	}
	return menuLines(m, numbers)
}

func menuLines(m sdk.Menu, choices []string) string {
	var lines []string
	if !blank(m.Head) {
		lines = append(lines, m.Head)
	}
	lines = append(lines, choices...)
	if !blank(m.Tail) {
		lines = append(lines, m.Tail)
	}
	return strings.Join(lines, "\n")
}

// menuLink escapes only what would end a part of the address: the page does not say that the app decodes it.
func menuLink(c sdk.Choice) string {
	return `<a href="weixin://bizmsgmenu?msgmenucontent=` + menuValue(c.Text) + "&msgmenuid=" + menuValue(c.ID) + `">` + words(c.Text) + "</a>"
}

func menuValue(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r <= ' ' || strings.ContainsRune("%&\"'<>#+=?", r) {
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// anchor is a link as the texts of WeChat have it. Without words it is the address.
func anchor(to, name string) string {
	to = strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E", " ", "%20", "\n", "", "\r", "").Replace(to)
	if blank(name) {
		return to
	}
	return `<a href="` + to + `">` + words(name) + "</a>"
}

// words are what stands in a link: one line, and nothing that ends it.
func words(s string) string {
	return strings.NewReplacer("<", "＜", ">", "＞", "\n", " ", "\r", "").Replace(strings.TrimSpace(s))
}

// isWeb tells whether the address is one that WeChat opens.
func isWeb(s string) bool { return isURL(s, "http", "https") }
