package mp

import (
	"net/url"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// pageReply is a reply as the voice page gets it. The page writes it as text, never as markup.
type pageReply struct {
	Kind        sdk.Kind `json:"kind"`
	Text        string   `json:"text,omitempty"`
	URL         string   `json:"url,omitempty"` // http or https.
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`

	taken chan struct{} // Closed when a request has it.
}

func (r *pageReply) size() int {
	return len(r.Text) + len(r.URL) + len(r.Title) + len(r.Description) + 128
}

// newPageReply turns a content into what the page shows. Media stay with the platform, so the page names their kind only.
func newPageReply(c sdk.Content) (*pageReply, error) {
	if c == nil {
		return nil, errNothing
	}
	r := &pageReply{Kind: c.Kind(), taken: make(chan struct{})}
	switch c := c.(type) {
	case sdk.Text:
		r.Text = c.Text
	case sdk.Menu:
		r.Text = menuOnPage(c)
	case sdk.Location:
		r.Text = c.Label
	case sdk.Video:
		r.Title, r.Description = c.Title, c.Description
	case sdk.Link:
		r.Title, r.Description, r.URL = c.Title, c.Description, webAddress(c.URL)
	}
	r.Text, r.Title, r.Description = wx.Clean(r.Text), wx.Clean(r.Title), wx.Clean(r.Description)
	empty := blank(r.Text) && blank(r.Title) && blank(r.Description) && r.URL == ""
	if empty && (r.Kind == sdk.KindText || r.Kind == sdk.KindMenu || r.Kind == sdk.KindLink) {
		return nil, errNothing
	}
	return r, nil
}

// menuOnPage writes the choices below one another: a person can say one of them.
func menuOnPage(m sdk.Menu) string {
	var choices []string
	for _, c := range m.Choices {
		choices = append(choices, "· "+c.Text)
	}
	return menuLines(m, choices)
}

// webAddress returns an address that a browser may open from the page, and "" for every other one.
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}
