package host

import (
	"bytes"
	"io"
)

// firstLine is a Writer that gives the first line to one writer, which is closed then, and everything else to another.
type firstLine struct {
	to   *io.PipeWriter
	rest *lines
	seen int
	over bool
}

// maxHandshake bounds the bytes of the first line: go-plugin's has some hundreds, with a certificate two thousand.
const maxHandshake = 16 << 10

// Write never fails, so that the plugin's output is always read.
func (f *firstLine) Write(p []byte) (int, error) {
	if f.over {
		return f.rest.Write(p)
	}
	line, rest, found := bytes.Cut(p, []byte("\n"))
	f.seen += len(line)
	// The log shows it too: a first line that is no handshake is the best hint at what is wrong.
	if !isHandshake(line) || f.seen > len(line) {
		_, _ = f.rest.Write(line)
	}
	_, _ = f.to.Write(line)
	if !found && f.seen <= maxHandshake {
		return len(p), nil
	}
	f.over = true
	_, _ = f.to.Write([]byte("\n"))
	_ = f.to.Close()
	if found {
		_, _ = f.rest.Write([]byte("\n"))
	}
	_, _ = f.rest.Write(rest)
	return len(p), nil
}

// isHandshake tells go-plugin's line, "1|1|unix|path|grpc|", from any other.
func isHandshake(line []byte) bool { return bytes.Count(line, []byte("|")) >= 4 }
