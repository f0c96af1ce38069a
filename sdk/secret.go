package sdk

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"unique"
)

// Secret is a string that must not be seen: it prints, logs and marshals as "***". The zero value is empty.
//
// The value sits behind a pointer, because where a Secret is in a field that is not exported, package fmt prints what it
// finds there and asks nobody. Equal secrets are ==.
type Secret struct{ value unique.Handle[string] }

const redacted = "***"

// NewSecret returns a Secret that holds value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: unique.Make(value)}
}

// Value returns what must not be seen. It must not go into logs, errors, metrics or pages.
func (s Secret) Value() string {
	if s.Empty() {
		return ""
	}
	return s.value.Value()
}

// Empty tells whether there is no value.
func (s Secret) Empty() bool { return s == Secret{} }

// String returns "***", or "" if it is empty.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return redacted
}

// Format prints String whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue logs String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON writes String.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalText writes String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalJSON reads a JSON string as the value; null changes nothing.
func (s *Secret) UnmarshalJSON(data []byte) error {
	value := s.Value()
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	*s = NewSecret(value)
	return nil
}
