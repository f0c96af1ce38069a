package kf

import (
	"context"
	"errors"
	"time"
)

var errUnread = errors.New("the customer has not written within 48 hours")

// expireEvery is how often it is looked for what has waited too long.
const expireEvery = 10 * time.Minute

// expire ends what has waited for its customer for too long, and forgets what will not come any more, until ctx ends.
func (c *Channel) expire(ctx context.Context) {
	for pause(ctx, expireEvery) {
		now := time.Now()
		for _, d := range c.waiting.expired(now.Add(-outFor)) {
			c.settle(d, errUnread)
		}
		c.accepted.prune(now)
	}
}
