package callback_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/callback"
)

// logged returns Refusals, and what they write at Warn.
func logged() (*callback.Refusals, *bytes.Buffer) {
	var log bytes.Buffer
	return callback.NewRefusals(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))), &log
}

func TestRefusals_OneWarningAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, log := logged()
		for range 50 {
			r.Add(errors.New("wrong signature"))
		}
		if n := strings.Count(log.String(), "level=WARN"); n != 1 {
			t.Errorf("%d warnings for 50 scans, want 1", n)
		}
		time.Sleep(time.Minute)
		log.Reset()
		r.Add(errors.New("wrong signature"))
		if got := log.String(); !strings.Contains(got, "refused_since_last_warning=49") || strings.Count(got, "\n") != 1 {
			t.Errorf("the next warning is %s", got)
		}
	})
}

func TestRefusals_OneReasonDoesNotHideAnother(t *testing.T) {
	r, log := logged()
	r.Add(errors.New("wrong signature"))
	r.Add(errors.New("wrong key"))
	r.Add(fmt.Errorf("wrong %s", "signature"))
	if n := strings.Count(log.String(), "level=WARN"); n != 2 {
		t.Errorf("%d warnings for two reasons: %s", n, log)
	}
}

func TestRefusals_AreBounded(t *testing.T) {
	r, log := logged()
	for i := range 1000 {
		r.Add(fmt.Errorf("reason %d", i))
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 64 {
		t.Errorf("%d warnings", n)
	}
}

func TestRefusals_AllAreThereAtDebug(t *testing.T) {
	var log bytes.Buffer
	r := callback.NewRefusals(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for range 3 {
		r.Add(errors.New("wrong signature"))
	}
	if n := strings.Count(log.String(), `msg="request refused" err="wrong signature"`); n != 3 {
		t.Errorf("got %s", &log)
	}
}
