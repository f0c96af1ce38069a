package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc/metadata"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// HostAccess is what a plugin needs to reach its Host.
type HostAccess struct {
	// Address is where the bot serves it, as gRPC writes it: "unix:/path/of/a/socket". Empty: nowhere.
	Address string
	// Token shows which plugin it is. It is a secret.
	Token string
}

// remoteHost is the plugin's end: a Host whose other half is the bot.
type remoteHost struct {
	client pb.HostClient
	token  string
}

var _ Host = (*remoteHost)(nil)

// DialHost returns the Host at a. It connects with the first call. The closer ends the connection; there is no other after it.
func DialHost(a HostAccess) (Host, io.Closer) {
	conn := &lazyConn{address: a.Address}
	return &remoteHost{client: pb.NewHostClient(conn), token: a.Token}, conn
}

func (r *remoteHost) with(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+r.token)
}

func (r *remoteHost) Send(ctx context.Context, o Outgoing) (Outcome, error) {
	content, err := encodeContent(o.Content)
	if err != nil {
		return Outcome{}, fmt.Errorf("send: %w", err)
	}
	p, err := r.client.Send(r.with(ctx), &pb.SendRequest{To: encodeAddress(o.To), Content: content, Key: valid(o.Key)})
	return decodeOutcome(p.GetOutcome()), fromStatus(err)
}

func (r *remoteHost) Handoff(ctx context.Context, h Handoff) (Outcome, error) {
	p, err := r.client.Handoff(r.with(ctx), &pb.HandoffRequest{
		Conversation: encodeAddress(h.Conversation), Reason: valid(h.Reason), Key: valid(h.Key),
	})
	return decodeOutcome(p.GetOutcome()), fromStatus(err, ErrNoPerson)
}

func (r *remoteHost) Outcomes(ctx context.Context, do func(Outcome)) error {
	stream, err := r.client.Outcomes(r.with(ctx), &pb.OutcomesRequest{})
	for err == nil {
		var p *pb.Outcome
		if p, err = stream.Recv(); err == nil {
			do(decodeOutcome(p))
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return ErrDisconnected
	}
	return fromStatus(err, ErrTooSlow)
}

func (r *remoteHost) Window(ctx context.Context, of Address) (Window, error) {
	p, err := r.client.GetWindow(r.with(ctx), &pb.GetWindowRequest{Conversation: encodeAddress(of)})
	return decodeWindow(p.GetWindow()), fromStatus(err)
}

func (r *remoteHost) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	p, err := r.client.GetValue(r.with(ctx), &pb.GetValueRequest{Key: valid(key)})
	return p.GetValue(), p.GetRevision(), fromStatus(err, ErrNotFound)
}

func (r *remoteHost) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	request := &pb.PutValueRequest{Key: valid(key), Value: value}
	if revision != AnyRevision {
		request.Revision = &revision
	}
	p, err := r.client.PutValue(r.with(ctx), request)
	return p.GetRevision(), fromStatus(err, ErrConflict, ErrFull)
}

func (r *remoteHost) Delete(ctx context.Context, key string) error {
	_, err := r.client.DeleteValue(r.with(ctx), &pb.DeleteValueRequest{Key: valid(key)})
	return fromStatus(err)
}

func (r *remoteHost) Keys(ctx context.Context, prefix string) ([]string, error) {
	p, err := r.client.ListKeys(r.with(ctx), &pb.ListKeysRequest{Prefix: valid(prefix)})
	return p.GetKeys(), fromStatus(err)
}

func encodeAddress(a Address) *pb.Address {
	return &pb.Address{Channel: valid(a.Channel), Account: valid(a.Account), Conversation: valid(a.Conversation), Recipient: valid(a.Recipient)}
}

func decodeAddress(p *pb.Address) Address {
	return Address{Channel: p.GetChannel(), Account: p.GetAccount(), Conversation: p.GetConversation(), Recipient: p.GetRecipient()}
}

func encodeOutcome(o Outcome) *pb.Outcome {
	state := pb.Outcome_STATE_UNSPECIFIED
	switch o.State {
	case SendQueued:
		state = pb.Outcome_STATE_QUEUED
	case SendSent:
		state = pb.Outcome_STATE_SENT
	case SendFailed:
		state = pb.Outcome_STATE_FAILED
	}
	return &pb.Outcome{Key: valid(o.Key), State: state, Reason: valid(o.Reason)}
}

func decodeOutcome(p *pb.Outcome) Outcome {
	o := Outcome{Key: p.GetKey(), Reason: p.GetReason()}
	switch p.GetState() {
	case pb.Outcome_STATE_QUEUED:
		o.State = SendQueued
	case pb.Outcome_STATE_SENT:
		o.State = SendSent
	case pb.Outcome_STATE_FAILED:
		o.State = SendFailed
	}
	return o
}
