package settings

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// parse sets a scalar to what text says. Otherwise it returns what it wants instead.
func parse(v reflect.Value, text string) (want string) {
	switch p := v.Addr().Interface().(type) {
	case *sdk.Secret:
		*p = sdk.NewSecret(text)
		return ""
	case *time.Duration:
		d, err := time.ParseDuration(text)
		*p = d
		return unless(err == nil && d >= 0, v.Type())
	case encoding.TextUnmarshaler:
		return unless(p.UnmarshalText([]byte(text)) == nil, v.Type()) // Its error may show the text.
	}
	switch k := v.Kind(); {
	case k == reflect.String:
		v.SetString(text)
		return ""
	case k == reflect.Bool:
		v.SetBool(text == "true")
		return unless(text == "true" || text == "false", v.Type())
	default:
		return parseNumber(v, text)
	}
}

func parseNumber(v reflect.Value, text string) (want string) {
	var err error
	switch bits := v.Type().Bits(); {
	case signed(v.Kind()):
		var i int64
		i, err = strconv.ParseInt(text, 10, bits)
		v.SetInt(i)
	case unsigned(v.Kind()):
		var u uint64
		u, err = strconv.ParseUint(text, 10, bits)
		v.SetUint(u)
	default:
		var x float64
		x, err = strconv.ParseFloat(text, bits)
		v.SetFloat(x)
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return wanted(v.Type(), field{})
		}
	}
	return unless(err == nil, v.Type())
}

func unless(ok bool, t reflect.Type) string {
	if ok {
		return ""
	}
	return wanted(t, field{})
}

// wanted says what a type is read from, in words of somebody who writes a bot.yaml.
func wanted(t reflect.Type, f field) string {
	if len(f.enum) > 0 {
		return oneOf(f.enum)
	}
	switch {
	case t == reflect.TypeFor[sdk.Secret]():
		return "a secret such as env:NAME, file:PATH or the value itself"
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 20s"
	case t.Kind() == reflect.Pointer:
		return wanted(t.Elem(), f)
	case scalar(t) && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return "a valid " + t.Name()
	}
	switch k := t.Kind(); {
	case k == reflect.Bool:
		return "true or false"
	case k == reflect.Float32, k == reflect.Float64:
		return "a number"
	case unsigned(k):
		return fmt.Sprintf("a whole number from 0 to %d", ^uint64(0)>>(64-t.Bits()))
	case signed(k) && t.Bits() < 64:
		return fmt.Sprintf("a whole number from %d to %d", -1<<(t.Bits()-1), 1<<(t.Bits()-1)-1)
	case signed(k):
		return "a whole number"
	case k == reflect.Slice:
		return "a list"
	case k == reflect.String:
		return "text"
	default:
		return "an object"
	}
}

// oneOf writes "a, b or c".
func oneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
