// Command bench measures the bot against its limit: the same callback answered inside the process. Both run in one go, in
// turns, because machines are noisy; what counts are the medians and the ratio.
//
//	go run ./bench
//
// The load comes from this process over loopback, so it shares the machine's cores with what it measures.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	rounds := flag.Int("rounds", 5, "how often each variant is measured")
	seconds := flag.Duration("for", 3*time.Second, "how long each measurement takes")
	serve := flag.String("serve-in-process", "", "answer callbacks at this address inside the process (used by bench itself)")
	flag.Parse()
	var err error
	if *serve != "" {
		err = serveInProcess(ctx, *serve)
	} else {
		err = compare(ctx, *rounds, *seconds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
