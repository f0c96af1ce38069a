package memstore_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/core/storetest"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Opened { return storetest.Opened{Store: memstore.New()} })
}

func message(id string) *sdk.Message {
	return &sdk.Message{ID: id, Channel: "wx", Content: sdk.Text{Text: "hello"}}
}

func keep(t *testing.T, s *memstore.Store, id string, want bool) {
	t.Helper()
	if fresh, err := s.Keep(t.Context(), message(id)); err != nil || fresh != want {
		t.Fatalf("Keep(%s) = %v, %v; want %v", id, fresh, err, want)
	}
}

func TestStore_ForgetsAfterMemory(t *testing.T) {
	for _, c := range []struct {
		name   string
		finish bool
		after  time.Duration
		fresh  bool
	}{
		{"finished, at the end of Memory", true, core.Memory, false},
		{"finished, after Memory", true, core.Memory + time.Nanosecond, true},
		{"open, long after Memory", false, 10 * core.Memory, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memstore.New()
				keep(t, s, "1", true)
				time.Sleep(time.Hour) // Memory begins with Finish, not with Keep.
				if c.finish {
					if err := s.Finish(t.Context(), "wx", "1"); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(c.after)
				keep(t, s, "1", c.fresh)
			})
		})
	}
}

// A second Finish must not prolong, nor must the first forgetting of an id cut short its second life.
func TestStore_KeptAgainAfterMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New()
		for range 3 {
			keep(t, s, "1", true)
			for range 2 {
				if err := s.Finish(t.Context(), "wx", "1"); err != nil {
					t.Fatal(err)
				}
				time.Sleep(core.Memory / 2)
				keep(t, s, "1", false)
			}
			time.Sleep(time.Second)
		}
	})
}

func TestStore_UnfinishedAfterForgetting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New()
		for i := range 100 {
			id := fmt.Sprint(i)
			keep(t, s, id, true)
			if i%2 == 0 {
				if err := s.Finish(t.Context(), "wx", id); err != nil {
					t.Fatal(err)
				}
			}
		}
		time.Sleep(2 * core.Memory)
		keep(t, s, "0", true)
		got, err := s.Unfinished(t.Context())
		if err != nil || len(got) != 51 || got[0].ID != "1" || got[50].ID != "0" {
			t.Fatalf("Unfinished = %d messages, %v; want the 50 open ones and then the new one", len(got), err)
		}
	})
}
