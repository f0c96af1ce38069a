package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// options are what a soak is made of.
type options struct {
	Platform         string // mp if it is empty.
	Messages, People int
	KillEvery, Pause time.Duration
	UpgradeEvery     time.Duration // If it is not 0, the plugin is replaced so often, and nothing else goes wrong.
	Settle           time.Duration // How long what waits for its next try gets at the end; nothing is refused for a minute if it is less.
	Seed             uint64
	Bot              string // The bot's program; built if it is empty.
	Log              io.Writer
}

// soak runs everything and returns what it found. The folder is left if something is wrong.
func soak(ctx context.Context, o options) (report, error) {
	dir, err := os.MkdirTemp("", "soak-")
	if err != nil {
		return report{}, err
	}
	fmt.Fprintf(o.Log, "seed %d, folder %s\n", o.Seed, dir)
	if o.Bot == "" {
		if o.Bot, err = build(ctx, dir); err != nil {
			return report{}, err
		}
	}
	found, err := soakIn(ctx, o, dir)
	if err == nil && len(found.Wrong) == 0 {
		err = os.RemoveAll(dir)
	}
	return found, err
}

// build builds the bot that is tested.
func build(ctx context.Context, dir string) (string, error) {
	program := filepath.Join(dir, "bot")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/chuanhuabot/bot").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the bot: %w: %s", err, out)
	}
	return program, nil
}

// platform is one of the two, with its accounts.
type platform interface {
	// channels are those of bot.yaml.
	channels() string
	// open lets the platform call a bot that listens at an address.
	open(address string) error
	people(o options) []talker
	// fail makes something about the API go wrong, and returns when that is over or has yet to be seen.
	fail(ctx context.Context, o options, r *rand.Rand)
	// heal ends what goes wrong.
	heal()
	// verdict compares what people saw with what they should have seen.
	verdict(people []talker, b *bot) report
	close()
}

// talker is a person.
type talker interface {
	// talk sends messages until there are no numbers left.
	talk(ctx context.Context, numbers <-chan int) error
	// finish fetches what is still to be had.
	finish(ctx context.Context) error
}

func newPlatform(o options) (platform, error) {
	switch o.Platform {
	case "", "mp":
		return newWorld(o.Messages)
	case "kf":
		return newService(o.Messages)
	}
	return nil, fmt.Errorf("there is no platform %q; write mp or kf", o.Platform)
}

func soakIn(ctx context.Context, o options, dir string) (report, error) {
	w, err := newPlatform(o)
	if err != nil {
		return report{}, err
	}
	defer w.close()
	b, err := newBot(o.Bot, dir, w.channels())
	if err != nil {
		return report{}, err
	}
	if err := errors.Join(w.open(b.address), b.start(ctx)); err != nil {
		return report{}, err
	}
	began := time.Now()
	people := w.people(o)
	err = talk(ctx, o, w, b, people)
	if err == nil {
		err = settle(ctx, o, people)
	}
	if err = errors.Join(err, b.stop()); err != nil {
		return report{}, err
	}
	found := w.verdict(people, b)
	found.Took, found.Kills, found.Upgrades = time.Since(began), len(b.kills), b.version
	if o.UpgradeEvery > 0 {
		found.Wrong = append(found.Wrong, upgraded(b)...)
	}
	return found, nil
}

// talk lets all people talk, in trouble, until all messages are sent.
func talk(ctx context.Context, o options, w platform, b *bot, people []talker) error {
	troubled, calm := context.WithCancel(ctx)
	defer calm()
	var talking, troubling sync.WaitGroup
	var mu sync.Mutex
	var failed error
	note := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		failed = errors.Join(failed, err)
	}
	disturb := trouble
	if o.UpgradeEvery > 0 {
		disturb = upgrades
	}
	troubling.Go(func() { note(disturb(troubled, w, b, o, rand.New(rand.NewPCG(o.Seed, 1<<32)))) })
	numbers := make(chan int)
	for _, p := range people {
		talking.Go(func() {
			if err := p.talk(ctx, numbers); err != nil {
				note(err)
				for range numbers { // Lets the others go on.
				}
			}
		})
	}
	for n := range o.Messages {
		numbers <- n
		if n%10_000 == 9999 {
			fmt.Fprintf(o.Log, "%s  %d messages\n", time.Now().Format(time.TimeOnly), n+1)
		}
	}
	close(numbers)
	talking.Wait()
	calm()
	troubling.Wait()
	w.heal()
	mu.Lock()
	defer mu.Unlock()
	return failed
}

// settle lets everything come to its end: what waits for its next try, and what waits to be fetched.
func settle(ctx context.Context, o options, people []talker) error {
	sleep(ctx, o.Settle)
	var all sync.WaitGroup
	errs := make([]error, len(people))
	for i, p := range people {
		all.Go(func() { errs[i] = p.finish(ctx) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// upgrades replaces the plugin again and again, until ctx ends.
func upgrades(ctx context.Context, _ platform, b *bot, o options, _ *rand.Rand) error {
	for sleep(ctx, o.UpgradeEvery) {
		if err := b.upgrade(); err != nil {
			return fmt.Errorf("upgrade the plugin: %w", err)
		}
	}
	return nil
}

// trouble makes the API fail, and the bot and its plugin die, until ctx ends.
func trouble(ctx context.Context, w platform, b *bot, o options, r *rand.Rand) error {
	for round := 0; sleep(ctx, o.KillEvery/2+rand.N(o.KillEvery)); round++ {
		w.fail(ctx, o, r)
		if round%3 == 2 {
			b.killPlugin()
			continue
		}
		// Nobody waits for it at the end: a bot that does not come back shows in what people see.
		if err := b.kill(context.WithoutCancel(ctx)); err != nil {
			return fmt.Errorf("the bot did not come back: %w", err)
		}
	}
	return nil
}
