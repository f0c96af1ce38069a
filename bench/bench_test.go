package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The test binary stands in for bench's own, which starts itself to answer in process.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "-serve-in-process" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		if err := serveInProcess(ctx, os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	os.Exit(m.Run())
}

func TestCompare(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the processor time of other processes is only known on Linux")
	}
	t.Chdir("..") // It builds the bot as users do.
	if err := compare(t.Context(), 1, 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
}

func TestAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		response string
		ok       bool
	}{
		"the echo":       {"HTTP/1.1 200 OK\r\nContent-Length: 29\r\n\r\n你发送的消息是: 你好", true},
		"no reply":       {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuccess", false},
		"another status": {"HTTP/1.1 403 Forbidden\r\nContent-Length: 29\r\n\r\n你发送的消息是: 你好", false},
		"half of it":     {"HTTP/1.1 200 OK\r\nContent-Length: 29\r\n\r\n你", false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := answered(bufio.NewReader(strings.NewReader(c.response))); (err == nil) != c.ok {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestMedianAndRatio(t *testing.T) {
	of := func(rates ...int) *row {
		r := &row{}
		for _, n := range rates {
			r.results = append(r.results, result{messages: n, took: time.Second, cpu: time.Duration(n) * time.Millisecond})
		}
		return r
	}
	if got := median(of(30, 10, 20), result.rate); got != 20 {
		t.Errorf("median %v", got)
	}
	if got := ratio(of(10, 10, 30), of(20, 40, 40), 0.5); got != 0.5 {
		t.Errorf("ratio %v: it must pair the rounds", got)
	}
	if got := of(10).results[0].cpuPerMessage(); got != time.Millisecond {
		t.Errorf("processor time %v", got)
	}
}

func TestSign(t *testing.T) {
	// Checked with: printf 12benchtoken2026 | sha1sum
	if got := sign("2", "1"); got != "b8224c655a7136d88e0a63c448c8d784ab1e4ae2" {
		t.Errorf("got %s", got)
	}
}
