// Package golden holds what tests make to files that say what it must be. It is for tests only.
package golden

import (
	"os"
	"testing"
)

// Write is the variable of the environment that, when it is set, has Compare write the files anew: read the difference before
// you commit it.
const Write = "WRITE_GOLDEN"

// Compare fails the test if got is not what the file has, byte by byte, or if the file cannot be read. The test goes on
// after a difference.
func Compare(t testing.TB, file, got string) {
	t.Helper()
	if os.Getenv(Write) != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}
