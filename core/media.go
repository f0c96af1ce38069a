package core

import (
	"context"
	"io"

	"github.com/chuanhuabot/bot/sdk"
)

// The errors of a MediaStore that callers can tell apart, which are those of sdk.Host. They are wrapped.
var (
	// ErrMediaGone says that the platform does not have the media, or not any more.
	ErrMediaGone = sdk.ErrMediaGone
	// ErrMediaTooLarge says that the media has more bytes than the platform, or the channel, takes.
	ErrMediaTooLarge = sdk.ErrMediaTooLarge
	// ErrMediaType says that the platform does not take media of this format.
	ErrMediaType = sdk.ErrMediaForm
)

// MediaStore is a Channel whose platform keeps the bytes of media. It is safe for concurrent use.
type MediaStore interface {
	// OpenMedia returns the bytes of media that the platform keeps under m.ID. They are streamed: ctx must live until
	// they are read, and the caller closes the blob. Reading more than the channel takes fails with ErrMediaTooLarge.
	OpenMedia(ctx context.Context, m sdk.Media) (*Blob, error)
	// SaveMedia gives the platform the bytes of b, to be sent as content of the kind, and returns what it calls them. It
	// reads b to its end, blocks until the platform has it, and does not close it. How long the platform keeps it is
	// the platform's affair.
	SaveMedia(ctx context.Context, kind sdk.Kind, b *Blob) (sdk.Media, error)
}

// Blob is the bytes of media, which are read once. Its reader may also be an io.Seeker: then all of it counts, and it need not be
// stored to be sent again.
type Blob struct {
	io.ReadCloser
	// Name is the file's name, without a folder; may be empty.
	Name string
	// Type is the MIME type, such as "image/png"; may be empty.
	Type string
	// Size is the number of bytes, -1 if it is not known.
	Size int64
}
