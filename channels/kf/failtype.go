package kf

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/chuanhuabot/bot/core"
)

// failTypes are the reasons for which the platform does not deliver what it has taken (page 94670).
func failTypes(n int) string {
	switch n {
	case 1:
		return "the account of customer service was deleted"
	case 2:
		return "the app was closed"
	case 4:
		return "the customer has not written for 48 hours"
	case 5:
		return "the session has ended"
	case 6:
		return "the five messages after the customer's last one are used up"
	case 7:
		return "the account has no WeChat channel bound to it"
	case 8:
		return "the company is not verified"
	case 9:
		return "the account has no WeChat channel bound to it, and the company is not verified"
	case 10:
		return "the customer takes no messages of the account"
	case 11:
		return "no member of the company has logged in to the WeCom app"
	case 12:
		return "a component of customer service forbids this type of message"
	case 13:
		return "a security restriction"
	}
	return "the platform does not say why"
}

// failed acts on an event that says that a message of ours was not delivered, and returns the delivery, if it is known. An old event is
// about nothing that is known.
func (c *Channel) failed(e entry, old bool) *core.Delivery {
	if old {
		return nil
	}
	n, _ := strconv.Atoi(e.body.text("fail_type"))
	why := fmt.Errorf("the platform has taken it, and not delivered it: %s (fail_type %d)", failTypes(n), n)
	parts, held := c.accepted.fail(e.body.text("fail_msgid"), why)
	if len(parts) == 0 {
		c.log.Error("a message was not delivered, of which it is not known any more what it was", "account", e.account, "customer", e.customer,
			"msgid", e.body.text("fail_msgid"), "why", failTypes(n), "fail_type", n)
		return nil
	}
	whole := held && !slices.ContainsFunc(parts, func(p piece) bool { return !p.whole })
	if whole && (n == failLate || n == failClosed || n == failUsedUp) {
		return c.sendAnew(parts, why)
	}
	for _, p := range parts {
		c.waiting.takeBack(p.Delivery) // The rest of it does not go as if nothing were missing.
		c.settle(p.Delivery, why)      // From where this part began.
	}
	return parts[0].Delivery
}

// The fail_types of what goes when the customer writes.
const (
	failLate   = 4
	failClosed = 5
	failUsedUp = 6
)

// sendAnew lets what was not delivered for lack of a window wait until the customer writes, from where each part began.
func (c *Channel) sendAnew(parts []piece, why error) *core.Delivery {
	first := parts[0].Delivery
	noted := c.people.Change(context.Background(), first.Conversation, func(s *session) bool {
		s.Anew++ // The platform takes an id once.
		s.Out = nil
		s.usedUp(c.quota(), c.now())
		return true
	})
	for _, p := range parts {
		if noted != nil || c.waiting.put(p.Delivery) != nil {
			c.settle(p.Delivery, why)
			continue
		}
		c.settle(p.Delivery, &opened{why})
	}
	return first
}
