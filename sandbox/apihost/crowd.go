package apihost

// Crowd is how many calls of one path may be under way with one token: one beyond Most is refused with Code. The zero value
// is no limit.
type Crowd struct{ Most, Code int }

// enter counts a call in, from its arrival. It refuses the one that is too many. leave counts it out again.
func (h *Host[A]) enter(c *Call[A]) (refused *Refusal, leave func()) {
	if h.Crowd == nil {
		return nil, func() {}
	}
	most, key := h.Crowd(c.Path), c.Path+"?"+c.Query.Get("access_token")
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running[key]++
	if most.Most > 0 && h.running[key] > most.Most {
		refused = Refuse(most.Code)
	}
	return refused, func() { h.leave(key) }
}

func (h *Host[A]) leave(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running[key]--; h.running[key] == 0 {
		delete(h.running, key)
	}
}
