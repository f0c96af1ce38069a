package control

import (
	"encoding/json"
	"fmt"
	"time"
)

// duration is written as Go writes it, such as "1.5s".
type duration time.Duration

// MarshalJSON writes a text.
func (d duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads a text.
func (d *duration) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf(`a duration is a text such as "1.5s" or "48h", not %s`, data)
	}
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf(`a duration is a text such as "1.5s" or "48h", not %q`, text)
	}
	*d = duration(parsed)
	return nil
}
