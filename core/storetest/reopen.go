package storetest

import (
	"testing"

	"github.com/chuanhuabot/bot/core"
)

// reopenTests hold a store to "on disk when the method returns".
func reopenTests() []test {
	tests := []test{}
	for _, way := range []struct {
		name string
		of   func(Opened) func(*testing.T) core.Store
	}{
		{"after a clean end", func(o Opened) func(*testing.T) core.Store { return o.Reopen }},
		{"after a crash", func(o Opened) func(*testing.T) core.Store { return o.Crash }},
	} {
		tests = append(tests, test{way.name, func(t *testing.T, o Opened) {
			again := way.of(o)
			if again == nil {
				t.Skip("this store cannot do that")
			}
			survives(t, o.Store, again)
		}})
	}
	return tests
}

// survives fills a store, with removals at its start, in its middle and at its end, and looks at it again.
func survives(t *testing.T, s core.Store, again func(*testing.T) core.Store) {
	for _, id := range []string{"1", "2", "3", "4"} {
		mustKeep(t, s, message("wx", id), true)
		mustPutDelivery(t, s, delivery(id, epoch()))
	}
	stays := mustPut(t, s, "stays", []byte("one"), 0)
	stays = mustPut(t, s, "stays", []byte("two"), stays)
	goes := mustPut(t, s, "goes", []byte("x"), 0)
	for _, id := range []string{"1", "3"} {
		mustFinish(t, s, "wx", id)
		if err := s.DeleteDelivery(t.Context(), id); err != nil {
			t.Fatalf("DeleteDelivery: %v", err)
		}
	}
	mustPutDelivery(t, s, delivery("2", epoch()))
	mustPut(t, s, "goes", nil, goes)

	s = again(t)
	wantUnfinished(t, s, "wx/2", "wx/4")
	wantDeliveries(t, s, nil, "2", "4")
	wantValue(t, s, "stays", "two", stays)
	wantConflict(t, s, "goes", []byte("y"), goes)
	if renewed := mustPut(t, s, "goes", []byte("y"), 0); renewed <= goes {
		t.Errorf("revision %d after %d: it could come twice", renewed, goes)
	}
	for _, id := range []string{"1", "2", "3", "4"} {
		mustKeep(t, s, message("wx", id), false)
	}
	mustFinish(t, s, "wx", "2")
	mustKeep(t, s, message("wx", "5"), true)
	wantUnfinished(t, s, "wx/4", "wx/5")
}
