package host

// stuckAfter is how many turns in a row may be given up before the process counts as one that hangs, whatever it says to pings.
const stuckAfter = 20

// progress notes how a turn ended: by itself, or because nobody waited for it any more.
func (i *instance) progress(ended bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if ended {
		i.givenUp = 0
		return
	}
	if i.attached != nil {
		return // Somebody looks at a breakpoint.
	}
	if i.givenUp++; i.givenUp == stuckAfter && !i.hangs {
		i.hangs = true
		close(i.stuck)
	}
}
