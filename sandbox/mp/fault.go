package mp

import (
	"bytes"
	"time"
)

// Fault is what goes wrong with one push. The zero value is a push with which nothing does.
type Fault struct {
	Lost           int           // So many of the first tries never arrive; the platform waits for their answers all the same.
	Duplicates     int           // So many more requests of the same bytes are sent beside the first.
	Delay          time.Duration // The network takes so long before each request arrives; the platform's patience runs meanwhile.
	Truncated      bool          // The body ends in its middle.
	WrongSignature bool          // Signatures of another token.
	OldKey         bool          // Encrypted with the previous key.
	WrongID        bool          // Another account's AppID is inside the envelope.
	Doctype        bool          // The body begins with a DOCTYPE.
	Large          bool          // The body is longer than 1 MiB.
}

// spoil returns what of a body is left, or what comes besides.
func (f Fault) spoil(body []byte) []byte {
	if f.Doctype {
		body = append([]byte(`<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/hostname">]>`), body...)
	}
	if f.Large {
		body = bytes.Replace(body, []byte("<xml>"), append([]byte("<xml>"), bytes.Repeat([]byte("\n"), 1<<20)...), 1)
	}
	if f.Truncated {
		body = body[:len(body)/2]
	}
	return body
}
