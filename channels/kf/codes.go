package kf

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
)

// The codes that decide what becomes of a delivery, or of a reading (page 90313).
const (
	codeBusy       = -1
	codeConflict   = 6000
	codeQuota      = 45009
	codeCrowd      = 45033
	codeParameter  = 40058
	codeNotGranted = 48007
	codeNoAccount  = 95004
	codeUsedUp     = 95001
	codeWindow     = 95002
	codeSyncToken  = 95007
	codeEnded      = 95013
	codeNobody     = 95014
	codeStep       = 95016
	codeState      = 95018
	codeStopped    = 95019
)

// waits tells whether a call that was refused with a code may be made again as it is, and after what time at the least.
func waits(code int) (after time.Duration, again bool) {
	// What an operator has to put right: the platform has done nothing, and may do it later.
	configuration := []int{
		40001, 40013, 40014, 40091, 41001, 42001, 43009, 48002, 48007, 50003, 60011, 60020, 95000, 95003, 95004, 95011, 95012, 95017, 95023,
	}
	switch {
	case code == codeQuota || slices.Contains(configuration, code):
		return time.Minute, true
	case code == codeBusy || code == codeConflict || code == codeCrowd:
		return 0, true
	}
	return 0, false
}

// unclear tells whether nobody knows if the platform has done what it was asked for.
func unclear(err error) bool {
	code := wx.CodeOf(err)
	return !errors.Is(err, wx.ErrNotSent) && (errors.Is(err, wx.ErrUnknown) || code == codeBusy || code == codeConflict)
}

// explained adds to an error what its code means for an operator.
func explained(err error) error {
	var r *wx.Refusal
	if !errors.As(err, &r) {
		return err
	}
	m, known := explain(r.Code)
	if !known {
		return err
	}
	return fmt.Errorf("%s: %w", m, err)
}
