package jetstore

import (
	"bytes"
	"encoding/binary"
	"time"
)

// finished is what is remembered of the finished messages of one shard: for each some bytes of its hash and the second
// in which it is old enough to be forgotten, one after the other. A million of them are twelve megabytes of disk; as an
// entry of the stream for each message they cost the server 500 bytes of memory apiece.
type finished []byte

const (
	// markSize is 64 bits of a hash that has chosen one of 4,096 shards already: among ten million messages a new one is
	// taken for a finished one with a chance of 10^-16.
	markSize   = 8
	recordSize = markSize + 4
)

// has tells whether m was added and has not been dropped.
func (f finished) has(m mark) bool {
	for ; len(f) >= recordSize; f = f[recordSize:] {
		if bytes.Equal(f[:markSize], m[:]) {
			return true
		}
	}
	return false
}

// add returns a copy with m, to be forgotten after memory, and without what is to be forgotten now.
func (f finished) add(m mark, now time.Time, memory time.Duration) finished {
	kept := make(finished, 0, len(f)+recordSize)
	for ; len(f) >= recordSize; f = f[recordSize:] {
		until := time.Unix(int64(binary.BigEndian.Uint32(f[markSize:])), 0)
		if !now.After(until) && !bytes.Equal(f[:markSize], m[:]) {
			kept = append(kept, f[:recordSize]...)
		}
	}
	kept = append(kept, m[:]...)
	// The next whole second: to forget early would be to answer twice.
	return binary.BigEndian.AppendUint32(kept, uint32(now.Add(memory).Unix()+1))
}

// mark stands for a message within its shard.
type mark [markSize]byte

// place is where a message is in the inbox.
type place struct {
	shard string // 000 to fff
	key   string
	mark  mark
}

// placeOf returns the place of a message. It is the same for ever: what was finished is looked for there.
func placeOf(channel, id string) place {
	sum := digest(channel, id)
	return place{
		shard: hex12(sum), key: text(sum),
		// Not the bits that are in the shard already.
		mark: mark(sum[2 : 2+markSize]),
	}
}

func (p place) open() string { return p.shard + ".open." + p.key }
func (p place) done() string { return p.shard + ".done" }
func (p place) any() string  { return p.shard + ".>" }

// hex12 returns the first 12 bits.
func hex12(sum [32]byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[sum[0]>>4], digits[sum[0]&15], digits[sum[1]>>4]})
}
