package kf

import (
	"testing"
	"time"
)

func TestSkew(t *testing.T) {
	var s skew
	now := time.Unix(1_700_000_000, 0)
	want := func(name string, ahead time.Duration) {
		t.Helper()
		if got := now.Sub(s.platform(now)); got != ahead {
			t.Errorf("%s: %s, want %s", name, got, ahead)
		}
	}
	want("nothing is known", 0)
	s.note(now.Add(-5*time.Second), now)
	want("the first", 5*time.Second)
	s.note(now.Add(-20*time.Second), now) // A repeat.
	want("one that was long on its way", 5*time.Second)
	s.note(now.Add(-time.Second), now)
	want("a quick one", time.Second)
	now = now.Add(time.Hour)
	s.note(now.Add(time.Minute), now)
	want("our clock was put back", -time.Minute)
	now = now.Add(time.Hour)
	s.note(now.Add(-3*time.Second), now)
	now = now.Add(time.Hour)
	s.note(now.Add(-3*time.Second), now)
	want("what was long ago is forgotten", 3*time.Second)
}
