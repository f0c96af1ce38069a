package storetest

import (
	"testing"

	"github.com/chuanhuabot/bot/core"
)

// Opened is an empty store to test and what can be done with it. Whatever it opens must end with the test (t.Cleanup).
type Opened struct {
	// Store is new and empty.
	Store core.Store
	// Reopen ends the last opened store cleanly and opens its data again. Nil: the store does not survive its process.
	Reopen func(t *testing.T) core.Store
	// Crash opens what is on disk at this moment, without any end of the last opened store, which is not used again.
	// Nil: cannot be done.
	Crash func(t *testing.T) core.Store
	// Peer opens the same data a second time while Store is in use, as a second process does. Nil: cannot be done.
	Peer func(t *testing.T) core.Store
}

// Run runs the suite. It calls open once for each test; the tests do not run in parallel.
func Run(t *testing.T, open func(t *testing.T) Opened) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"Messages", messageTests()},
		{"Deliveries", deliveryTests()},
		{"Values", valueTests()},
		{"Concurrent", concurrentTests()},
		{"Reopen", reopenTests()},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, one := range group.tests {
				t.Run(one.name, func(t *testing.T) { one.run(t, open(t)) })
			}
		})
	}
}

// test is one promise of the port.
type test struct {
	name string
	run  func(t *testing.T, o Opened)
}
