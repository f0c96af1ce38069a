package core

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func TestRecent_IsBoundedInNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecent()
		const n = 2 * recentMax
		for i := range n {
			one := &turn{key: messageKey{"ch", strconv.Itoa(i)}}
			r.begin(one)
			r.end(one, true)
		}
		if len(r.turns) != recentMax || len(r.over) != recentMax {
			t.Errorf("%d turns and %d ends are remembered, want %d", len(r.turns), len(r.over), recentMax)
		}
		if r.get(messageKey{"ch", strconv.Itoa(n - 1)}) == nil {
			t.Error("the last one is forgotten")
		}
		time.Sleep(recentFor + time.Second)
		if r.get(messageKey{"ch", "any"}); len(r.turns) != 0 {
			t.Errorf("%d turns are remembered after their time", len(r.turns))
		}
	})
}

func TestRecent_RunningTurnsAreNeverForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecent()
		running := &turn{key: messageKey{"ch", "running"}}
		r.begin(running)
		time.Sleep(time.Hour)
		if r.get(running.key) != running {
			t.Error("it is forgotten")
		}
		r.end(running, false)
		if r.get(running.key) != nil {
			t.Error("a turn that was stopped is remembered as over")
		}
	})
}
