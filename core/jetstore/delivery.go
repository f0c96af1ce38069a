package jetstore

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// storedDelivery is a delivery as it is stored: JSON, so that later versions can add fields, with the content in the
// plugin protocol's encoding. Names stay for ever.
type storedDelivery struct {
	ID           string      `json:"id"`
	Channel      string      `json:"channel,omitempty"`
	Account      string      `json:"account,omitempty"`
	Conversation string      `json:"conversation,omitempty"`
	Recipient    string      `json:"recipient,omitempty"`
	InReplyTo    string      `json:"in_reply_to,omitempty"`
	Content      []byte      `json:"content"`
	Created      time.Time   `json:"created,omitzero"`
	Status       core.Status `json:"status,omitempty"`
	Reason       string      `json:"reason,omitempty"`
	Attempts     int         `json:"attempts,omitempty"`
	Next         time.Time   `json:"next,omitzero"`
	Left         int         `json:"window_left,omitempty"`
	Until        time.Time   `json:"window_until,omitzero"`
	Progress     int         `json:"progress,omitempty"`
}

func encodeDelivery(d *core.Delivery) ([]byte, error) {
	content, err := sdk.MarshalContent(d.Content)
	if err != nil {
		return nil, err
	}
	return json.Marshal(storedDelivery{
		ID: d.ID, Channel: d.Channel, Account: d.Account, Conversation: d.Conversation, Recipient: d.Recipient,
		InReplyTo: d.InReplyTo, Content: content, Created: d.Created.UTC(), Status: d.Status, Reason: d.Reason,
		Attempts: d.Attempts, Next: d.Next.UTC(), Left: d.Window.Left, Until: d.Window.Until.UTC(), Progress: d.Progress,
	})
}

func decodeDelivery(data []byte) (*core.Delivery, error) {
	var d storedDelivery
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("decode delivery: %w", err)
	}
	content, err := sdk.UnmarshalContent(d.Content)
	if err != nil {
		return nil, fmt.Errorf("decode delivery %q: %w", d.ID, err)
	}
	return &core.Delivery{
		ID: d.ID, Channel: d.Channel, Account: d.Account, Conversation: d.Conversation, Recipient: d.Recipient,
		InReplyTo: d.InReplyTo, Content: content, Created: d.Created, Status: d.Status, Reason: d.Reason,
		Attempts: d.Attempts, Next: d.Next, Window: sdk.Window{Left: d.Left, Until: d.Until}, Progress: d.Progress,
	}, nil
}
