package sdk

import (
	"context"
	"fmt"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

func (s *hostServer) GetValue(ctx context.Context, r *pb.GetValueRequest) (*pb.GetValueResponse, error) {
	h, err := s.valueHost(ctx, r.GetKey())
	if err != nil {
		return nil, err
	}
	value, revision, err := h.Get(ctx, r.GetKey())
	return &pb.GetValueResponse{Value: value, Revision: revision}, toStatus(err)
}

func (s *hostServer) PutValue(ctx context.Context, r *pb.PutValueRequest) (*pb.PutValueResponse, error) {
	h, err := s.valueHost(ctx, r.GetKey())
	if err != nil {
		return nil, err
	}
	if len(r.GetValue()) > MaxValue {
		return nil, toStatus(fmt.Errorf("%w: %d bytes, more than the %d that a value may have", ErrInvalid, len(r.GetValue()), MaxValue))
	}
	revision := AnyRevision
	if r.Revision != nil {
		revision = r.GetRevision()
	}
	revision, err = h.Put(ctx, r.GetKey(), r.GetValue(), revision)
	return &pb.PutValueResponse{Revision: revision}, toStatus(err)
}

func (s *hostServer) DeleteValue(ctx context.Context, r *pb.DeleteValueRequest) (*pb.DeleteValueResponse, error) {
	h, err := s.valueHost(ctx, r.GetKey())
	if err != nil {
		return nil, err
	}
	return &pb.DeleteValueResponse{}, toStatus(h.Delete(ctx, r.GetKey()))
}

func (s *hostServer) ListKeys(ctx context.Context, r *pb.ListKeysRequest) (*pb.ListKeysResponse, error) {
	h, err := s.host(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := h.Keys(ctx, r.GetPrefix())
	return &pb.ListKeysResponse{Keys: keys}, toStatus(err)
}

// valueHost is host for a call that names a value.
func (s *hostServer) valueHost(ctx context.Context, key string) (Host, error) {
	h, err := s.host(ctx)
	if err != nil {
		return nil, err
	}
	return h, toStatus(checkKey(key, MaxKey))
}
