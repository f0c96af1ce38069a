package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// DecodeConfig reads a plugin's configuration into the struct that v points to and that holds the defaults. A field that
// v does not have, or a value of the wrong type, is returned as Problems.
func DecodeConfig(config json.RawMessage, v any) error {
	if len(bytes.TrimSpace(config)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(config))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		err = nothingMore(d)
	}
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return Problems{{Field: wrong.Field, Message: fmt.Sprintf("must be %s, not %s", wanted(wrong.Type), wrong.Value)}}
	case strings.HasPrefix(err.Error(), unknownField):
		name := strings.Trim(strings.TrimPrefix(err.Error(), unknownField), `"`)
		return Problems{{Field: name, Message: "unknown key; remove it or correct its spelling"}}
	default:
		return Problems{{Message: err.Error()}}
	}
}

// wanted says what JSON a Go type is read from, in words of somebody who writes a bot.yaml.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	default:
		return "a whole number that fits " + t.Kind().String()
	}
}

// nothingMore returns an error if there is anything behind the value that d has read, which Decode leaves alone.
func nothingMore(d *json.Decoder) error {
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the configuration's end; it must be one JSON object")
	}
	return nil
}

// unknownField is how encoding/json begins the only error that it has no type for.
const unknownField = "json: unknown field "
