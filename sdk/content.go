package sdk

import "encoding/json"

// Kind names a type of Content: in `when: {kind: …}` of bot.yaml, in logs and in plugins.
type Kind string

// The kinds of content.
const (
	KindText     Kind = "text"
	KindImage    Kind = "image"
	KindVoice    Kind = "voice"
	KindVideo    Kind = "video"
	KindFile     Kind = "file"
	KindLocation Kind = "location"
	KindLink     Kind = "link"
	KindMenu     Kind = "menu"
	KindEvent    Kind = "event"
	KindRaw      Kind = "raw"
)

// Kinds returns every kind of content, in a fixed order.
func Kinds() []Kind {
	return []Kind{KindText, KindImage, KindVoice, KindVideo, KindFile, KindLocation, KindLink, KindMenu, KindEvent, KindRaw}
}

// Content is what a message carries: one of Text, Image, Voice, Video, File, Location, Link, Menu, Event and Raw, always
// as a value, never as a pointer. Only this package adds more.
type Content interface {
	// Kind names the type.
	Kind() Kind
	sealed()
}

// Media points to bytes that the platform keeps. It never contains them.
type Media struct {
	// ID is the platform's media id.
	ID string `json:"id,omitempty"`
	// URL is where the bytes can be fetched without credentials, if anywhere.
	URL string `json:"url,omitempty"`
	// Name is the file's name, if there is one.
	Name string `json:"name,omitempty"`
	// Format is what the platform says the format is, such as "amr". Look at the bytes before believing it.
	Format string `json:"format,omitempty"`
}

// Text is plain text in UTF-8.
type Text struct {
	Text string
	// Choice is, inbound, the ID of the Menu choice that was tapped to write this text.
	Choice string
}

// Image is a picture.
type Image struct {
	Media Media
}

// Voice is speech.
type Voice struct {
	// Media is the recording; Wideband is the same at 16 kHz, where the platform has it.
	Media, Wideband Media
	// Transcript is what was said, where it is known.
	Transcript string
}

// Video is a film clip.
type Video struct {
	// Media is the clip, Thumbnail a still picture of it.
	Media, Thumbnail Media
	// Title and Description are outbound only, for platforms that show them.
	Title, Description string
}

// File is a file of any format.
type File struct {
	Media Media
}

// Location is a place.
type Location struct {
	// Latitude and Longitude are in degrees, north and east positive.
	Latitude, Longitude float64
	// Scale is the map's zoom level, 0 if unknown.
	Scale float64
	// Label is what the place is called.
	Label string
}

// Link is a page on the web.
type Link struct {
	URL, Title, Description, PictureURL string
}

// Menu is a question with choices to tap.
type Menu struct {
	// Head stands above the choices, Tail below them.
	Head, Tail string
	Choices    []Choice
}

// Choice is one choice of a Menu. Its ID comes back as Text.Choice.
type Choice struct {
	ID, Text string
}

// Event is something that happened: somebody subscribed, tapped a menu, entered a session.
type Event struct {
	// Type is the platform's name of it, such as "subscribe".
	Type string
	// Key is the platform's key of it, such as a menu key or a scene. May be empty.
	Key string
	// Fields is every field of it as a JSON object, names as the platform writes them.
	Fields json.RawMessage
}

// Raw is a message of a type that has no content of its own here: nothing is dropped in silence.
type Raw struct {
	// Type is the platform's name of the type.
	Type string
	// Fields is every field of it as a JSON object, names as the platform writes them.
	Fields json.RawMessage
}

// Kind returns KindText.
func (Text) Kind() Kind { return KindText }

// Kind returns KindImage.
func (Image) Kind() Kind { return KindImage }

// Kind returns KindVoice.
func (Voice) Kind() Kind { return KindVoice }

// Kind returns KindVideo.
func (Video) Kind() Kind { return KindVideo }

// Kind returns KindFile.
func (File) Kind() Kind { return KindFile }

// Kind returns KindLocation.
func (Location) Kind() Kind { return KindLocation }

// Kind returns KindLink.
func (Link) Kind() Kind { return KindLink }

// Kind returns KindMenu.
func (Menu) Kind() Kind { return KindMenu }

// Kind returns KindEvent.
func (Event) Kind() Kind { return KindEvent }

// Kind returns KindRaw.
func (Raw) Kind() Kind { return KindRaw }

func (Text) sealed()     {}
func (Image) sealed()    {}
func (Voice) sealed()    {}
func (Video) sealed()    {}
func (File) sealed()     {}
func (Location) sealed() {}
func (Link) sealed()     {}
func (Menu) sealed()     {}
func (Event) sealed()    {}
func (Raw) sealed()      {}
