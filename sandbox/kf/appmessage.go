package kf

import (
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

// AppMessage is what the app has said to members of the corp, in a chat of its own that has nothing to do with customers (page 90236).
type AppMessage struct {
	Time time.Time
	To   []string // The userids, as far as they are members.
	Text string
}

const (
	// maxAppMessages is how many are remembered.
	maxAppMessages = 100
	// maxReceivers and maxAppText bound one message.
	maxReceivers = 1000
	maxAppText   = 2048
)

// AppMessages returns what the app has said to members, the oldest first.
func (c *Corp) AppMessages() []AppMessage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.appMessages)
}

// sendAppMessage takes texts. It names those who are no members, and refuses only if nobody is one.
func sendAppMessage(c *call) (any, *refusal) {
	var in struct {
		To    string `json:"touser"`
		Agent int    `json:"agentid"`
		Kind  string `json:"msgtype"`
		Text  struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	if refused := read(c, &in); refused != nil {
		return nil, refused
	}
	names := strings.Split(in.To, "|")
	switch {
	case in.Agent <= 0:
		return nil, refuse(codeAgent)
	case in.Kind != "text":
		return nil, refuse(codeMsgType)
	case in.Text.Content == "":
		return nil, refuse(codeEmpty)
	case len(names) > maxReceivers:
		return nil, refuse(codeParameter)
	}
	m := AppMessage{Time: c.Now, Text: in.Text.Content[:min(len(in.Text.Content), maxAppText)]} // What is longer is cut.
	var invalid []string
	for _, name := range names {
		if _, ok := c.Owner.member(name); ok {
			m.To = append(m.To, name)
		} else {
			invalid = append(invalid, name)
		}
	}
	if len(m.To) == 0 {
		return nil, refuse(codeNobody)
	}
	c.Owner.mu.Lock()
	defer c.Owner.mu.Unlock()
	c.Owner.appMessages = append(c.Owner.appMessages, m)
	c.Owner.appMessages = c.Owner.appMessages[max(0, len(c.Owner.appMessages)-maxAppMessages):]
	return struct {
		apihost.Done
		Invalid string `json:"invaliduser"`
	}{okay, strings.Join(invalid, "|")}, nil
}
