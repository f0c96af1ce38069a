package host

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// misbehave is what the plugins of the zoo do, by kind. It does not return.
func misbehave(kind string) {
	switch kind {
	case "exits-in-a-loop":
		go func() {
			time.Sleep(20 * time.Millisecond)
			os.Exit(7)
		}()
	case "eats":
		go eat()
	case "forks":
		go func() {
			for range 1000 {
				_ = exec.Command("sleep", "1000").Start() // As many as it gets.
			}
		}()
	case "floods":
		go func() {
			time.Sleep(200 * time.Millisecond) // Before the handshake it would be no plugin at all.
			for {
				fmt.Println(strings.Repeat("x", 1000))
				fmt.Fprintln(os.Stderr, strings.Repeat("y", 1000))
			}
		}()
	}
	sdk.Serve(testPlugin{kind})
}

// eat takes a gigabyte, and holds it.
func eat() {
	var all [][]byte
	for range 64 {
		piece := make([]byte, 16<<20)
		for i := range piece {
			piece[i] = 1
		}
		all = append(all, piece)
	}
	time.Sleep(time.Hour)
	_ = all
}

// openFiles returns what the files are that this process has open, as far as the system tells.
func openFiles() (all []string) {
	entries, _ := os.ReadDir("/proc/self/fd") // Where there is none, nothing is told.
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
			all = append(all, to)
		}
	}
	return all
}
