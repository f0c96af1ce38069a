package mp

import (
	"fmt"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

var _ core.Handoffer = (*Channel)(nil)

// Handoff returns the passive reply that gives a conversation to the account's customer service, which takes no reason. It is only
// possible in time, in answer to a message, and for accounts that have customer service
// (developers.weixin.qq.com/doc/subscription/guide/product/kf/intro).
func (c *Channel) Handoff(string) (sdk.Content, error) {
	if c.config.Account == "unverified" {
		return nil, fmt.Errorf("%w: it takes a verified account", core.ErrNoHandoff)
	}
	return sdk.Raw{Type: rawTransfer}, nil
}
