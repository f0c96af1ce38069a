package kf

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

// The kinds of corp, which decide how many accounts and customers it may have (page 96404).
const (
	Unverified = "unverified"
	Verified   = "verified"
)

// Settings are what the owner of a corp enters in the console, and what the console shows.
type Settings struct {
	CorpID         string
	Secret         string // Of the app that may call; none shows before the URL is verified, so it may be set later.
	Token          string
	AESKey         string   // The EncodingAESKey.
	PreviousAESKey string   // The one before, for bells with Fault.OldKey.
	URL            string   // Of the bot; without one no bell rings.
	Kind           string   // Verified if empty.
	Addresses      []string // The IP addresses that calls may come from; any if there are none.
	Chats          []string // The group chats that upgrade_service may send a customer to.
}

var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)

// check returns s with its defaults, and the ciphers of both keys, nil for a key that is not set.
func (s Settings) check() (Settings, *wire.Cipher, *wire.Cipher, error) {
	if s.Kind == "" {
		s.Kind = Verified
	}
	if err := s.checkWords(); err != nil {
		return s, nil, nil, err
	}
	current, err := cipherOf(s.AESKey, s.CorpID)
	if err != nil {
		return s, nil, nil, err
	}
	previous, err := cipherOf(s.PreviousAESKey, s.CorpID)
	return s, current, previous, err
}

func (s Settings) checkWords() error {
	switch {
	case s.CorpID == "":
		return errors.New("a corp needs a CorpID")
	case s.Kind != Unverified && s.Kind != Verified:
		return fmt.Errorf("there is no kind of corp %q", s.Kind)
	case s.Token != "" && !tokenPattern.MatchString(s.Token):
		return errors.New("the Token must be up to 32 letters and digits")
	case s.URL == "":
		return nil
	case s.Token == "" || s.AESKey == "":
		return errors.New("a URL needs a Token and an AESKey")
	}
	if u, err := url.Parse(s.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("the URL must begin with http:// or https://")
	}
	return nil
}

func cipherOf(key, id string) (*wire.Cipher, error) {
	if key == "" {
		return nil, nil
	}
	return wire.NewCipher(key, id)
}
