//go:build !linux

package main

import (
	"errors"
	"time"
)

// cpu needs Linux.
func (s *running) cpu() (time.Duration, error) {
	return 0, errors.New("the processor time of other processes is only known on Linux")
}

// resident needs Linux.
func (s *running) resident() (float64, error) {
	return 0, errors.New("the memory of other processes is only known on Linux")
}
