package host

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"path/filepath"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	grpcstatus "google.golang.org/grpc/status"

	"github.com/chuanhuabot/bot/sdk"
)

// hosting serves each plugin its sdk.Host, on one socket in the private run folder. A process of a plugin is known by a token, which is
// made for it and ends with it.
type hosting struct {
	path   string
	server *grpc.Server
	ended  func() error // Ends it, once.

	mu     sync.Mutex
	tokens map[string]*visit
}

// visit is one process of a plugin.
type visit struct {
	host  sdk.Host
	calls int // Under way.
}

const (
	// maxCalls bounds the calls of one process that are under way.
	maxCalls = 128
	// maxCall bounds the bytes of one frame that a plugin sends: a content, or a chunk of media, and what is around it.
	maxCall = sdk.MaxContent + 64<<10
)

func newHosting(dir string) (*hosting, error) {
	h := &hosting{path: filepath.Join(dir, "host"), tokens: map[string]*visit{}}
	listener, err := net.Listen("unix", h.path)
	if err != nil {
		return nil, err
	}
	h.server = grpc.NewServer(grpc.MaxRecvMsgSize(maxCall), grpc.MaxConcurrentStreams(maxCalls),
		grpc.UnaryInterceptor(func(ctx context.Context, r any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
			done, err := h.enter(ctx)
			if err != nil {
				return nil, err
			}
			defer done()
			return handle(ctx, r)
		}),
		grpc.StreamInterceptor(func(s any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
			done, err := h.enter(stream.Context())
			if err != nil {
				return err
			}
			defer done()
			return handle(s, stream)
		}))
	sdk.RegisterHost(h.server, h.hostOf)
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(listener) }()
	h.ended = sync.OnceValue(func() error {
		h.server.Stop()
		if err := <-served; !errors.Is(err, grpc.ErrServerStopped) {
			return err
		}
		return nil
	})
	return h, nil
}

// admit makes a token for a process whose Host is host. Without a Host it gets no access.
func (h *hosting) admit(host sdk.Host) sdk.HostAccess {
	if host == nil {
		return sdk.HostAccess{}
	}
	token := rand.Text()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tokens[token] = &visit{host: host}
	return sdk.HostAccess{Address: "unix:" + h.path, Token: token}
}

// dismiss ends a token.
func (h *hosting) dismiss(a sdk.HostAccess) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.tokens, a.Token)
}

func (h *hosting) hostOf(token string) sdk.Host {
	h.mu.Lock()
	defer h.mu.Unlock()
	if v := h.tokens[token]; v != nil {
		return v.host
	}
	return nil
}

// enter counts a call.
func (h *hosting) enter(ctx context.Context) (done func(), err error) {
	md, _ := metadata.FromIncomingContext(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	v := h.visitOf(md.Get("authorization"))
	if v == nil {
		return nil, grpcstatus.Error(codes.Unauthenticated, "no plugin has this token: pass on the host_token of Configure as one `authorization: Bearer TOKEN`")
	}
	if v.calls == maxCalls {
		return nil, grpcstatus.Errorf(codes.ResourceExhausted, "more than %d calls of one plugin at once", maxCalls)
	}
	v.calls++
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		v.calls--
	}, nil
}

// visitOf returns who calls, or nil. The caller holds mu.
func (h *hosting) visitOf(authorization []string) *visit {
	const scheme = "Bearer "
	if len(authorization) != 1 || len(authorization[0]) < len(scheme) {
		return nil
	}
	return h.tokens[authorization[0][len(scheme):]]
}

// close ends the calls that are under way, and serves no more. A second call does nothing.
func (h *hosting) close() error { return h.ended() }
