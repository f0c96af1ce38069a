package sdk

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// RegisterHost serves on s the Host that of returns for a token, or nil for one that is nobody's: the bot's end of the wire. What plugins
// hand in is within its bounds by then.
func RegisterHost(s grpc.ServiceRegistrar, of func(token string) Host) {
	pb.RegisterHostServer(s, &hostServer{of: of})
}

// hostServer is the bot's end of the wire.
type hostServer struct {
	pb.UnimplementedHostServer
	of func(token string) Host
}

// host returns the Host of who calls.
func (s *hostServer) host(ctx context.Context) (Host, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	for _, one := range md.Get("authorization") {
		if token, ok := strings.CutPrefix(one, "Bearer "); ok {
			if h := s.of(token); h != nil {
				return h, nil
			}
		}
	}
	return nil, status.Error(codes.Unauthenticated, "no plugin has this token: pass on the host_token of Configure as `authorization: Bearer TOKEN`")
}

func (s *hostServer) Send(ctx context.Context, r *pb.SendRequest) (*pb.SendResponse, error) {
	h, err := s.host(ctx)
	if err != nil {
		return nil, err
	}
	content, err := decodeContent(r.GetContent())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if err := checkKey(r.GetKey(), MaxSendKey); err != nil {
		return nil, toStatus(err)
	}
	o, err := h.Send(ctx, Outgoing{To: decodeAddress(r.GetTo()), Content: content, Key: r.GetKey()})
	return &pb.SendResponse{Outcome: encodeOutcome(o)}, toStatus(err)
}

func (s *hostServer) Handoff(ctx context.Context, r *pb.HandoffRequest) (*pb.HandoffResponse, error) {
	h, err := s.host(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkKey(r.GetKey(), MaxSendKey); err != nil {
		return nil, toStatus(err)
	}
	o, err := h.Handoff(ctx, Handoff{Conversation: decodeAddress(r.GetConversation()), Reason: r.GetReason(), Key: r.GetKey()})
	return &pb.HandoffResponse{Outcome: encodeOutcome(o)}, toStatus(err)
}

func (s *hostServer) Outcomes(_ *pb.OutcomesRequest, stream grpc.ServerStreamingServer[pb.Outcome]) error {
	h, err := s.host(stream.Context())
	if err != nil {
		return err
	}
	if err := stream.SendHeader(nil); err != nil { // From now on none is missed.
		return err
	}
	ctx, cancel := context.WithCancelCause(stream.Context())
	defer cancel(nil)
	err = h.Outcomes(ctx, func(o Outcome) {
		if err := stream.Send(encodeOutcome(o)); err != nil {
			cancel(err)
		}
	})
	return toStatus(err)
}

func (s *hostServer) OpenMedia(r *pb.OpenMediaRequest, stream grpc.ServerStreamingServer[pb.OpenMediaResponse]) error {
	h, err := s.host(stream.Context())
	if err != nil {
		return err
	}
	q := MediaRequest{Channel: r.GetChannel(), Media: decodeMedia(r.GetMedia())}
	switch r.GetWant() {
	case pb.OpenMediaRequest_FORM_UNSPECIFIED:
	case pb.OpenMediaRequest_FORM_WAV16K:
		q.Want = WAV16k
	default:
		return status.Errorf(codes.InvalidArgument, "this bot does not know the form %d", r.GetWant())
	}
	b, err := h.OpenMedia(stream.Context(), q)
	if err != nil {
		return toStatus(err)
	}
	defer b.Close()
	return sendMedia(b, stream)
}

func (s *hostServer) SaveMedia(stream grpc.ClientStreamingServer[pb.SaveMediaRequest, pb.SaveMediaResponse]) error {
	h, err := s.host(stream.Context())
	if err != nil {
		return err
	}
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	header := first.GetHeader()
	if header == nil {
		return status.Error(codes.InvalidArgument, "the first part must be the header")
	}
	info := header.GetInfo()
	m, err := h.SaveMedia(stream.Context(), Upload{
		Channel: header.GetChannel(), Kind: Kind(header.GetKind()), Name: info.GetName(), Type: info.GetType(), Size: info.GetSize(),
		Reader: &receivedMedia{stream: stream},
	})
	if err != nil {
		return toStatus(err)
	}
	return stream.SendAndClose(&pb.SaveMediaResponse{Media: encodeMedia(m)})
}

func (s *hostServer) GetWindow(ctx context.Context, r *pb.GetWindowRequest) (*pb.GetWindowResponse, error) {
	h, err := s.host(ctx)
	if err != nil {
		return nil, err
	}
	w, err := h.Window(ctx, decodeAddress(r.GetConversation()))
	return &pb.GetWindowResponse{Window: encodeWindow(w)}, toStatus(err)
}

// checkKey holds plugins without our SDK to the bounds of keys, too.
func checkKey(key string, most int) error {
	switch {
	case key == "" || len(key) > most:
		return fmt.Errorf("%w: a key has 1 to %d bytes, not %d", ErrInvalid, most, len(key))
	case !utf8.ValidString(key):
		return fmt.Errorf("%w: a key is UTF-8", ErrInvalid)
	}
	return nil
}
