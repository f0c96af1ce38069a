package host

import (
	"slices"
	"time"
)

// budget counts how often a plugin has ended lately. A plugin that stays up for a while has all of it again.
type budget struct{ ends []time.Time }

const (
	// restartBudget is how often a plugin may end within budgetTime before it is degraded.
	restartBudget = 10
	budgetTime    = 5 * time.Minute
	// degradedWait is how long a degraded plugin is left alone between two starts.
	degradedWait = time.Minute
)

// spend notes an end, and returns whether the budget is used up.
func (b *budget) spend(now time.Time) bool {
	b.ends = slices.DeleteFunc(b.ends, func(at time.Time) bool { return now.Sub(at) > budgetTime })
	b.ends = append(b.ends, now)
	return len(b.ends) > restartBudget
}

// renew gives all of it back.
func (b *budget) renew() { b.ends = nil }
