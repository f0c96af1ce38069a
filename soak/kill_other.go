//go:build !unix

package main

// killPlugin does nothing: this system has no way to find the plugin.
func (b *bot) killPlugin() {}

// leftover finds nothing, for the same reason.
func leftover() []string { return nil }
