package services

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// errNoListener says what an operator has to do.
var errNoListener = errors.New("this machine cannot convert sound: install ffmpeg")

// OpenMedia returns what the platform of a channel keeps.
func (g *guest) OpenMedia(ctx context.Context, q sdk.MediaRequest) (*sdk.Bytes, error) {
	p, err := g.may(ctx, GrantMedia, "open media")
	if err != nil {
		return nil, err
	}
	store, err := mediaStore(p, q.Channel)
	if err != nil {
		return nil, err
	}
	if q.Want == sdk.WAV16k && p.Listener == nil {
		return nil, fmt.Errorf("%w: %w", sdk.ErrMediaForm, errNoListener)
	}
	blob, err := store.OpenMedia(ctx, q.Media)
	if err != nil {
		return nil, err
	}
	if q.Want != sdk.WAV16k {
		return &sdk.Bytes{ReadCloser: blob, Name: blob.Name, Type: blob.Type, Size: blob.Size}, nil
	}
	wav, err := p.Listener.WAV16k(ctx, blob)
	if err = errors.Join(err, blob.Close()); err != nil {
		if wav != nil {
			err = errors.Join(err, wav.Close())
		}
		return nil, err
	}
	return &sdk.Bytes{ReadCloser: wav, Name: blob.Name, Type: "audio/wav", Size: -1}, nil
}

// SaveMedia gives the platform of a channel what a plugin wants to send.
func (g *guest) SaveMedia(ctx context.Context, u sdk.Upload) (sdk.Media, error) {
	p, err := g.may(ctx, GrantMedia, "save media")
	if err != nil {
		return sdk.Media{}, err
	}
	store, err := mediaStore(p, u.Channel)
	if err != nil {
		return sdk.Media{}, err
	}
	return store.SaveMedia(ctx, u.Kind, &core.Blob{ReadCloser: io.NopCloser(u.Reader), Name: u.Name, Type: u.Type, Size: u.Size})
}

// mediaStore returns the channel as one whose platform keeps media.
func mediaStore(p Parts, channel string) (core.MediaStore, error) {
	ch, there := p.Channels[channel]
	if !there {
		return nil, fmt.Errorf("%w: bot.yaml has no channel %q", sdk.ErrInvalid, channel)
	}
	store, ok := ch.(core.MediaStore)
	if !ok {
		return nil, fmt.Errorf("%w: the platform of channel %s keeps no media", sdk.ErrInvalid, channel)
	}
	return store, nil
}
