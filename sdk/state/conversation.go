package state

import (
	"encoding/json"
	"fmt"

	"github.com/chuanhuabot/bot/sdk"
)

// Load returns what Save has saved for the conversation of m, and the zero value if there is nothing. What T cannot hold, such as the
// state of another version of the plugin, is an error, beside the zero value: a plugin that would rather begin anew than fail ignores it.
// The plugin must be Stateful in its Description.
func Load[T any](m *sdk.Message) (T, error) {
	var v, none T
	if len(m.State) == 0 {
		return none, nil
	}
	if err := json.Unmarshal(m.State, &v); err != nil {
		return none, fmt.Errorf("the state of conversation %s: %w", m.Conversation, err)
	}
	return v, nil
}

// Save keeps v for the next turn of the conversation, once this one has ended without an error. As JSON it has at most sdk.MaxState
// bytes; the errors are those of Responder.Save, and of a v that JSON cannot hold.
func Save[T any](r sdk.Responder, v T) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return r.Save(data)
}

// Forget lets the next turn of the conversation find no state.
func Forget(r sdk.Responder) error { return r.Save(nil) }
