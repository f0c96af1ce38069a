// Package channeltest is the suite that every channel passes: what core.Channel promises, held by tests. A channel's own
// test gives it a Harness and calls Run.
package channeltest
