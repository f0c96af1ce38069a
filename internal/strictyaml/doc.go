// Package strictyaml reads YAML into Go structs and accepts nothing that it does not know. It finds every mistake in one
// go, each with its line, its column and what to write instead, where gopkg.in/yaml.v3 stops early or stays silent.
//
// The structs say what is allowed, by tags:
//
//	type Server struct {
//		Listen string        `yaml:"listen" default:":8080" doc:"Where to listen."`
//		Mode   string        `yaml:"mode" required:"true" enum:"plain|safe"`
//		Wait   time.Duration `yaml:"wait" default:"20s"`
//		Token  sdk.Secret    `yaml:"token"`
//		Tags   []string      `yaml:"tags,single"` // `tags: a` is the same as `tags: [a]`
//	}
//
// A field may be a string, bool, int, float64, time.Duration, sdk.Secret, a struct or a pointer to any of these, a slice,
// an Ordered mapping, a Free subtree, an encoding.TextUnmarshaler such as *regexp.Regexp, or an Unmarshaler. Fields
// without a yaml tag are not read. Other tags: `keys` is the pattern for the keys of an Ordered mapping.
//
// A Secret, and every string in a Free subtree, may be env:NAME or file:PATH instead of the value itself. What a Secret
// holds never appears in a problem. Schema turns the same structs into a JSON Schema for editors.
package strictyaml
