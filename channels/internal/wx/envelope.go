package wx

import (
	"bytes"
	"crypto/aes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	// padBlock is the block size of the padding: 32 and not the 16 of AES, so a pad is 1 to 32 bytes long
	// (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption).
	padBlock = 32
	// randomSize and lengthSize are what stands before the message.
	randomSize = 16
	lengthSize = 4
)

// The reasons why an envelope cannot be opened.
var (
	ErrCiphertext = errors.New("not base64 of whole AES blocks")
	ErrPadding    = errors.New("wrong padding, so most likely another EncodingAESKey")
	ErrLength     = errors.New("the length inside does not fit")
	ErrID         = errors.New("made for another account: the id inside is not ours")
)

// Envelope encrypts and decrypts the messages of one account. It is safe for concurrent use if its random source is.
type Envelope struct {
	id     string
	random func([]byte)
	keys   []*Key
}

// NewEnvelope returns the envelope of the account with the given id (an AppID or CorpID). keys are the current key and,
// while keys are changed, the previous one. random fills a slice; outside tests with
// crypto/rand.
func NewEnvelope(id string, random func([]byte), keys ...*Key) *Envelope {
	return &Envelope{id: id, random: random, keys: keys}
}

// Open decrypts the text of an Encrypt field and returns the message and the key that fitted, which is the key that the
// reply must use. It checks padding, length and id, but no signature: that comes first and is the caller's. If no key
// fits, the error is that of the current one.
func (e *Envelope) Open(encrypted string) (message []byte, key *Key, err error) {
	sealed, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil || len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, nil, fmt.Errorf("decrypt: %w", ErrCiphertext)
	}
	var first error
	for _, k := range e.keys {
		message, err := e.openWith(k, bytes.Clone(sealed))
		if err == nil {
			return message, k, nil
		}
		if first == nil {
			first = fmt.Errorf("decrypt: %w", err)
		}
	}
	return nil, nil, first
}

func (e *Envelope) openWith(k *Key, data []byte) ([]byte, error) {
	k.decrypt(data)
	data, err := unpad(data)
	if err != nil {
		return nil, err
	}
	if len(data) < randomSize+lengthSize {
		return nil, ErrLength
	}
	length := binary.BigEndian.Uint32(data[randomSize:])
	data = data[randomSize+lengthSize:]
	if uint64(length) > uint64(len(data)) {
		return nil, ErrLength
	}
	message, id := data[:length:length], data[length:]
	if string(id) != e.id {
		return nil, ErrID
	}
	return message, nil
}

// Seal encrypts a message with key and returns the text of an Encrypt field, with a new random each time.
func (e *Envelope) Seal(key *Key, message []byte) string {
	size := randomSize + lengthSize + len(message) + len(e.id)
	data := make([]byte, randomSize, size+padBlock)
	e.random(data)
	data = binary.BigEndian.AppendUint32(data, uint32(len(message)))
	data = append(data, message...)
	data = append(data, e.id...)
	data = pad(data)
	key.encrypt(data)
	return base64.StdEncoding.EncodeToString(data)
}

func pad(data []byte) []byte {
	n := padBlock - len(data)%padBlock
	return append(data, bytes.Repeat([]byte{byte(n)}, n)...)
}

func unpad(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return nil, ErrPadding
	}
	n := int(data[len(data)-1])
	if n < 1 || n > padBlock || n > len(data) {
		return nil, ErrPadding
	}
	body, tail := data[:len(data)-n], data[len(data)-n:]
	for _, b := range tail {
		if int(b) != n {
			return nil, ErrPadding
		}
	}
	return body, nil
}
