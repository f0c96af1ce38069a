// Package storetest is the suite that every core.Store passes: it holds a store to each sentence of the port. A store
// that survives the process is also opened again, after a clean end and after none, and a store that several processes
// share is used from two at once.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) storetest.Opened { return storetest.Opened{Store: memstore.New()} })
//	}
package storetest
