package jetstore

import (
	"fmt"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
)

func TestFinished(t *testing.T) {
	now := time.Unix(1_700_000_000, 999_000_000)
	a, b, c := placeOf("wx", "a").mark, placeOf("wx", "b").mark, placeOf("wx", "c").mark
	var empty finished
	one := empty.add(a, now, core.Memory)
	two := one.add(b, now.Add(time.Hour), core.Memory)
	for _, step := range []struct {
		name    string
		list    finished
		a, b, c bool
		records int
	}{
		{"empty", empty, false, false, false, 0},
		{"one", one, true, false, false, 1},
		{"two", two, true, true, false, 2},
		{"added again", two.add(a, now.Add(2*time.Hour), core.Memory), true, true, false, 2},
		{"at the end of memory", two.add(c, now.Add(core.Memory), core.Memory), true, true, true, 3},
		{"a is old", two.add(c, now.Add(core.Memory+2*time.Second), core.Memory), false, true, true, 2},
		{"all are old", two.add(c, now.Add(2*core.Memory), core.Memory), false, false, true, 1},
		{"cut off", two[:recordSize+3], true, false, false, 1},
	} {
		t.Run(step.name, func(t *testing.T) {
			got, want := [3]bool{step.list.has(a), step.list.has(b), step.list.has(c)}, [3]bool{step.a, step.b, step.c}
			if got != want {
				t.Errorf("has a, b, c = %v, want %v", got, want)
			}
			if got := len(step.list) / recordSize; got != step.records {
				t.Errorf("%d records, want %d", got, step.records)
			}
		})
	}
}

// A message added a second time is remembered from the second time on: its old record must not end it.
func TestFinished_AddedAgainLastsLonger(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	a, b := placeOf("wx", "a").mark, placeOf("wx", "b").mark
	list := finished{}.add(a, now, time.Hour).add(a, now.Add(50*time.Minute), time.Hour)
	if !list.add(b, now.Add(100*time.Minute), time.Hour).has(a) {
		t.Error("forgotten an hour after the first time")
	}
}

// Places are for ever: a version that looked elsewhere would answer again what was answered before an update.
func TestPlaceOf_IsForEver(t *testing.T) {
	p := placeOf("work", "msg-1")
	if got := fmt.Sprintf("%s %s %x", p.open(), p.done(), p.mark); got != placeOfMsg1 {
		t.Errorf("place %s, want %s", got, placeOfMsg1)
	}
	if got := token("msg-1"); got != tokenOfMsg1 {
		t.Errorf("token %s, want %s", got, tokenOfMsg1)
	}
}

const (
	placeOfMsg1 = "4d6.open.TWw-MJ8e4UtqT43u8OOT-B9c 4d6.done 3e309f1ee14b6a4f"
	tokenOfMsg1 = "53oebuhOpuThXfNPHq5gqgEd"
)

func TestPlaceOf_Spreads(t *testing.T) {
	shards, keys, marks := map[string]int{}, map[string]bool{}, map[string]bool{}
	const n = 40_960
	for i := range n {
		p := placeOf("wx", fmt.Sprint(i))
		shards[p.shard]++
		keys[p.key] = true
		marks[p.shard+string(p.mark[:])] = true
	}
	if len(shards) < 4000 || len(shards) > 4096 || len(keys) != n || len(marks) != n {
		t.Errorf("%d messages: %d shards, %d keys, %d marks", n, len(shards), len(keys), len(marks))
	}
	for shard, count := range shards {
		if count > 40 {
			t.Errorf("%d of %d messages are in shard %s", count, n, shard)
		}
	}
}
