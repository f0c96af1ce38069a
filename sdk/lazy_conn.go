package sdk

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// lazyConn is a connection that is made with the first call: most plugins have a Host and never ask it for anything.
type lazyConn struct {
	address string

	mu     sync.Mutex
	conn   *grpc.ClientConn
	closed bool
}

var _ grpc.ClientConnInterface = (*lazyConn)(nil)

func (l *lazyConn) get() (*grpc.ClientConn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrDisconnected
	}
	if l.conn == nil {
		conn, err := grpc.NewClient(l.address, append(DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
		if err != nil {
			return nil, fmt.Errorf("connect to the bot at %q: %w", l.address, err)
		}
		l.conn = conn
	}
	return l.conn, nil
}

// Invoke makes a call.
func (l *lazyConn) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	conn, err := l.get()
	if err != nil {
		return err
	}
	return conn.Invoke(ctx, method, args, reply, opts...)
}

// NewStream begins a stream.
func (l *lazyConn) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	conn, err := l.get()
	if err != nil {
		return nil, err
	}
	return conn.NewStream(ctx, desc, method, opts...)
}

// Close ends it, if it was made. A second call does nothing.
func (l *lazyConn) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	conn := l.conn
	l.conn, l.closed = nil, true
	if conn == nil {
		return nil
	}
	return conn.Close()
}
