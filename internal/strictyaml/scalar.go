package strictyaml

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/chuanhuabot/bot/sdk"
)

// scalar fills v from one piece of text.
func (d *decoder) scalar(n *yaml.Node, at string, v reflect.Value, f field) {
	secret, isSecret := v.Addr().Interface().(*sdk.Secret)
	switch {
	case isNull(n):
		d.problem(n, at, "has no value; write "+wanted(v, f)+", or remove the key")
	case n.Kind != yaml.ScalarNode:
		d.problem(n, at, "want "+wanted(v, f)+", got "+kindOf(n))
	case isSecret:
		d.secret(n, at, secret, f)
	case len(f.enum) > 0 && !slices.Contains(f.enum, n.Value):
		d.problem(n, at, fmt.Sprintf("must be %s, not %s", oneOf(f.enum), clip(n.Value)))
	case f.required && n.Value == "":
		d.problem(n, at, "is empty; write "+wanted(v, f))
	default:
		d.text(n, at, v, f)
	}
}

// text checks that the YAML type fits before the text is parsed: "20" in quotes is no number, and true is no text.
func (d *decoder) text(n *yaml.Node, at string, v reflect.Value, f field) {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(n.Value)); err != nil {
			d.problem(n, at, err.Error()+describe(f))
		}
		return
	}
	tag, fitting := n.ShortTag(), true
	switch {
	case v.Kind() == reflect.Bool:
		fitting = tag == "!!bool"
	case v.Kind() == reflect.Int:
		fitting = tag == "!!int"
	case v.Kind() == reflect.Float64:
		fitting = tag == "!!int" || tag == "!!float"
	case v.Kind() == reflect.String && tag == "!!bool":
		d.problem(n, at, fmt.Sprintf("want text, got true or false; put it in quotes if you mean it: %q", n.Value))
		return
	}
	want, got := wanted(v, f), clip(n.Value)
	if fitting {
		want = parse(v, n.Value)
	} else if tag == "!!str" && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		got += " in quotes"
	}
	if want != "" {
		d.problem(n, at, "want "+want+", got "+got)
	}
}

// secret never puts the value into a problem.
func (d *decoder) secret(n *yaml.Node, at string, s *sdk.Secret, f field) {
	value, err := d.secrets.Resolve(n.Value)
	var notThere absent
	if errors.As(err, &notThere) {
		if made, ok := d.secrets.madeUp(at); ok {
			value, err = made, nil
		}
	}
	if err != nil {
		d.problem(n, at, err.Error())
		return
	}
	if f.required && value == "" {
		d.problem(n, at, "is empty; write "+wanted(reflect.ValueOf(*s), f))
	}
	*s = sdk.NewSecret(value)
}

// parse sets v to what text says. Otherwise it returns what it wants instead.
func parse(v reflect.Value, text string) (want string) {
	switch p := v.Addr().Interface().(type) {
	case *sdk.Secret:
		*p = sdk.NewSecret(text)
		return ""
	case *time.Duration:
		return parseDuration(p, text)
	case encoding.TextUnmarshaler:
		if err := p.UnmarshalText([]byte(text)); err != nil {
			return "another value (" + err.Error() + ")"
		}
		return ""
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return unless(err == nil, v)
	case reflect.Int:
		i, err := strconv.ParseInt(text, 0, strconv.IntSize)
		v.SetInt(i)
		return unless(err == nil, v)
	case reflect.Float64:
		x, err := strconv.ParseFloat(text, 64)
		v.SetFloat(x)
		return unless(err == nil && !math.IsNaN(x) && !math.IsInf(x, 0), v)
	default:
		return "nothing: this program cannot read a " + v.Type().String()
	}
	return ""
}

func parseDuration(p *time.Duration, text string) (want string) {
	value, err := time.ParseDuration(text)
	if err != nil {
		return wanted(reflect.ValueOf(*p), field{})
	}
	if value < 0 {
		return "a duration that is not negative"
	}
	*p = value
	return ""
}

func unless(ok bool, v reflect.Value) string {
	if ok {
		return ""
	}
	return wanted(v, field{})
}

// wanted says in words what v takes.
func wanted(v reflect.Value, f field) string {
	if len(f.enum) > 0 {
		return oneOf(f.enum)
	}
	switch v.Interface().(type) {
	case sdk.Secret:
		return "a secret such as env:NAME, file:PATH or the value itself"
	case time.Duration:
		return "a duration such as 20s"
	}
	switch v.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	default:
		return "text"
	}
}

// kindOf says in words what stands in the file, without repeating it.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "keys with values"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	case isNull(n):
		return "nothing"
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	default:
		return "text"
	}
}

// isNull tells whether n stands for nothing: `key:`, `key: ~` or `key: null`.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
