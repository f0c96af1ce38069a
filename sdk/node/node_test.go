// Package node holds the SDK in Node.js beside it to what the bot expects of a plugin.
package node

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestNode runs the tests that are written in JavaScript.
func TestNode(t *testing.T) {
	mustBeInstalled(t)
	files, err := filepath.Glob("test/*.test.js")
	if err != nil || len(files) < 8 {
		t.Fatalf("only %d files: %v", len(files), err)
	}
	out, err := exec.CommandContext(t.Context(), "node", append([]string{"--test", "--test-reporter=tap"}, files...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if bytes.Contains(out, []byte("# SKIP")) || bytes.Contains(out, []byte("# TODO")) {
		t.Errorf("a test was skipped:\n%s", out)
	}
}

// mustBeInstalled is for whoever runs go test by hand.
func mustBeInstalled(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatalf("%v; ./scripts/test installs it", err)
	}
	if _, err := os.Stat("node_modules"); err != nil {
		t.Fatalf("%v; run `make node`", err)
	}
}
