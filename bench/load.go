package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// token is the one that the measured bots are configured with.
const token = "benchtoken2026"

// result is one measurement.
type result struct {
	messages int
	took     time.Duration
	cpu      time.Duration
	p50, p99 time.Duration

	started  time.Duration // From the start of the process to its first answer.
	resident float64       // Megabytes of all processes together, before the load.
}

func (r result) rate() float64 { return float64(r.messages) / r.took.Seconds() }

func (r result) cpuPerMessage() time.Duration { return r.cpu / time.Duration(max(r.messages, 1)) }

// measure sends callbacks over n connections, each waiting for its answer before it sends the next, and checks every
// answer.
func measure(ctx context.Context, s *running, n int, each time.Duration) (result, error) {
	before, err := s.cpu()
	if err != nil {
		return result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, each)
	defer cancel()
	began := time.Now()
	took, err := loadAll(ctx, s.address, n)
	if err != nil {
		return result{}, err
	}
	wall := time.Since(began)
	after, err := s.cpu()
	if err != nil {
		return result{}, err
	}
	if len(took) == 0 {
		return result{}, errors.New("nothing was answered")
	}
	slices.Sort(took)
	return result{
		messages: len(took), took: wall, cpu: after - before, p50: took[len(took)/2], p99: took[len(took)*99/100],
	}, nil
}

func loadAll(ctx context.Context, address string, n int) ([]time.Duration, error) {
	var (
		mu    sync.Mutex
		all   []time.Duration
		first error
		wg    sync.WaitGroup
	)
	for i := range n {
		wg.Go(func() {
			took, err := load(ctx, address, i)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if first == nil {
				first = err
			}
		})
	}
	wg.Wait()
	return all, first
}

// load sends callbacks of one person over one connection until ctx ends, and one at the least.
func load(ctx context.Context, address string, person int) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	var took []time.Duration
	for len(took) == 0 || ctx.Err() == nil {
		began := time.Now()
		if _, err := conn.Write(request(person)); err != nil {
			return nil, err
		}
		if err := answered(answers); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

// messages numbers the messages of the whole run: each is a new one.
var messages atomic.Int64

func request(person int) []byte {
	now := strconv.FormatInt(time.Now().Unix(), 10)
	body := fmt.Sprintf("<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n<FromUserName><![CDATA[oPerson%d]]></FromUserName>\n"+
		"<CreateTime>%s</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[你好]]></Content>\n"+
		"<MsgId>%d</MsgId>\n</xml>", person, now, 24180351648420000+messages.Add(1))
	return fmt.Appendf(nil, "POST /wx?signature=%s&timestamp=%s&nonce=415670741&openid=oPerson%d HTTP/1.1\r\nHost: bot\r\n"+
		"User-Agent: Mozilla/4.0\r\nAccept: */*\r\nPragma: no-cache\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s",
		sign(now, "415670741"), now, person, len(body), body)
}

func sign(timestamp, nonce string) string {
	parts := []string{token, timestamp, nonce}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// answered reads one response and fails if it is not the echo.
func answered(r *bufio.Reader) error {
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("你发送的消息是: 你好")) {
		return fmt.Errorf("wrong answer: %s %q", response.Status, body)
	}
	return nil
}
