package sdk

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

type testConfig struct {
	Prefix  string `json:"prefix"`
	Retries int8   `json:"retries"`
	Loud    bool   `json:"loud"`
	Key     Secret `json:"key"`
	Backend struct {
		URL   string   `json:"url"`
		Tags  []string `json:"tags"`
		Ratio float64  `json:"ratio"`
	} `json:"backend"`
}

func TestDecodeConfig(t *testing.T) {
	for name, config := range map[string]string{
		"nothing": "", "space": " \n", "null": "null", "empty": "{}", "empty with space": " { } \n",
	} {
		c := testConfig{Prefix: "default"}
		if err := DecodeConfig(json.RawMessage(config), &c); err != nil || c.Prefix != "default" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	c := testConfig{Prefix: "default"}
	config := `{"retries":3,"key":"hush","backend":{"url":"http://localhost","tags":["a"]}}`
	if err := DecodeConfig([]byte(config), &c); err != nil {
		t.Fatal(err)
	}
	if c.Prefix != "default" || c.Retries != 3 || c.Key.Value() != "hush" || c.Backend.Tags[0] != "a" {
		t.Errorf("got %+v", c)
	}
}

func TestDecodeConfig_Problems(t *testing.T) {
	const end = "something follows the configuration's end; it must be one JSON object"
	for _, c := range []struct{ name, config, field, message string }{
		{"unknown key", `{"prefx":"x"}`, "prefx", "unknown key; remove it or correct its spelling"},
		{"unknown key inside", `{"backend":{"ulr":"x"}}`, "ulr", "unknown key; remove it or correct its spelling"},
		{"number for text", `{"prefix":1}`, "prefix", "must be text, not number"},
		{"number for a secret", `{"key":12345}`, "key", "must be text, not number"},
		{"text for a number", `{"retries":"3"}`, "retries", "must be a whole number that fits int8, not string"},
		{"too large a number", `{"retries":300}`, "retries", "must be a whole number that fits int8, not number 300"},
		{"text for a switch", `{"loud":"yes"}`, "loud", "must be true or false, not string"},
		{"object for text inside", `{"backend":{"url":{}}}`, "backend.url", "must be text, not object"},
		{"text for a list", `{"backend":{"tags":"a"}}`, "backend.tags", "must be a list, not string"},
		{"text for a fraction", `{"backend":{"ratio":"a"}}`, "backend.ratio", "must be a number, not string"},
		{"text for an object", `{"backend":"x"}`, "backend", "must be an object, not string"},
		{"list at the top", `[]`, "", "must be an object, not array"},
		{"text at the top", `"x"`, "", "must be an object, not string"},
		{"no JSON", `prefix: x`, "", "invalid character 'p' looking for beginning of value"},
		{"half of it", `{"prefix":`, "", "unexpected EOF"},
		{"words behind it", `{} x`, "", end},
		{"an object behind it", `{}{"prefix":"x"}`, "", end},
		{"a bracket behind it", `{}]`, "", end},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := DecodeConfig([]byte(c.config), &testConfig{})
			if want := (Problems{{Field: c.field, Message: c.message}}); !reflect.DeepEqual(err, error(want)) {
				t.Errorf("got  %#v\nwant %#v", err, want)
			}
			if err != nil && strings.Contains(err.Error(), "12345") {
				t.Error("the error shows a secret")
			}
		})
	}
}
