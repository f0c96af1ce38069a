package sdktest_test

import (
	"context"
	"fmt"
	"testing"
)

// fake is a testing.TB whose end is not that of a test.
type fake struct {
	testing.TB
	ctx      context.Context
	cleanups []func()
	errors   []string
}

func (f *fake) Helper()                   {}
func (f *fake) Context() context.Context  { return f.ctx }
func (f *fake) Cleanup(c func())          { f.cleanups = append(f.cleanups, c) }
func (f *fake) Errorf(s string, a ...any) { f.errors = append(f.errors, fmt.Sprintf(s, a...)) }
func (f *fake) Fatalf(s string, a ...any) { panic(fmt.Sprintf(s, a...)) }

// test runs what would be a test, and returns its errors.
func test(run func(testing.TB)) []string {
	ctx, cancel := context.WithCancel(context.Background())
	f := &fake{ctx: ctx}
	run(f)
	cancel() // As testing does, before the cleanups.
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
	return f.errors
}
