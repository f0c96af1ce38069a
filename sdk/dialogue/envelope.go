package dialogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// envelope is the state of a conversation in which a dialogue runs.
type envelope struct {
	Dialogue string          `json:"$dialogue"`
	Step     string          `json:"step"`
	Until    time.Time       `json:"until"`
	Data     json.RawMessage `json:"data"`
	// Own is the plugin's own state.
	Own []byte `json:"own,omitempty"`
}

// mark is how an envelope begins. A plugin's own state does not.
const mark = `{"$dialogue":`

// opened returns what a state holds of a dialogue. ok is false for every other state.
func opened(state []byte) (e envelope, ok bool) {
	if !bytes.HasPrefix(state, []byte(mark)) {
		return envelope{}, false
	}
	err := json.Unmarshal(state, &e)
	return e, err == nil && e.Dialogue != ""
}

// dataOf returns what the steps know.
func dataOf[T any](e envelope) (data T, err error) {
	err = json.Unmarshal(e.Data, &data)
	return data, err
}

// save makes e the state of the conversation.
func save(e envelope, r sdk.Responder) error {
	state, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("dialogue %q: %w", e.Dialogue, err)
	}
	if len(state) > sdk.MaxState {
		return fmt.Errorf("dialogue %q: %d bytes of state, more than the %d that are kept: %d of data, %d of the plugin's own",
			e.Dialogue, len(state), sdk.MaxState, len(e.Data), len(e.Own))
	}
	return r.Save(state)
}

// keeper is the Responder of a step, and of a message aside: what they save is the plugin's own state, and goes
// into the envelope.
type keeper struct {
	sdk.Responder

	mu      sync.Mutex
	own     []byte
	changed bool
}

// Save keeps a copy of state for the end of the step.
func (k *keeper) Save(state []byte) error {
	if len(state) > sdk.MaxState {
		return fmt.Errorf("save: %d bytes of state, more than the %d that are kept", len(state), sdk.MaxState)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.own, k.changed = bytes.Clone(state), true
	return nil
}

func (k *keeper) saved() (own []byte, changed bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.own, k.changed
}
