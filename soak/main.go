// Command soak lets many people talk to the real bot on the simulated platform, while everything goes wrong that can: slow plugins,
// repeats, lost requests, API errors, outages, and kill -9 of the bot and of its plugin at random moments. Then it looks at what the
// people saw: each message answered once, or explained; nothing twice, but for the one gap that Official Accounts leave. Customer service
// leaves none.
//
//	go run ./soak -messages 100000
//	go run ./soak -platform kf -messages 50000 -people 500
//	go run ./soak -upgrade-every 5s -people 150 -messages 60000
//
// All of it is on this machine. A failure prints what is wrong and the folder with the bot's log.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == pluginArgument {
		sdk.Serve(sdk.HandlerFunc(handle))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o := options{Log: os.Stdout}
	flag.StringVar(&o.Platform, "platform", "mp", "the platform: mp for Official Accounts, kf for customer service")
	flag.IntVar(&o.Messages, "messages", 100_000, "how many messages people send in all")
	flag.IntVar(&o.People, "people", 150, "how many people send them, on two accounts; more than the disk can keep up with make the gap longer")
	flag.DurationVar(&o.KillEvery, "kill-every", 4*time.Second, "how often the bot is killed, about; the plugin half as often")
	flag.DurationVar(&o.UpgradeEvery, "upgrade-every", 0, "replace the plugin so often, and let nothing else go wrong")
	flag.DurationVar(&o.Pause, "pause", 300*time.Millisecond, "how long a person waits before the next message, about")
	flag.DurationVar(&o.Settle, "settle", 75*time.Second, "how long what waits for its next try gets at the end")
	flag.Uint64Var(&o.Seed, "seed", uint64(time.Now().UnixNano()), "what chance begins with")
	flag.StringVar(&o.Bot, "bot", "", "the bot's program; built if it is empty")
	flag.Parse()
	report, err := soak(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
	fmt.Print(report)
	if len(report.Wrong) > 0 {
		os.Exit(1)
	}
}
