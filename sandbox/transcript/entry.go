package transcript

import "time"

// Kind says what an entry is about.
type Kind string

// The kinds of entry.
const (
	Said  Kind = "said"  // The person wrote, sent or tapped something.
	Saw   Kind = "saw"   // The person sees something that the account sent.
	Fault Kind = "fault" // The person sees that the account does not work.
	Note  Kind = "note"  // The person sees nothing; Why tells a developer the reason.
)

// Entry is one line of a transcript. Nobody changes it after Add.
type Entry struct {
	Number  uint64    `json:"number"` // From 1, without gaps. Add sets it.
	Time    time.Time `json:"time"`
	Account string    `json:"account"`
	Person  string    `json:"person"`
	Kind    Kind      `json:"kind"`
	// Message is the platform's id of the message that it is about, or a number of the sandbox's own for an event, which
	// has none. An answer in the same request has it too.
	Message string  `json:"message"`
	Type    string  `json:"type"`             // What was said or seen: text, image, a name of an event.
	Text    string  `json:"text"`             // As people see it; of a text that no platform takes, the first 64 KiB.
	Why     string  `json:"why"`              // For developers only.
	Detail  *Detail `json:"detail,omitempty"` // What is more than text; nil if nothing is.
}

// Detail is what of an entry is more than its text.
type Detail struct {
	Media       string  `json:"media,omitempty"` // The id of a picture, clip or file.
	Name        string  `json:"name,omitempty"`  // Of a file.
	Title       string  `json:"title,omitempty"`
	Description string  `json:"description,omitempty"`
	URL         string  `json:"url,omitempty"`
	Picture     string  `json:"picture,omitempty"` // An address or an id of media.
	Latitude    float64 `json:"latitude,omitempty"`
	Longitude   float64 `json:"longitude,omitempty"`
	Servicer    string  `json:"servicer,omitempty"` // Who of the company wrote it.
	Items       []Item  `json:"items,omitempty"`
}

// Item is an article, or what can be tapped in a menu.
type Item struct {
	ID          string `json:"id,omitempty"` // What a tap says back.
	Text        string `json:"text,omitempty"`
	URL         string `json:"url,omitempty"` // What a tap opens.
	Picture     string `json:"picture,omitempty"`
	Description string `json:"description,omitempty"`
}

// maxText is the most bytes of an entry's Text.
const maxText = 64 << 10
