package traffic

import "time"

// Turn is what a bot made of one message, as the bot itself tells it: no platform sees this.
type Turn struct {
	Number  uint64    `json:"number"` // From 1, without gaps.
	Time    time.Time `json:"time"`
	Took    Millis    `json:"took_ms"`
	Channel string    `json:"channel"` // Its name in bot.yaml.
	Account string    `json:"account"`
	Person  string    `json:"person"`
	Message string    `json:"message"` // As in the transcript.
	Route   int       `json:"route"`   // From 0, in the order of bot.yaml; -1 if none took the message.
	Steps   []Step    `json:"steps"`
	Error   string    `json:"error"`
}

// Step is one plugin's part in a turn.
type Step struct {
	Plugin    string `json:"plugin"`
	Took      Millis `json:"took_ms"`
	Outcome   string `json:"outcome"`             // replied, passed, forwarded, silent or failed.
	Forwarded string `json:"forwarded,omitempty"` // The text of what it forwarded, such as the words of a voice.
	Replies   int    `json:"replies"`
	Error     string `json:"error"`
}
