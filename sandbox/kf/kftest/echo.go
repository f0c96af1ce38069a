// Package kftest has the least bot of customer service that is correct, for tests of what stands behind it.
package kftest

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

// Options are what an Echo is made of.
type Options struct {
	APIBase string // Where qyapi.weixin.qq.com is, such as http://127.0.0.1:1234.
	CorpID  string
	Secret  string
	Token   string
	AESKey  string
	Prefix  string // Of answers: "echo: " if empty.
	Welcome string // For those who enter: "welcome" if empty.
}

// Echo answers each text of a customer with a prefix and the text, and welcomes those who enter. It acknowledges bells at once
// and pulls behind them, one account after the other. It is safe for concurrent use. Make it with NewEcho and Close it.
type Echo struct {
	options Options
	cipher  *wire.Cipher // Nil for a wrong AESKey: then it takes nothing.
	client  *http.Client
	stop    context.CancelFunc
	ended   sync.WaitGroup

	mu      sync.Mutex
	rung    []bell // What the puller has not seen.
	wake    chan struct{}
	problem error // The last.

	// The puller's own.
	access  string
	cursors map[string]string // By open_kfid.
}

// bell is what a callback says.
type bell struct {
	Token   string `xml:"Token"`
	Account string `xml:"OpenKfId"`
}

// NewEcho returns a bot that waits for bells.
func NewEcho(o Options) *Echo {
	if o.Prefix == "" {
		o.Prefix = "echo: "
	}
	if o.Welcome == "" {
		o.Welcome = "welcome"
	}
	e := &Echo{options: o, client: &http.Client{Transport: &http.Transport{}}, wake: make(chan struct{}, 1), cursors: map[string]string{}}
	e.cipher, e.problem = wire.NewCipher(o.AESKey, o.CorpID)
	ctx, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.ended.Go(func() { e.run(ctx) })
	return e
}

// Close ends the puller and waits for it. Bells that come later are acknowledged, and nothing else.
func (e *Echo) Close() {
	e.stop()
	e.ended.Wait()
	e.client.CloseIdleConnections()
}

// Err returns what went wrong last, nil if nothing did.
func (e *Echo) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.problem
}

// ServeHTTP answers the check of the URL, and takes bells. It does not wait for what they bring.
func (e *Echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sealed := strings.ReplaceAll(r.URL.Query().Get("echostr"), " ", "+")
	if r.Method == http.MethodPost {
		sealed = sealedIn(r)
	}
	q := r.URL.Query()
	if e.cipher == nil || !wire.Signed(q.Get("msg_signature"), e.options.Token, q.Get("timestamp"), q.Get("nonce"), sealed) {
		http.Error(w, "the signature does not fit", http.StatusForbidden)
		return
	}
	plain, err := e.cipher.Open(sealed)
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	if r.Method == http.MethodPost {
		e.take(plain)
		plain = nil
	}
	_, _ = w.Write(plain) // If it fails, the platform has hung up.
}

// sealedIn returns what is encrypted in a callback, "" if nothing is.
func sealedIn(r *http.Request) string {
	var outer struct {
		Encrypt string `xml:"Encrypt"`
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil || xml.Unmarshal(body, &outer) != nil {
		return ""
	}
	return outer.Encrypt
}

// take leaves a bell for the puller.
func (e *Echo) take(plain []byte) {
	var b bell
	if xml.Unmarshal(plain, &b) != nil || b.Account == "" {
		return // Another event.
	}
	e.mu.Lock()
	e.rung = append(e.rung, b)
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default: // It will look anyway.
	}
}

// run pulls what the bells are for, each account once however often it rang.
func (e *Echo) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.wake:
		}
		e.mu.Lock()
		rung := e.rung
		e.rung = nil
		e.mu.Unlock()
		newest := map[string]string{}
		for _, b := range rung {
			newest[b.Account] = b.Token
		}
		for account, token := range newest {
			e.note(e.pull(ctx, account, token))
		}
	}
}

func (e *Echo) note(err error) {
	if err == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.problem = err
}
