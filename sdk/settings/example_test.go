package settings_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/sdk/settings"
)

type weather struct {
	City    string        `json:"city" default:"北京" doc:"Where, if nobody says."`
	Unit    string        `json:"unit" default:"C" enum:"C|F"`
	Timeout time.Duration `json:"timeout" default:"5s"`
}

func ExampleDecode() {
	c, err := settings.Decode[weather](json.RawMessage(`{"unit": "F"}`))
	fmt.Println(c.City, c.Unit, c.Timeout, err)
	_, err = settings.Decode[weather](json.RawMessage(`{"unit": "K", "timeout": 5}`))
	fmt.Println(err)
	// Output:
	// 北京 F 5s <nil>
	// unit: must be C or F; timeout: must be a duration such as 20s, not a number
}

func ExampleSchema() {
	type small struct {
		City string `json:"city" default:"北京" doc:"Where, if nobody says."`
	}
	fmt.Println(settings.Schema[small]())
	// Output:
	// {
	//   "$schema": "https://json-schema.org/draft/2020-12/schema",
	//   "additionalProperties": false,
	//   "properties": {
	//     "city": {
	//       "default": "北京",
	//       "description": "Where, if nobody says.",
	//       "type": "string"
	//     }
	//   },
	//   "type": "object"
	// }
}
