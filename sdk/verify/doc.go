// Package verify proves plugins: it starts one as the bot does, several times, speaks the protocol with it frame by frame, and
// says which rules of the contract it keeps. It judges the protocol and nothing else, since a plugin may do with a message
// whatever it likes; what a plugin never shows is not seen, which is not the same as in order.
package verify
