// Package traffic keeps what went over the wire between the simulated platforms and bots, and what a bot says that it made of
// each message. It is for developers: access tokens and secrets are hidden before anything is kept.
package traffic

import (
	"regexp"
	"strconv"
	"time"
)

// Direction says who asked whom.
type Direction string

// The directions.
const (
	Callback Direction = "callback" // The platform asked the bot.
	Call     Direction = "call"     // The bot asked the platform.
)

// Exchange is one HTTP request and its response. Nobody changes it after it was added.
type Exchange struct {
	Number        uint64    `json:"number"` // From 1, without gaps.
	Time          time.Time `json:"time"`
	Took          Millis    `json:"took_ms"`
	Direction     Direction `json:"direction"`
	Platform      string    `json:"platform"` // mp or kf.
	Account       string    `json:"account"`  // "" if it is about none.
	Person        string    `json:"person"`   // "" if it is about nobody.
	Message       string    `json:"message"`  // As in the transcript; "" if it is about none.
	Try           int       `json:"try"`      // Of a callback, from 1; 0 for a duplicate.
	Method        string    `json:"method"`
	URL           string    `json:"url"`
	Request       string    `json:"request"`
	RequestPlain  string    `json:"request_plain"` // What was encrypted in it.
	Status        int       `json:"status"`        // 0 without a response.
	Response      string    `json:"response"`
	ResponsePlain string    `json:"response_plain"`
	Code          int       `json:"code"`  // The errcode of a call.
	Error         string    `json:"error"` // Why there is no response, or why it was not taken.
}

// Millis is a duration that JSON has as a number of milliseconds.
type Millis time.Duration

// MarshalJSON writes at most three decimals.
func (m Millis) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Duration(m).Microseconds())/1000, 'f', -1, 64), nil
}

// maxBody is the most bytes that are kept of a body.
const maxBody = 64 << 10

// secretQuery and secretField find what must not be seen in addresses and in JSON.
var (
	secretQuery = regexp.MustCompile(`([?&](?:access_token|secret|appsecret|corpsecret)=)[^&\s]*`)
	secretField = regexp.MustCompile(`("(?:access_token|secret|appsecret|corpsecret|ticket)"\s*:\s*")(?:[^"\\]|\\.)*`)
)

// texts returns everything that a bot had a hand in.
func (e *Exchange) texts() []*string {
	return []*string{&e.URL, &e.Request, &e.RequestPlain, &e.Response, &e.ResponsePlain, &e.Error}
}

// hidden returns e with *** for tokens and secrets, and with bodies that are text and not longer than they may be.
func (e Exchange) hidden() Exchange {
	e.URL = secretQuery.ReplaceAllString(e.URL, "${1}***")
	for _, body := range []*string{&e.Request, &e.RequestPlain, &e.Response, &e.ResponsePlain} {
		*body = secretField.ReplaceAllString(readable(*body), "${1}***")
	}
	e.Error = secretQuery.ReplaceAllString(e.Error, "${1}***")
	return e
}
