package host

import (
	"testing"
	"time"
)

func TestBudget(t *testing.T) {
	var b budget
	now := time.Now()
	for n := range restartBudget {
		if b.spend(now.Add(time.Duration(n) * time.Second)) {
			t.Fatalf("used up after %d ends", n+1)
		}
	}
	if !b.spend(now.Add(restartBudget * time.Second)) {
		t.Error("one end too many is not noticed")
	}
	if !b.spend(now.Add(budgetTime)) {
		t.Error("it is whole again too soon")
	}
}

// TestBudget_IsWholeAgain holds that neither an old crash nor another program counts.
func TestBudget_IsWholeAgain(t *testing.T) {
	var b budget
	now := time.Now()
	for range restartBudget + 5 {
		b.spend(now)
	}
	later := now.Add(budgetTime + time.Second)
	if b.spend(later) || len(b.ends) != 1 {
		t.Errorf("after quiet minutes %d ends count", len(b.ends))
	}
	for range restartBudget {
		b.spend(later)
	}
	b.renew()
	if b.spend(later) {
		t.Error("another program pays for the one before")
	}
}
