package sdk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// ErrDisconnected is returned for a turn whose plugin went away before it was over.
var ErrDisconnected = errors.New("the plugin went away")

// Remote is the bot's end of the wire: a Handler whose other half runs in another process. Use it in the order Connect,
// Describe, Configure, Open, then any number of Handle and Ping side by side, then Close.
type Remote struct {
	client pb.PluginClient
	stream pb.Plugin_ConverseClient
	cancel context.CancelFunc
	out    chan *pb.ToPlugin
	gaveUp chan struct{} // Has one element when there is something in leave.
	closed chan struct{} // Close was called: no more frames.
	lost   chan struct{} // The stream has ended.
	ends   sync.WaitGroup

	mu    sync.Mutex
	err   error
	last  uint64
	turns map[uint64]*remoteTurn
	leave []uint64 // Turns given up, of which the plugin is still to be told.
	pings map[uint64]chan struct{}
	once  sync.Once
}

var _ Handler = (*Remote)(nil)

// Connect returns a Remote on a connection to a plugin. It does not block.
func Connect(conn grpc.ClientConnInterface) *Remote {
	return &Remote{
		client: pb.NewPluginClient(conn), out: make(chan *pb.ToPlugin, outgoingBuffer),
		gaveUp: make(chan struct{}, 1), closed: make(chan struct{}),
		lost: make(chan struct{}), turns: map[uint64]*remoteTurn{}, pings: map[uint64]chan struct{}{},
	}
}

// DialOptions are the gRPC options that the bot's end wants its connection made with.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxFrame), grpc.MaxCallSendMsgSize(MaxFrame)),
		grpc.WithInitialWindowSize(streamWindow), grpc.WithInitialConnWindowSize(streamWindow),
	}
}

// Describe asks the plugin what it is. A plugin that does not say is no error.
func (r *Remote) Describe(ctx context.Context) (Description, error) {
	p, err := r.client.Describe(ctx, &pb.DescribeRequest{})
	if status.Code(err) == codes.Unimplemented {
		return Description{}, nil
	}
	if err != nil {
		return Description{}, fmt.Errorf("describe: %w", err)
	}
	return Description{
		Name: p.GetName(), Version: p.GetVersion(), ConfigSchema: p.GetConfigSchema(), Stateful: p.GetStateful(),
	}, nil
}

// Configure hands the plugin its configuration. What the plugin finds wrong with it comes back as Problems; that a plugin
// which takes none was given one is a problem too. host is where the plugin finds its Host; the zero value: nowhere.
func (r *Remote) Configure(ctx context.Context, config []byte, host HostAccess) error {
	p, err := r.client.Configure(ctx, &pb.ConfigureRequest{
		ConfigJson: string(config), HostAddress: host.Address, HostToken: host.Token,
	})
	if status.Code(err) == codes.Unimplemented {
		if len(config) == 0 || string(config) == "{}" {
			return nil
		}
		return Problems{{Message: noConfig}}
	}
	if err != nil {
		return fmt.Errorf("configure: %w", err)
	}
	var problems Problems
	for _, one := range p.GetProblems() {
		problems.Add(one.GetField(), one.GetMessage())
	}
	return problems.Err()
}

// Open starts the conversation. It does not wait for the plugin. ctx bounds the whole conversation.
func (r *Remote) Open(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := r.client.Converse(ctx)
	if err != nil {
		cancel()
		return fmt.Errorf("converse: %w", err)
	}
	r.stream, r.cancel = stream, cancel
	r.ends.Go(r.write)
	r.ends.Go(r.read)
	return nil
}

// Lost is closed when the conversation has ended, for whatever reason; Err says which.
func (r *Remote) Lost() <-chan struct{} { return r.lost }

// Err returns why the conversation has ended: nil while it goes on and after a plugin that ended it in good order.
func (r *Remote) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close tells the plugin that no more turns come, waits for those that run until ctx ends, and releases everything. It
// may be called more than once, and also where Open was not called or has failed; then there is nothing to wait for.
func (r *Remote) Close(ctx context.Context) {
	r.once.Do(func() {
		close(r.closed)
		if r.cancel == nil {
			close(r.lost)
		}
	})
	if r.cancel == nil {
		return
	}
	select {
	case <-r.lost:
	case <-ctx.Done():
	}
	r.cancel()
	r.ends.Wait()
}

// Handle runs one turn in the plugin. It blocks until the turn is over, ctx ends or the plugin goes away, which is
// ErrDisconnected; a reply that the responder has begun to send is not broken off. An error of the responder ends the turn too. A plugin whose turn ends before it said so is told. Any
// other error is the plugin's own.
func (r *Remote) Handle(ctx context.Context, m *Message, to Responder) error {
	p, err := encodeMessage(m)
	if err != nil {
		return err
	}
	if size := proto.Size(p); size > MaxFrame/2 {
		return fmt.Errorf("message %s has %d bytes, more than the %d that a plugin is sent", m.ID, size, MaxFrame/2)
	}
	t := &remoteTurn{ready: make(chan struct{}, 1)}
	id := r.add(t)
	defer r.remove(id)
	frame := &pb.ToPlugin{Frame: &pb.ToPlugin_Turn{Turn: &pb.Turn{Id: id, Message: p, TimeoutMs: timeoutOf(ctx)}}}
	if err := r.put(ctx, frame); err != nil {
		return err
	}
	over, err := t.play(ctx, r.lost, to)
	if !over {
		r.giveUp(id)
	}
	return err
}

// Running returns how many turns are under way.
func (r *Remote) Running() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.turns)
}

// timeoutOf returns the milliseconds that ctx leaves, 0 for no limit.
func timeoutOf(ctx context.Context) uint32 {
	deadline, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return uint32(min(max(time.Until(deadline).Milliseconds(), 1), 1<<31))
}

// Ping asks the plugin for a sign of life and blocks until it comes, ctx ends or the plugin goes away.
func (r *Remote) Ping(ctx context.Context) error {
	pong := make(chan struct{})
	r.mu.Lock()
	r.last++
	id := r.last
	r.pings[id] = pong
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.pings, id)
		r.mu.Unlock()
	}()
	if err := r.put(ctx, &pb.ToPlugin{Frame: &pb.ToPlugin_Ping{Ping: &pb.Ping{Id: id}}}); err != nil {
		return err
	}
	select {
	case <-pong:
		return nil
	case <-r.lost:
		return ErrDisconnected
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
