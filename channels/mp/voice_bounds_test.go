package mp

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestCheckWAV(t *testing.T) {
	good := recorded(1)
	with := func(at int, b string) string { return good[:at] + b + good[at+len(b):] }
	for name, test := range map[string]struct {
		data string
		ok   bool
	}{
		"good":               {good, true},
		"a minute":           {recorded(60), true},
		"more than that":     {recorded(61.1), false},
		"nothing":            {"", false},
		"no sound":           {recorded(0), false},
		"an extra chunk":     {good[:12] + "LIST\x03\x00\x00\x00abc\x00" + good[12:], true},
		"a head only":        {good[:20], false},
		"cut":                {good[:len(good)-1], false},
		"another file":       {"#!AMR\n" + good, false},
		"RIFF of a picture":  {with(8, "WEBP"), false},
		"not PCM":            {with(20, "\x03"), false},
		"stereo":             {with(22, "\x02"), false},
		"8 kHz":              {with(24, "\x40\x1f"), false},
		"8 bits":             {with(34, "\x08"), false},
		"a size that lies":   {with(40, "\xff\xff\xff\xff"), false},
		"a format too short": {with(16, "\x04"), false},
		"no format":          {with(12, "fmx "), false},
	} {
		if err := checkWAV([]byte(test.data)); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzCheckWAV holds that nothing makes it panic, and that what it takes is no longer than a minute.
func FuzzCheckWAV(f *testing.F) {
	f.Add([]byte(recorded(0.1)))
	f.Add([]byte("RIFF....WAVELIST\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkWAV(data) == nil && (len(data) < 46 || !strings.HasPrefix(string(data), "RIFF")) {
			t.Errorf("%q is taken", data)
		}
	})
}

func TestRecordings_AreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecordings()
		half := make([]byte, recordingsBytes/2)
		first, err := r.add(half)
		if err != nil || !strings.HasPrefix(first, recordingPrefix) {
			t.Fatalf("%q, %v", first, err)
		}
		time.Sleep(time.Minute)
		second, err := r.add(half)
		if err != nil || first == second {
			t.Fatalf("%q, %v", second, err)
		}
		if _, err := r.add([]byte{1}); !errors.Is(err, errRecordingsFull) {
			t.Errorf("got %v", err)
		}
		if r.open(first) == nil {
			t.Error("a new one has driven out the first")
		}
		time.Sleep(recordingLife - 30*time.Second)
		if r.open(first) != nil {
			t.Error("the first is still there")
		}
		if r.open(second) == nil {
			t.Error("the second is not there")
		}
		r.remove(second)
		r.remove("recording/none")
		for range recordingsMost {
			if _, err := r.add(nil); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.add(nil); !errors.Is(err, errRecordingsFull) || r.bytes != 0 {
			t.Errorf("got %v; %d bytes", err, r.bytes)
		}
	})
}

func TestRate(t *testing.T) {
	now := time.Now()
	r := &rate{}
	one := newSession("")
	for range rateOne {
		if !r.allow(one, now) {
			t.Fatal("too early")
		}
	}
	if r.allow(one, now) || !r.allow(one, now.Add(time.Minute)) {
		t.Error("a session is not counted by the minute")
	}
	r = &rate{}
	for range rateGuests {
		if !r.allow(newSession(""), now) {
			t.Fatal("too early")
		}
	}
	if r.allow(newSession(""), now) || !r.allow(newSession(person), now) {
		t.Error("guests are not counted together, or known people with them")
	}
	for n := range 2 * rateAll {
		r.allow(newSession(strings.Repeat("x", n)), now)
	}
	if len(r.counts) > rateAll || r.all != rateAll {
		t.Errorf("%d counts of %d", len(r.counts), r.all)
	}
	if !r.allow(one, now.Add(-time.Hour)) {
		t.Error("a clock that was put back stops everybody")
	}
}
