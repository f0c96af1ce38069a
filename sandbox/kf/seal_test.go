package kf

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSeal_ReadsOnlyItsOwn(t *testing.T) {
	one, same, other := newSeal("a", "b"), newSeal("a", "b"), newSeal("ab", "")
	for _, number := range []uint64{0, 1, 1 << 63} {
		text := one.write(number, 7)
		if n, note, ok := same.read(text); !ok || n != number || note != 7 {
			t.Errorf("%d: %d, %d, %t", number, n, note, ok)
		}
		if _, _, ok := other.read(text); ok {
			t.Errorf("%d: another seal reads it", number)
		}
		if strings.Contains(text, fmt.Sprint(number)) && number > 9 {
			t.Errorf("%s shows its number", text)
		}
	}
	for _, text := range []string{"", "x", "AAAA", strings.Repeat("A", 22), strings.Repeat("A", 44), one.write(1, 1) + "A", "é" + one.write(1, 1)[2:]} {
		if _, _, ok := one.read(text); ok {
			t.Errorf("%q is read", text)
		}
	}
}

func TestRecent_ForgetsTheOldest(t *testing.T) {
	r := newRecent[int](2)
	for i, key := range []string{"a", "b"} {
		r.put(key, i)
	}
	if got, ok := r.take("a"); !ok || got != 0 {
		t.Errorf("%d, %t", got, ok)
	}
	if _, ok := r.take("a"); ok {
		t.Error("it can be taken twice")
	}
	r.put("c", 2)
	r.put("d", 3)
	for key, want := range map[string]bool{"a": false, "b": false, "c": true, "d": true} {
		if _, ok := r.get(key); ok != want {
			t.Errorf("%s: %t", key, ok)
		}
	}
	if len(r.values) != 2 || len(r.order) != 2 {
		t.Errorf("%d values, %d keys", len(r.values), len(r.order))
	}
}

// log returns a log with one entry an hour, the first of which has the number 100.
func hourly(n int) (*messageLog, time.Time) {
	l, start := &messageLog{next: 100}, time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	for i := range n {
		l.add(item{id: fmt.Sprint(100 + i), at: start.Add(time.Duration(i) * time.Hour)})
	}
	return l, start
}

func ids(items []item) string {
	text := ""
	for _, i := range items {
		text += i.id + " "
	}
	return text
}

func TestMessageLog_From(t *testing.T) {
	l, start := hourly(5)
	for _, test := range []struct {
		from uint64
		most int
		want string
	}{{100, 9, "100 101 102 103 104 "}, {102, 2, "102 103 "}, {104, 9, "104 "}, {105, 9, ""}, {105, 0, ""}, {100, 0, ""}} {
		if got := ids(l.from(test.from, test.most)); got != test.want {
			t.Errorf("from %d, %d: %s", test.from, test.most, got)
		}
	}
	l.forget(start.Add(2 * time.Hour))
	if l.first() != 103 || l.next != 105 || ids(l.items) != "103 104 " {
		t.Errorf("from %d to %d: %s", l.first(), l.next, ids(l.items))
	}
	if _, ok := l.find("102"); ok {
		t.Error("what was forgotten is found")
	}
	if i, ok := l.find("104"); !ok || i.id != "104" {
		t.Error("what is there is not found")
	}
	l.forget(start.Add(9 * time.Hour))
	if l.first() != 105 || len(l.from(105, 9)) != 0 {
		t.Errorf("from %d", l.first())
	}
}

func TestKeyless_ASlidingMinute(t *testing.T) {
	start := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		most  int
		every time.Duration
		taken string // Of twelve calls.
	}{
		"at once":       {3, 0, "yyynnnnnnnnn"},
		"every ten":     {3, 10 * time.Second, "yyynnnnnnyyy"},
		"every twenty":  {3, 20 * time.Second, "yyyyyyyyyyyy"},
		"no limit":      {-1, 0, "yyyyyyyyyyyy"},
		"every quarter": {3, 15 * time.Second, "yyynnnnyyynn"},
	} {
		var k keyless
		got := ""
		for i := range 12 {
			if k.take(start.Add(time.Duration(i)*test.every), test.most) {
				got += "y"
			} else {
				got += "n"
			}
		}
		if got != test.taken {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text string
		most int
		want string
	}{{"hello", 5, "hello"}, {"hello", 4, "hell"}, {"好好", 6, "好好"}, {"好好", 5, "好"}, {"好好", 3, "好"}, {"好", 2, ""}, {"", 0, ""}} {
		if got := cut(test.text, test.most); got != test.want {
			t.Errorf("%q at %d: %q", test.text, test.most, got)
		}
	}
}

func TestFramesOf(t *testing.T) {
	frame := func(kind byte, size int) string { return string([]byte{kind << 3}) + strings.Repeat("\x00", size) }
	for name, test := range map[string]struct {
		data string
		want int
	}{
		"nothing": {"#!AMR\n", 0}, "4.75": {"#!AMR\n" + frame(0, 12) + frame(0, 12), 2}, "12.2": {"#!AMR\n" + frame(7, 31), 1},
		"silence": {"#!AMR\n" + frame(8, 5) + frame(15, 0), 2}, "cut": {"#!AMR\n" + frame(7, 30), 1}, "mixed": {"#!AMR\n" + frame(3, 17) + frame(8, 5) + frame(7, 31), 3},
	} {
		if got := framesOf([]byte(test.data)); got != test.want {
			t.Errorf("%s: %d", name, got)
		}
	}
}
