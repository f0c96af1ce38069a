package core

// conversationKey names a conversation across all channels.
type conversationKey struct{ channel, conversation string }

// maxWaiting bounds the turns that wait in one conversation: more than a person writes, and few enough that one
// conversation cannot take the places of all others.
const maxWaiting = 100

// conversation holds the turns that wait for the one that runs. It is guarded by the Bot's lock and exists only while
// there is a turn.
type conversation struct {
	running *turn
	waiting []*turn
	idle    chan struct{} // Closed when there is no turn any more; nil while nobody waits for that.
}

// next takes the first turn out, or returns nil.
func (c *conversation) next() *turn {
	if len(c.waiting) == 0 {
		return nil
	}
	t := c.waiting[0]
	c.waiting[0] = nil
	c.waiting = c.waiting[1:]
	return t
}
