package host

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/internal/logtest"
)

func TestLimited_DropsWhatIsTooMuchAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b logtest.Buffer
		log := limited(b.Logger())
		out, err := log.With("stream", "stdout"), log.With("stream", "stderr") // Of one plugin: they share what it may write.
		for range linesBurst {
			out.Info("line")
			err.Info("line")
		}
		if n := strings.Count(b.String(), "msg=line"); n != linesBurst {
			t.Errorf("%d lines at once", n)
		}
		time.Sleep(time.Second)
		for range 2 * linesSecond {
			out.Info("line")
		}
		if n := strings.Count(b.String(), "msg=line"); n != linesBurst+linesSecond {
			t.Errorf("%d lines after a second", n)
		}
		if !strings.Contains(b.String(), "dropped_lines=1000") {
			t.Error("it does not say what is missing")
		}
		time.Sleep(time.Hour)
		for range 2 * linesBurst {
			out.Info("line")
		}
		if n := strings.Count(b.String(), "msg=line"); n != 2*linesBurst+linesSecond {
			t.Errorf("%d lines after an hour", n)
		}
	})
}
