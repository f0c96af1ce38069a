package world

import (
	"time"

	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// Turn is a turn as a bot tells of it.
type Turn struct {
	traffic.Turn           // Number is left out; Message is the platform's id, or "" for an event without one.
	Event        string    // The event's name, if it is about one.
	Sent         time.Time // When the platform says that the message was sent.
}

// AddTurn keeps a turn, with the id that the transcript has for its message, and at the time of the platforms.
func (w *World) AddTurn(t Turn) {
	if t.Message == "" {
		t.Message = w.messageOf(t)
	}
	t.Time = t.Time.Add(w.Moved()) // The bot's clock is not the platforms'.
	w.Turns.Add(func(number uint64) traffic.Turn {
		t.Number = number
		return t.Turn
	})
}

// messageOf finds an event, which has no id on the wire, by who it was and when.
func (w *World) messageOf(t Turn) string {
	entries, _ := w.Transcript.After(0)
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		late := e.Time.Add(-w.Moved()).Sub(t.Sent) // Less than a second: the wire has whole ones.
		if e.Kind == transcript.Said && e.Account == t.Account && e.Person == t.Person && e.Type == t.Event && late.Abs() < 2*time.Second {
			return e.Message
		}
	}
	return ""
}
