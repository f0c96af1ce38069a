package config

import (
	"regexp"

	"github.com/chuanhuabot/bot/internal/strictyaml"
	"github.com/chuanhuabot/bot/sdk"
)

const variablePattern = "[A-Za-z_][A-Za-z0-9_]*"

var variableName = regexp.MustCompile("^" + variablePattern + "$")

// Env is the environment that a plugin gets, in the order of the file: `env: [HTTP_PROXY]` passes variables of the bot
// on, `env: {KEY: env:MY_KEY}` sets them. Values print as secrets do.
type Env []strictyaml.Entry[sdk.Secret]

var (
	_ strictyaml.Unmarshaler = (*Env)(nil)
	_ strictyaml.Schemer     = (*Env)(nil)
)

// Environ returns the variables as os/exec wants them: NAME=value. They may contain secrets.
func (e Env) Environ() []string {
	out := make([]string, len(e))
	for i, v := range e {
		out[i] = v.Key + "=" + v.Value.Value()
	}
	return out
}

// UnmarshalStrict reads either form.
func (e *Env) UnmarshalStrict(v *strictyaml.Value) {
	if v.IsList() {
		e.pass(v)
		return
	}
	var set strictyaml.Ordered[sdk.Secret]
	v.Decode(&set, variablePattern)
	*e = Env(set)
}

// pass takes over the variables that are named. It does not repeat what is not a name: [KEY=value] has a secret in it.
func (e *Env) pass(v *strictyaml.Value) {
	var list []string
	v.Decode(&list, "")
	for i, name := range list {
		field := index("", i)
		if !variableName.MatchString(name) {
			v.Problem(field, "write only names in this list, such as HTTP_PROXY; to set one, write env: {NAME: value}")
			continue
		}
		value, ok := v.Secrets().Lookup(name)
		if !ok {
			v.Warn(field, name+" is not set in the bot's environment, so the plugin will not have it")
			continue
		}
		*e = append(*e, strictyaml.Entry[sdk.Secret]{Key: name, Value: sdk.NewSecret(value)})
	}
}

// SchemaStrict allows both forms.
func (Env) SchemaStrict() map[string]any {
	name := map[string]any{"type": "string", "pattern": variableName.String()}
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "array", "items": name},
		map[string]any{"type": "object", "propertyNames": name, "additionalProperties": map[string]any{"type": "string"}},
	}}
}
