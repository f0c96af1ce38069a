package mp

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

// The modes of an account's push (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption).
const (
	ModePlain      = "plain"
	ModeCompatible = "compatible"
	ModeSafe       = "safe"
)

// The kinds of account, which decide what the API allows
// (developers.weixin.qq.com, page Explanation_of_interface_privileges.html).
const (
	Unverified = "unverified"
	Verified   = "verified"
	Test       = "test"
)

// Settings are what the owner of an account enters in the console, and what the console shows.
type Settings struct {
	ID             string // The original id, gh_ and more.
	AppID          string
	Secret         string // The AppSecret.
	Token          string
	AESKey         string   // The EncodingAESKey; for the modes compatible and safe.
	PreviousAESKey string   // The one before, for pushes with Fault.OldKey.
	Mode           string   // ModePlain if empty.
	Kind           string   // Unverified if empty.
	URL            string   // Of the bot; may be set later, before the first push.
	Page           string   // Of the bot, for people to open; none if it is empty. The platform does not know of it.
	Addresses      []string // The IP addresses that calls may come from; any if there are none.
}

var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9]{3,32}$`)

// check returns s with its defaults, and the ciphers of both keys, nil for a key that is not set.
func (s Settings) check() (Settings, *wire.Cipher, *wire.Cipher, error) {
	if s.Mode == "" {
		s.Mode = ModePlain
	}
	if s.Kind == "" {
		s.Kind = Unverified
	}
	if err := s.checkWords(); err != nil {
		return s, nil, nil, err
	}
	if s.URL != "" {
		if u, err := url.Parse(s.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return s, nil, nil, errors.New("the URL must begin with http:// or https://")
		}
	}
	current, err := cipherOf(s.AESKey, s.AppID)
	if err != nil {
		return s, nil, nil, err
	}
	previous, err := cipherOf(s.PreviousAESKey, s.AppID)
	if current == nil && s.Mode != ModePlain {
		return s, nil, nil, fmt.Errorf("mode %s needs an AESKey", s.Mode)
	}
	return s, current, previous, err
}

func (s Settings) checkWords() error {
	switch {
	case s.ID == "" || s.AppID == "":
		return errors.New("an account needs an ID and an AppID")
	case !tokenPattern.MatchString(s.Token):
		return errors.New("the Token must be 3 to 32 letters and digits")
	case s.Mode != ModePlain && s.Mode != ModeCompatible && s.Mode != ModeSafe:
		return fmt.Errorf("there is no mode %q", s.Mode)
	case s.Kind != Unverified && s.Kind != Verified && s.Kind != Test:
		return fmt.Errorf("there is no kind of account %q", s.Kind)
	case s.Kind == Test && s.Mode != ModePlain:
		return errors.New("test accounts have plain mode only: their page has no field for an EncodingAESKey")
	}
	return nil
}

func cipherOf(key, id string) (*wire.Cipher, error) {
	if key == "" {
		return nil, nil
	}
	return wire.NewCipher(key, id)
}
