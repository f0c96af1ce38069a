// Package audio converts recordings with ffmpeg, which is a program of its own: nothing of the bot breaks without it but this.
//
// What is converted comes from anybody. Its format is what its first bytes show, and ffmpeg is told so: it guesses nothing, opens no other
// file and no address, and has bounds of size, memory and time. It reads from one pipe and writes to another; there are no files.
package audio
