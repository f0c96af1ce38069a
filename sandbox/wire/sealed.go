package wire

import "fmt"

// Sealed is an encrypted reply as it arrives: the signature is over the other three and the token
// (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption).
type Sealed struct {
	Encrypt      string
	MsgSignature string
	TimeStamp    string // In seconds.
	Nonce        string
}

// ParseSealed reads an encrypted reply. It checks the names of the four elements, which must all be there and be alone, and
// neither the signature nor what is inside. Every error is ErrReply.
func ParseSealed(body []byte) (Sealed, error) {
	root, err := parse(body)
	if err != nil {
		return Sealed{}, fmt.Errorf("%w: %w", ErrReply, err)
	}
	r := &reader{at: root}
	s := Sealed{Encrypt: r.must("Encrypt"), MsgSignature: r.must("MsgSignature"), Nonce: r.must("Nonce")}
	s.TimeStamp = fmt.Sprint(r.number("TimeStamp"))
	if r.leftovers(); len(r.unknown) > 0 {
		r.fail("<%s> has no place beside Encrypt", r.unknown[0])
	}
	if r.err != nil {
		return Sealed{}, fmt.Errorf("%w: %w", ErrReply, r.err)
	}
	return s, nil
}

// IsSealed tells whether a body is laid out as an encrypted reply, right or wrong.
func IsSealed(body []byte) bool {
	root, err := parse(body)
	if err != nil {
		return false
	}
	for _, child := range root.children {
		if child.name == "Encrypt" {
			return true
		}
	}
	return false
}

// Open checks the signature of s and decrypts it. Every error is ErrReply.
func (s Sealed) Open(token string, c *Cipher) ([]byte, error) {
	if !Signed(s.MsgSignature, token, s.TimeStamp, s.Nonce, s.Encrypt) {
		return nil, fmt.Errorf("%w: MsgSignature does not fit", ErrReply)
	}
	plain, err := c.Open(s.Encrypt)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReply, err)
	}
	return plain, nil
}
