package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// OpenMedia returns when the bot has said what the bytes are.
func (r *remoteHost) OpenMedia(ctx context.Context, q MediaRequest) (*Bytes, error) {
	ctx, cancel := context.WithCancel(ctx)
	request := &pb.OpenMediaRequest{Channel: valid(q.Channel), Media: encodeMedia(q.Media)}
	if q.Want == WAV16k {
		request.Want = pb.OpenMediaRequest_FORM_WAV16K
	}
	stream, err := r.client.OpenMedia(r.with(ctx), request)
	if err != nil {
		cancel()
		return nil, mediaError(err)
	}
	first, err := stream.Recv()
	if err != nil {
		cancel()
		return nil, mediaError(err)
	}
	info := first.GetInfo()
	return &Bytes{
		ReadCloser: &mediaReader{stream: stream, cancel: cancel},
		Name:       info.GetName(), Type: info.GetType(), Size: info.GetSize(),
	}, nil
}

func mediaError(err error) error {
	return fromStatus(err, ErrMediaGone, ErrMediaTooLarge, ErrMediaForm)
}

// mediaReader reads the chunks of a stream.
type mediaReader struct {
	stream grpc.ServerStreamingClient[pb.OpenMediaResponse]
	cancel context.CancelFunc
	rest   []byte
	err    error
}

func (m *mediaReader) Read(p []byte) (int, error) {
	for len(m.rest) == 0 && m.err == nil {
		var part *pb.OpenMediaResponse
		if part, m.err = m.stream.Recv(); m.err == nil {
			m.rest = part.GetChunk()
		} else if !errors.Is(m.err, io.EOF) {
			m.err = mediaError(m.err)
		}
	}
	if len(m.rest) == 0 {
		return 0, m.err
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

// Close ends the stream.
func (m *mediaReader) Close() error {
	m.cancel()
	return nil
}

// SaveMedia reads u in chunks. What the bot says counts also if it says it before the end.
func (r *remoteHost) SaveMedia(ctx context.Context, u Upload) (Media, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := r.client.SaveMedia(r.with(ctx))
	if err != nil {
		return Media{}, mediaError(err)
	}
	header := &pb.SaveMediaHeader{
		Channel: valid(u.Channel), Kind: string(u.Kind), Info: &pb.MediaInfo{Name: valid(u.Name), Type: valid(u.Type), Size: u.Size},
	}
	err = stream.Send(&pb.SaveMediaRequest{Part: &pb.SaveMediaRequest_Header{Header: header}})
	for buffer := make([]byte, MediaChunk); err == nil; {
		n, read := io.ReadFull(u.Reader, buffer)
		if n > 0 {
			chunk := append([]byte{}, buffer[:n]...) // The transport may still have the one before.
			err = stream.Send(&pb.SaveMediaRequest{Part: &pb.SaveMediaRequest_Chunk{Chunk: chunk}})
		}
		if errors.Is(read, io.EOF) || errors.Is(read, io.ErrUnexpectedEOF) {
			break
		}
		if read != nil {
			return Media{}, fmt.Errorf("save media: %w", read)
		}
	}
	p, err := stream.CloseAndRecv()
	if err != nil {
		return Media{}, mediaError(err)
	}
	return decodeMedia(p.GetMedia()), nil
}

// sendMedia streams bytes to a plugin.
func sendMedia(b *Bytes, stream grpc.ServerStreamingServer[pb.OpenMediaResponse]) error {
	info := &pb.MediaInfo{Name: valid(b.Name), Type: valid(b.Type), Size: b.Size}
	err := stream.Send(&pb.OpenMediaResponse{Part: &pb.OpenMediaResponse_Info{Info: info}})
	for err == nil {
		chunk := make([]byte, MediaChunk)
		n, read := io.ReadFull(b, chunk)
		if n > 0 {
			err = stream.Send(&pb.OpenMediaResponse{Part: &pb.OpenMediaResponse_Chunk{Chunk: chunk[:n]}})
		}
		if errors.Is(read, io.EOF) || errors.Is(read, io.ErrUnexpectedEOF) {
			return err
		}
		if read != nil {
			return toStatus(read)
		}
	}
	return err
}

// receivedMedia is a Reader of what a plugin streams.
type receivedMedia struct {
	stream grpc.ClientStreamingServer[pb.SaveMediaRequest, pb.SaveMediaResponse]
	rest   []byte
}

func (r *receivedMedia) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		part, err := r.stream.Recv()
		if err != nil {
			return 0, err
		}
		if r.rest = part.GetChunk(); len(r.rest) > MediaChunk {
			return 0, fmt.Errorf("%w: a chunk of %d bytes, more than the %d that one may have", ErrInvalid, len(r.rest), MediaChunk)
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
