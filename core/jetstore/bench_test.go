package jetstore

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// BenchmarkStore measures single calls, one after the other, with and without waiting for the disk. Its numbers are in
// docs/decisions/0001-store-sync.md; to compare, run it with -benchtime=2000x.
func BenchmarkStore(b *testing.B) {
	for _, sync := range []bool{true, false} {
		opts := func() Options { return Options{Dir: b.TempDir(), noSync: !sync} }
		for _, one := range []struct {
			name string
			do   func(b *testing.B, s *Store, i int) error
		}{
			{"Keep", benchKeep},
			{"KeepFinish", benchKeepFinish},
			{"Put", benchPut},
			{"Get", benchGet},
			{"PutDelivery", benchPutDelivery},
		} {
			b.Run(fmt.Sprintf("%s/sync=%v", one.name, sync), func(b *testing.B) {
				s := mustOpen(b, opts())
				median(b, func(i int) error { return one.do(b, s, i) })
			})
		}
	}
}

// median reports the median of single calls: a mean would tell more of the disk's worst moments than of the code.
func median(b *testing.B, do func(i int) error) {
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		if err := do(i); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "µs-median")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "µs-p99")
}

func benchMessage(i int) *sdk.Message {
	return &sdk.Message{
		ID: fmt.Sprint("msg-", i), Channel: "work", Account: "kf_1", Sender: "external-user",
		Conversation: "kf_1/external-user", Time: time.Now(), Content: sdk.Text{Text: "你好，请问营业时间是几点到几点？"},
	}
}

func benchKeep(b *testing.B, s *Store, i int) error {
	_, err := s.Keep(b.Context(), benchMessage(i))
	return err
}

func benchKeepFinish(b *testing.B, s *Store, i int) error {
	if err := benchKeep(b, s, i); err != nil {
		return err
	}
	return s.Finish(b.Context(), "work", fmt.Sprint("msg-", i))
}

func benchPut(b *testing.B, s *Store, i int) error {
	_, err := s.Put(b.Context(), fmt.Sprint("key-", i), make([]byte, 200), 0)
	return err
}

func benchGet(b *testing.B, s *Store, i int) error {
	if i == 0 {
		return benchPut(b, s, 0)
	}
	_, _, err := s.Get(b.Context(), "key-0")
	return err
}

func benchPutDelivery(b *testing.B, s *Store, i int) error {
	return s.PutDelivery(b.Context(), &core.Delivery{
		ID: fmt.Sprint("msg-", i), Channel: "work", Content: sdk.Text{Text: "早上九点到晚上六点"}, Created: time.Now(),
		Status: core.StatusQueued,
	})
}

// BenchmarkOpen measures how long a bot waits for its store, on an empty folder and on one with 10,000 messages, half
// of them finished.
func BenchmarkOpen(b *testing.B) {
	for _, messages := range []int{0, 10_000} {
		b.Run(fmt.Sprint("messages=", messages), func(b *testing.B) {
			dir := b.TempDir()
			s := mustOpen(b, Options{Dir: dir, noSync: true})
			for i := range messages {
				do := []func(*testing.B, *Store, int) error{benchKeep, benchKeepFinish}[i%2]
				if err := do(b, s, i); err != nil {
					b.Fatal(err)
				}
			}
			mustClose(b, s)
			median(b, func(int) error {
				s, err := Open(b.Context(), Options{Dir: dir})
				if err == nil {
					b.StopTimer()
					mustClose(b, s)
					b.StartTimer()
				}
				return err
			})
		})
	}
}

// BenchmarkUnfinished measures the look at what a crash left, past 10,000 finished messages.
func BenchmarkUnfinished(b *testing.B) {
	s := mustOpen(b, Options{Dir: b.TempDir(), noSync: true})
	for i := range 11_000 {
		do := benchKeepFinish
		if i%11 == 0 {
			do = benchKeep
		}
		if err := do(b, s, i); err != nil {
			b.Fatal(err)
		}
	}
	median(b, func(int) error {
		open, err := s.Unfinished(b.Context())
		if err == nil && len(open) != 1000 {
			err = fmt.Errorf("%d messages are open, want 1000", len(open))
		}
		return err
	})
}
