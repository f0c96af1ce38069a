package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// row is what one variant came to at one concurrency, round by round.
type row struct{ results []result }

// compare runs every variant in turns and prints medians and ratios.
func compare(ctx context.Context, rounds int, each time.Duration) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bot := filepath.Join(dir, "bot")
	if err := build(ctx, bot); err != nil {
		return err
	}
	variants := []variant{inProcess(dir), throughPlugin(dir, bot)}
	concurrencies := []int{1, 128}
	rows := map[string]map[int]*row{}
	fmt.Printf("%s, %d cores, %d rounds of %s\n", runtime.Version(), runtime.NumCPU(), rounds, each)
	for range rounds {
		for _, v := range variants {
			if err := measureVariant(ctx, v, concurrencies, each, rows); err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
		}
	}
	report(variants, concurrencies, rows)
	return nil
}

func measureVariant(ctx context.Context, v variant, concurrencies []int, each time.Duration, rows map[string]map[int]*row) error {
	s, err := v.start(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	resident, err := s.resident()
	if err != nil {
		return err
	}
	if _, err := measure(ctx, s, 16, time.Second); err != nil { // Warm up.
		return err
	}
	if rows[v.name] == nil {
		rows[v.name] = map[int]*row{}
	}
	for _, n := range concurrencies {
		r, err := measure(ctx, s, n, each)
		if err != nil {
			return err
		}
		r.started, r.resident = s.started, resident
		if rows[v.name][n] == nil {
			rows[v.name][n] = &row{}
		}
		rows[v.name][n].results = append(rows[v.name][n].results, r)
	}
	return nil
}

func report(variants []variant, concurrencies []int, rows map[string]map[int]*row) {
	fmt.Printf("%-16s %9s %11s %9s %9s %14s\n", "variant", "at a time", "requests/s", "p50", "p99", "CPU/message")
	for _, n := range concurrencies {
		for _, v := range variants {
			r := rows[v.name][n]
			fmt.Printf("%-16s %9d %11.0f %9s %9s %14s\n", v.name, n, median(r, result.rate),
				median(r, func(x result) time.Duration { return x.p50 }).Round(time.Microsecond),
				median(r, func(x result) time.Duration { return x.p99 }).Round(time.Microsecond),
				median(r, result.cpuPerMessage).Round(100*time.Nanosecond))
		}
		limit, plugin := rows[variants[0].name][n], rows[variants[1].name][n]
		fmt.Printf("  the plugin's part of the limit's throughput: %.2f (rounds %.2f to %.2f)\n",
			ratio(plugin, limit, 0.5), ratio(plugin, limit, 0), ratio(plugin, limit, 1))
	}
	p50 := func(v variant) time.Duration {
		return median(rows[v.name][1], func(x result) time.Duration { return x.p50 })
	}
	fmt.Printf("the hop adds %s to a single message\n", (p50(variants[1]) - p50(variants[0])).Round(time.Microsecond))
	for _, v := range variants {
		r := rows[v.name][1]
		fmt.Printf("%s: first answer %s after the start, %.1f MB resident when idle\n", v.name,
			median(r, func(x result) time.Duration { return x.started }).Round(time.Millisecond),
			median(r, func(x result) float64 { return x.resident }))
	}
}

func median[T cmp.Ordered](r *row, of func(result) T) T {
	values := make([]T, len(r.results))
	for i, x := range r.results {
		values[i] = of(x)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// ratio returns a quantile of the ratios of throughput, round by round.
func ratio(a, b *row, quantile float64) float64 {
	ratios := make([]float64, len(a.results))
	for i := range ratios {
		ratios[i] = a.results[i].rate() / b.results[i].rate()
	}
	slices.Sort(ratios)
	return ratios[int(quantile*float64(len(ratios)-1))]
}
