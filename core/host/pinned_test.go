package host

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPinned_RunsNothingElse(t *testing.T) {
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(program)
	right := func(s *Spec) { s.SHA256 = strings.ToUpper(hex.EncodeToString(sum[:])) }
	f := startPlugin(t, "plain", right).ready(t)
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
	copies, err := filepath.Glob(filepath.Join(f.dir.path, "pinned-*"))
	if err != nil || len(copies) != 1 {
		t.Errorf("%q, %v", copies, err)
	}
	f.Stop(bounded(t, 5*time.Second))
	if left, _ := filepath.Glob(filepath.Join(f.dir.path, "pinned-*")); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
	other := startPlugin(t, "plain", func(s *Spec) { s.SHA256 = strings.Repeat("0", 64) })
	err = other.Started(bounded(t, 20*time.Second))
	if !errors.Is(err, errPin) || !strings.Contains(err.Error(), hex.EncodeToString(sum[:])) {
		t.Errorf("another program: %v", err)
	}
	if state, _ := other.State(); state != Failed && state != Starting {
		t.Errorf("it is %s", state)
	}
}

// TestMTLS_WhereTheTransportIsNoPrivateSocket holds that both ends prove who they are, as on Windows.
func TestMTLS_WhereTheTransportIsNoPrivateSocket(t *testing.T) {
	f := &fixture{Host: mustHost(t)}
	f.mtls = true
	f.Plugin = f.Start(next("plain"))
	if err := f.Ready(bounded(t, 20*time.Second)); err != nil {
		t.Fatal(err)
	}
	if got := f.mustSay(t, "hello"); got != "re hello" {
		t.Errorf("got %q", got)
	}
}
