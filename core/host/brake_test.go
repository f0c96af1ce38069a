package host

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

func TestBrake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		w := braked{&out, newBrake()}
		began := time.Now()
		write := func(n int) {
			if got, err := w.Write(make([]byte, n)); err != nil || got != n {
				t.Errorf("%d, %v", got, err)
			}
		}
		write(bytesBurst)
		if took := time.Since(began); took != 0 {
			t.Errorf("a burst takes %s", took)
		}
		write(bytesSecond)
		write(bytesSecond)
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("twice as much as a second takes: %s", took)
		}
		time.Sleep(time.Hour)
		began = time.Now()
		write(bytesBurst)
		if took := time.Since(began); took != 0 {
			t.Errorf("a burst after an hour takes %s", took)
		}
		if out.Len() != 2*bytesBurst+2*bytesSecond {
			t.Errorf("%d bytes came through", out.Len())
		}
	})
}
