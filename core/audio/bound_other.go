//go:build !linux

package audio

// bound does nothing: ffmpeg's own bounds, and those of time and output, hold here as well.
func bound(int) {}
