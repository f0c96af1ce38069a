package sdk

import (
	"context"
	"errors"
	"io"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// anyHost is a Host that takes what it is given. What a test does not call, it has not.
type anyHost struct {
	Host
	calls int
}

func (a *anyHost) Send(context.Context, Outgoing) (Outcome, error) {
	a.calls++
	return Outcome{State: SendQueued}, nil
}

func (a *anyHost) SaveMedia(_ context.Context, u Upload) (Media, error) {
	a.calls++
	_, err := io.Copy(io.Discard, u.Reader)
	return Media{}, err
}

// mustServeHost returns a client without the SDK, and the context of who has the token.
func mustServeHost(t *testing.T, h Host) (pb.HostClient, context.Context) {
	t.Helper()
	conn := mustDial(t, func(s *grpc.Server) {
		RegisterHost(s, func(token string) Host {
			if token != "secret" {
				return nil
			}
			return h
		})
	})
	return pb.NewHostClient(conn), metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer secret")
}

func TestHostServer_KnowsPluginsByTheirToken(t *testing.T) {
	h := &anyHost{}
	client, right := mustServeHost(t, h)
	send := &pb.SendRequest{Key: "k", Content: &pb.Content{Kind: &pb.Content_Text{Text: &pb.Text{Text: "hi"}}}}
	for name, test := range map[string]struct {
		ctx  context.Context
		want codes.Code
	}{
		"right":     {right, codes.OK},
		"none":      {t.Context(), codes.Unauthenticated},
		"wrong":     {metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer guess"), codes.Unauthenticated},
		"no bearer": {metadata.AppendToOutgoingContext(t.Context(), "authorization", "secret"), codes.Unauthenticated},
	} {
		if _, err := client.Send(test.ctx, send); status.Code(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.calls != 1 {
		t.Errorf("%d calls came through", h.calls)
	}
	stream, err := client.OpenMedia(t.Context(), &pb.OpenMediaRequest{})
	if err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.Unauthenticated {
		t.Errorf("a stream: %v", err)
	}
}

// TestHostServer_RefusesJunk is about plugins without our SDK.
func TestHostServer_RefusesJunk(t *testing.T) {
	client, ctx := mustServeHost(t, &anyHost{})
	text := &pb.Content{Kind: &pb.Content_Text{Text: &pb.Text{Text: "hi"}}}
	_, noContent := client.Send(ctx, &pb.SendRequest{Key: "k"})
	_, noKey := client.Send(ctx, &pb.SendRequest{Content: text})
	_, longKey := client.Send(ctx, &pb.SendRequest{Content: text, Key: string(make([]byte, MaxSendKey+1))})
	opened, err := client.OpenMedia(ctx, &pb.OpenMediaRequest{Want: 77})
	if err != nil {
		t.Fatal(err)
	}
	_, noForm := opened.Recv()
	for name, err := range map[string]error{
		"no content": noContent, "no key": noKey, "long key": longKey, "unknown form": noForm,
		"no header":     save(t, client, ctx, &pb.SaveMediaRequest{Part: &pb.SaveMediaRequest_Chunk{Chunk: []byte("x")}}),
		"chunk too big": save(t, client, ctx, &pb.SaveMediaRequest{Part: &pb.SaveMediaRequest_Header{Header: &pb.SaveMediaHeader{}}}, &pb.SaveMediaRequest{Part: &pb.SaveMediaRequest_Chunk{Chunk: make([]byte, MediaChunk+1)}}),
	} {
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func save(t *testing.T, client pb.HostClient, ctx context.Context, parts ...*pb.SaveMediaRequest) error {
	t.Helper()
	stream, err := client.SaveMedia(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if err := stream.Send(part); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
	_, err = stream.CloseAndRecv()
	return err
}
