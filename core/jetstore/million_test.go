package jetstore

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func rss() string {
	b, _ := os.ReadFile("/proc/self/status")
	var out string
	for _, l := range splitLines(string(b)) {
		if len(l) > 5 && (l[:5] == "VmRSS" || l[:5] == "VmHWM") {
			out += l + " "
		}
	}
	return out
}
func splitLines(s string) (r []string) {
	c := ""
	for _, x := range s {
		if x == '\n' {
			r = append(r, c)
			c = ""
		} else {
			c += string(x)
		}
	}
	return
}
func TestMillion(t *testing.T) {
	if os.Getenv("MILLION") == "" {
		t.Skip()
	}
	dir := t.TempDir()
	fmt.Println("start", rss())
	b := time.Now()
	s := mustOpen(t, Options{Dir: dir, noSync: true})
	fmt.Println("open", time.Since(b), rss(), runtime.NumGoroutine())
	var m0, m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m0)
	for i := range 100000 {
		s.Keep(t.Context(), benchMessage(i))
		s.Finish(t.Context(), "work", fmt.Sprint("msg-", i))
		if i%25000 == 24999 || i == 999 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			var size int64
			filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
				if i, e := d.Info(); e == nil && !d.IsDir() {
					size += i.Size()
				}
				return nil
			})
			fmt.Println(i+1, time.Since(b), "heap MB", m.HeapAlloc>>20, "base", m0.HeapAlloc>>20, "disk MB", size>>20, rss(), runtime.NumGoroutine())
		}
	}
	time.Sleep(15 * time.Second)
	debug.FreeOSMemory()
	runtime.ReadMemStats(&m)
	fmt.Println("idle 15 s", "heap MB", m.HeapAlloc>>20, rss())
	// hot key
	var rev uint64
	for range 100000 {
		rev, _ = s.Put(t.Context(), "cursor", make([]byte, 100), rev)
	}
	var size int64
	filepath.WalkDir(dir+"/jetstream", func(p string, d fs.DirEntry, err error) error {
		if i, e := d.Info(); e == nil && !d.IsDir() {
			size += i.Size()
			if i.Size() > 1<<20 {
				fmt.Println(p[len(dir):], i.Size()>>20)
			}
		}
		return nil
	})
	runtime.GC()
	runtime.ReadMemStats(&m)
	fmt.Println("hot", size>>20, m.HeapAlloc>>20, rss())
	mustClose(t, s)
	b = time.Now()
	s = mustOpen(t, Options{Dir: dir})
	fmt.Println("reopen", time.Since(b))
	b = time.Now()
	u, err := s.Unfinished(t.Context())
	fmt.Println(len(u), err, time.Since(b))
}
