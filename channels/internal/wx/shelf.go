package wx

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// Values is what a Shelf, and a channel that counts, needs of the store; a core.Store has it.
type Values interface {
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)
	Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error)
}

// Shelf keeps the token of one account in a store, so that replicas have the same one and a restart needs no new one. The token is
// encrypted with a key made of the account's secret: who reads the store cannot use it, and another secret begins anew. It is safe for
// concurrent use. Make it with NewShelf.
type Shelf struct {
	store  Values
	key    string
	sealed cipher.AEAD
}

// shelved is what stands in the store.
type shelved struct {
	Token  []byte    `json:"token,omitempty"` // The nonce, and what is encrypted.
	Until  time.Time `json:"until,omitzero"`
	Forced time.Time `json:"forced,omitzero"` // When a new token was forced last.
}

// NewShelf returns the shelf of an account.
func NewShelf(store Values, key string, secret sdk.Secret) (*Shelf, error) {
	sum := sha256.Sum256([]byte("access token\x00" + secret.Value()))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return nil, err
	}
	sealed, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Shelf{store: store, key: key, sealed: sealed}, nil
}

// load returns the token that is stored, or "" if there is none that can be read.
func (s *Shelf) load(ctx context.Context) (value string, until time.Time, err error) {
	was, _, err := s.read(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	size := s.sealed.NonceSize()
	if len(was.Token) < size {
		return "", time.Time{}, nil
	}
	plain, err := s.sealed.Open(nil, was.Token[:size], was.Token[size:], nil)
	if err != nil {
		return "", time.Time{}, nil // Of another secret.
	}
	return string(plain), was.Until, nil
}

// save stores a token, in place of whatever is there.
func (s *Shelf) save(ctx context.Context, value string, until time.Time) error {
	nonce := make([]byte, s.sealed.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return err
	}
	return s.change(ctx, func(now *shelved) error {
		now.Token, now.Until = s.sealed.Seal(nonce, nonce, []byte(value), nil), until
		return nil
	})
}

// forceEvery is how long a token cannot be forced anew: the platform refuses it sooner
// (developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken).
const forceEvery = 30 * time.Second

// errForced is returned where a new token was forced a moment ago: it is about to be on the shelf.
var errForced = errors.New("a new token was forced less than 30 s ago")

// claim takes the right to force a new token. Of several replicas one gets it.
func (s *Shelf) claim(ctx context.Context) error {
	return s.change(ctx, func(now *shelved) error {
		if time.Since(now.Forced) < forceEvery {
			return errForced
		}
		now.Forced = time.Now()
		return nil
	})
}

// change changes what is stored, also if others do at the same time.
func (s *Shelf) change(ctx context.Context, do func(now *shelved) error) error {
	for {
		now, revision, err := s.read(ctx)
		if err == nil {
			err = do(&now)
		}
		if err != nil {
			return err
		}
		data, err := json.Marshal(now)
		if err != nil {
			return err
		}
		if _, err = s.store.Put(ctx, s.key, data, revision); !errors.Is(err, core.ErrConflict) {
			return err
		}
	}
}

func (s *Shelf) read(ctx context.Context) (now shelved, revision uint64, err error) {
	data, revision, err := s.store.Get(ctx, s.key)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return shelved{}, 0, nil
	case err != nil:
		return shelved{}, 0, fmt.Errorf("read the stored access token: %w", err)
	}
	if json.Unmarshal(data, &now) != nil {
		now = shelved{} // Whatever it is, it is replaced.
	}
	return now, revision, nil
}
