package mp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/ids"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

const (
	// saidMost bounds the JSON of a message, and transcriptMost the text in it: a minute of speech has less than 2 kB.
	saidMost       = 16 << 10
	transcriptMost = 4 << 10
	// recordingMost is the most bytes of a recording: a minute has 1.9 MB.
	recordingMost = 2 << 20
	// uploadsAtOnce and uploadTime bound the recordings that are on their way: some phones are slow.
	uploadsAtOnce = 32
	uploadTime    = time.Minute
	// takeTime is how long the inbox may take to have room.
	takeTime = 5 * time.Second
)

var (
	saidPattern  = regexp.MustCompile(`^[A-Za-z0-9-]{16,64}$`)
	mediaPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`) // Never an id of a recording.
)

// hear takes what was recorded and recognised within WeChat.
func (p *voicePage) hear(w http.ResponseWriter, r *http.Request) {
	one, ok := p.poster(w, r, "application/json")
	if !ok {
		return
	}
	var in struct {
		ID       string `json:"id"`       // Of the page's own making, the same in a repeat.
		Text     string `json:"text"`     // What translateVoice made of it.
		ServerID string `json:"serverId"` // The media id of uploadVoice.
	}
	data, ok := p.body(w, r, saidMost)
	if !ok {
		return
	}
	if json.Unmarshal(data, &in) != nil || !saidPattern.MatchString(in.ID) || len(in.Text) > transcriptMost ||
		in.ServerID != "" && !mediaPattern.MatchString(in.ServerID) || in.ServerID == "" && blank(in.Text) {
		p.fail(w, http.StatusBadRequest, "broken")
		return
	}
	p.converse(w, r, p.message(one, in.ID), func() (sdk.Voice, error) {
		return sdk.Voice{Media: sdk.Media{ID: in.ServerID}, Transcript: strings.TrimSpace(wx.Clean(in.Text))}, nil
	})
}

// record takes what was recorded by the browser.
func (p *voicePage) record(w http.ResponseWriter, r *http.Request) {
	one, ok := p.poster(w, r, "audio/wav")
	if !ok {
		return
	}
	select {
	case p.uploads <- struct{}{}:
		defer func() { <-p.uploads }()
	default:
		p.fail(w, http.StatusServiceUnavailable, "busy")
		return
	}
	// The server's own limit is for small bodies. Where it cannot be moved, it holds.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime))
	id := r.URL.Query().Get("id")
	data, ok := p.body(w, r, recordingMost)
	if !ok {
		return
	}
	if !saidPattern.MatchString(id) || checkWAV(data) != nil {
		p.fail(w, http.StatusBadRequest, "broken")
		return
	}
	p.converse(w, r, p.message(one, id), func() (sdk.Voice, error) {
		media, err := p.recordings.add(data)
		return sdk.Voice{Media: sdk.Media{ID: media, Format: "wav"}}, err
	})
}

// poster returns the session of a request that posts a type. Without one, or after too many, it has answered the request. A type
// that forms cannot have keeps other sites out, also where a browser says nothing of the origin.
func (p *voicePage) poster(w http.ResponseWriter, r *http.Request, kind string) (session, bool) {
	one, ok := p.visitor(w, r)
	if !ok {
		return one, false
	}
	given, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || given != kind {
		p.fail(w, http.StatusUnsupportedMediaType, "broken")
		return one, false
	}
	if !p.said.allow(one, time.Now()) {
		p.fail(w, http.StatusTooManyRequests, "busy")
		return one, false
	}
	return one, true
}

// body reads at most limit bytes. If it cannot, it has answered the request.
func (p *voicePage) body(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, bool) {
	if r.ContentLength > limit {
		p.fail(w, http.StatusRequestEntityTooLarge, "large")
		return nil, false
	}
	var b bytes.Buffer
	_, err := io.Copy(&b, http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		p.fail(w, http.StatusRequestEntityTooLarge, "large")
	case err != nil:
		p.fail(w, http.StatusBadRequest, "broken")
	}
	return slices.Clip(b.Bytes()), err == nil
}

// message makes a message without a content. A guest has no account but the AppID to write to, unless bot.yaml has the original ID.
func (p *voicePage) message(one session, id string) *sdk.Message {
	account := p.config.OriginalID
	if account == "" {
		account = p.config.AppID
	}
	from := one.sender()
	return &sdk.Message{
		ID: pageMessageID(account, from, id), Channel: p.channel, Account: account, Sender: from, Conversation: ids.Join(account, from), Time: time.Now(),
	}
}

func pageMessageID(account, from, id string) string { return ids.Join(account, from, "voice", id) }

// converse hands m in, unless it was before, and answers with the first replies. content is called only for a new one.
func (p *voicePage) converse(w http.ResponseWriter, r *http.Request, m *sdk.Message, content func() (sdk.Voice, error)) {
	one, fresh := p.exchanges.join(m.ID, !strings.HasPrefix(m.Sender, guest))
	if fresh {
		p.start(r.Context(), one, m, content)
	}
	p.reply(w, r, one, 0)
}

// start hands m in. Also if the browser hangs up meanwhile: it comes again.
func (p *voicePage) start(ctx context.Context, one *exchange, m *sdk.Message, content func() (sdk.Voice, error)) {
	voice, err := content()
	if err != nil {
		p.exchanges.refuse(one, err)
		return
	}
	m.Content = voice
	in, ok := p.gate.now()
	if !ok {
		p.exchanges.refuse(one, core.ErrStopping)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeTime)
	defer cancel()
	turn, err := in.Receive(ctx, m)
	if err != nil {
		p.recordings.remove(voice.Media.ID)
		p.exchanges.refuse(one, err)
		return
	}
	p.exchanges.begin(one, turn)
}

// poll answers with the replies that came after those that the page has.
func (p *voicePage) poll(w http.ResponseWriter, r *http.Request) {
	visitor, ok := p.visitor(w, r)
	if !ok {
		return
	}
	q := r.URL.Query()
	from, err := strconv.ParseUint(q.Get("from"), 10, 16)
	if err != nil {
		p.fail(w, http.StatusBadRequest, "broken")
		return
	}
	one := p.exchanges.find(p.message(visitor, q.Get("id")).ID)
	if one == nil { // Perhaps of a process that has ended: the page says it again.
		p.fail(w, http.StatusNotFound, "unknown")
		return
	}
	p.reply(w, r, one, int(from))
}

const (
	// pageHold is how long a request waits: less than what stands between browsers and servers waits for.
	pageHold = 25 * time.Second
	// pageLinger is how long a reply waits for the end of its turn, which usually follows at once and then needs no request.
	pageLinger = 200 * time.Millisecond
)

// reply answers with the replies from a number on, as soon as there is one.
func (p *voicePage) reply(w http.ResponseWriter, r *http.Request, one *exchange, from int) {
	replies, over, err := p.exchanges.wait(r.Context(), one, from, pageHold)
	if err == nil && len(replies) > 0 && !over {
		var more []*pageReply
		more, over, err = p.linger(r.Context(), one, from+len(replies))
		replies = append(replies, more...)
	}
	switch {
	case err == nil:
	case errors.Is(err, core.ErrStopping): // The page says it again, with the same id.
		p.fail(w, http.StatusServiceUnavailable, "stopping")
		return
	case errors.Is(err, errCrowded), errors.Is(err, errRecordingsFull), errors.Is(err, core.ErrBusy):
		p.fail(w, http.StatusServiceUnavailable, "busy")
		return
	default:
		p.log.Warn("message of the voice page not taken", "message", one.id, "err", err)
		p.fail(w, http.StatusServiceUnavailable, "busy")
		return
	}
	if !over {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), keepTime)
		defer cancel()
		p.keep(ctx, one)
	}
	if replies == nil {
		replies = []*pageReply{}
	}
	p.answer(w, http.StatusOK, pageAnswer{p.exchanges.words(one), replies, over})
}

// linger waits a moment for the end of a turn, and gathers what it says until then.
func (p *voicePage) linger(ctx context.Context, one *exchange, from int) (more []*pageReply, over bool, err error) {
	until := time.Now().Add(pageLinger)
	for !over && time.Now().Before(until) && ctx.Err() == nil {
		var some []*pageReply
		if some, over, err = p.exchanges.wait(ctx, one, from+len(more), time.Until(until)); err != nil {
			break
		}
		more = append(more, some...)
	}
	return more, over, err
}
