// Package examine finds out what matters to every channel of which an operator asks whether bot.yaml holds: whether the API's host
// answers and at what time, where callbacks come from, and what the bot on this machine answers to one.
package examine

import (
	"errors"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// Examination is one examination of an account, and what it has found so far. All fields must be set before the first call, and
// none may change after that. It is not safe for concurrent use.
type Examination struct {
	API       *wx.API
	Base      string        // Where the API is, as bot.yaml says.
	Proxied   bool          // Calls of it go through a proxy.
	Local     string        // Where the bot on this machine listens, such as http://127.0.0.1:8080; empty if that cannot be known.
	Freshness time.Duration // How far off the timestamp of a callback may be.

	Platform report.Text // Its name, such as WeChat.
	Pushes   report.Text // What it sends to the bot, such as messages of WeChat.
	Means    func(*wx.Refusal) report.Meaning

	findings []report.Finding
}

// Findings returns what was found, in its order.
func (e *Examination) Findings() []report.Finding { return e.findings }

// Add adds a finding.
func (e *Examination) Add(l report.Level, what, cure report.Text, details ...string) {
	e.findings = append(e.findings, report.Finding{Level: l, What: what, Cure: cure, Details: details})
}

// Failed adds what a call tells that was not answered as it should be.
func (e *Examination) Failed(l report.Level, what report.Text, err error) {
	e.findings = append(e.findings, Unanswered(l, what, err, e.Proxied, e.Means))
}

// Unanswered is a finding about a call that was not answered as it should be: what means says of a refusal, else what can be said
// of the network.
func Unanswered(l report.Level, what report.Text, err error, proxied bool, means func(*wx.Refusal) report.Meaning) report.Finding {
	var refusal *wx.Refusal
	if errors.As(err, &refusal) {
		m := means(refusal)
		return report.Finding{Level: l, What: report.Coded(what, refusal.Code, m.Why), Cure: m.Cure}
	}
	why, cure := report.Unreachable(err, proxied)
	return report.Finding{Level: l, What: report.Textf("%s：%s", "%s: %s", what, why), Cure: cure, Details: []string{err.Error()}}
}
