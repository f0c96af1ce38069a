package kf

import "github.com/chuanhuabot/bot/sandbox/callback"

// Outcome is what came of a bell.
type Outcome struct {
	Message    string // The msgid in the log.
	Request    []byte // The body as it was sent; empty if no bell rang.
	Plain      []byte // What was encrypted in it.
	Tries      []callback.Try
	Duplicates []callback.Try // Of Fault.Duplicates.
	Answered   bool           // The bot answered with a 200.
	Why        string         // Why not, in a developer's words.
}
