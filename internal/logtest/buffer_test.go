package logtest

import (
	"strings"
	"sync"
	"testing"
)

func TestBuffer(t *testing.T) {
	var b Buffer
	log := b.Logger()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			log.Debug("hello")
			_ = b.String()
		})
	}
	all.Wait()
	if n := strings.Count(b.String(), "level=DEBUG msg=hello\n"); n != 10 {
		t.Errorf("%d lines in %q", n, b.String())
	}
}
