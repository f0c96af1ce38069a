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

// before returns the turns of a conversation that have not ended and come before one, or all for nil.
func (b *Bot) before(key conversationKey, one *turn) []*turn {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.conversations[key]
	if c == nil || c.running == one && one != nil {
		return nil
	}
	var all []*turn
	if c.running != nil {
		all = append(all, c.running)
	}
	for _, t := range c.waiting {
		if t == one {
			break
		}
		all = append(all, t)
	}
	return all
}

// work runs the turns of a conversation until none waits.
func (b *Bot) work(key conversationKey, c *conversation) {
	for {
		b.mu.Lock()
		t := c.next()
		if c.running = t; t == nil {
			delete(b.conversations, key)
			if c.idle != nil {
				close(c.idle)
			}
			b.mu.Unlock()
			return
		}
		b.mu.Unlock()
		over := t.run(b.ctx)
		b.mu.Lock()
		b.recent.end(t, over)
		b.mu.Unlock()
		<-b.slots
	}
}

// Idle tells when a conversation has no turn.
func (b *Bot) Idle(channel, conversation string) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.conversations[conversationKey{channel, conversation}]; c != nil {
		if c.idle == nil {
			c.idle = make(chan struct{})
		}
		return c.idle
	}
	return b.recent.ended.done
}
