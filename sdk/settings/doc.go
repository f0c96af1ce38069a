// Package settings makes a plugin's configuration out of a Go struct: the JSON Schema for Description.ConfigSchema, and the
// values, with every mistake of `config:` in bot.yaml found at once.
//
//	type config struct {
//		City    string        `json:"city" default:"北京" doc:"Where, if nobody says."`
//		Unit    string        `json:"unit" default:"C" enum:"C|F"`
//		Key     sdk.Secret    `json:"key" required:"true" doc:"The key of the weather service."`
//		Timeout time.Duration `json:"timeout" default:"5s"`
//	}
//
//	func (p *plugin) Describe() sdk.Description {
//		return sdk.Description{Name: "weather", ConfigSchema: settings.Schema[config]()}
//	}
//
//	func (p *plugin) Configure(_ context.Context, raw json.RawMessage) (err error) {
//		p.config, err = settings.Decode[config](raw)
//		return err
//	}
//
// A field may be a string, a bool, any integer or float, a time.Duration (written "20s"), an sdk.Secret, an
// encoding.TextUnmarshaler, a struct or a pointer to any of these, a slice, or a map with string keys. Every exported field needs a json
// tag; `json:"-"` leaves it alone. The other tags are those of bot.yaml's own structs: doc says what the field is for, default is its value
// where there is none, enum lists what a text may be, and required:"true" says that it must be there. `key:` with nothing behind it
// is the same as no key.
//
// No problem shows a value: it may be a secret in the wrong place.
package settings
