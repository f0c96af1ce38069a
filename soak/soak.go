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
	Messages, People int
	KillEvery, Pause time.Duration
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

func soakIn(ctx context.Context, o options, dir string) (report, error) {
	w, err := newWorld(o.Messages)
	if err != nil {
		return report{}, err
	}
	defer w.close()
	b, err := newBot(o.Bot, dir, w.api)
	if err != nil {
		return report{}, err
	}
	if err := errors.Join(w.open(b.address), b.start(ctx)); err != nil {
		return report{}, err
	}
	began := time.Now()
	people := w.people(o)
	err = w.talk(ctx, o, b, people)
	if err == nil {
		err = settle(ctx, o, people)
	}
	if err = errors.Join(err, b.stop()); err != nil {
		return report{}, err
	}
	found := verdict(people, w.log, b)
	found.Took, found.Kills = time.Since(began), len(b.kills)
	return found, nil
}

// people are half on each account.
func (w *world) people(o options) []*person {
	all := make([]*person, o.People)
	for i := range all {
		all[i] = &person{
			id: fmt.Sprintf("oPerson%022d", i), account: w.verified, random: rand.New(rand.NewPCG(o.Seed, uint64(i))), pause: o.Pause, plans: map[string]plan{},
		}
		if i%2 == 1 {
			all[i].account = w.unverified
		}
	}
	return all
}

// talk lets all people talk, in trouble, until all messages are sent.
func (w *world) talk(ctx context.Context, o options, b *bot, people []*person) error {
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
	troubling.Go(func() { note(w.trouble(troubled, b, o, rand.New(rand.NewPCG(o.Seed, 1<<32)))) })
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
	w.platform.Host().Heal()
	mu.Lock()
	defer mu.Unlock()
	return failed
}

// settle lets everything come to its end: what waits for its next try, and what waits to be fetched.
func settle(ctx context.Context, o options, people []*person) error {
	sleep(ctx, o.Settle)
	var all sync.WaitGroup
	errs := make([]error, len(people))
	for i, p := range people {
		all.Go(func() { errs[i] = p.readAll(ctx) })
	}
	all.Wait()
	return errors.Join(errs...)
}
