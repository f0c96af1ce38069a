package kf

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

const (
	// syncTokenLife is how long the token of a bell is valid, and maxPage the most messages of a page (page 94670).
	syncTokenLife = 10 * time.Minute
	maxPage       = 1000
	// maxCursor and maxSyncToken are the most bytes of both (page 94670).
	maxCursor    = 64
	maxSyncToken = 128
)

type syncRequest struct {
	Cursor  string `json:"cursor"`
	Token   string `json:"token"`
	Limit   uint32 `json:"limit"`
	Format  uint32 `json:"voice_format"` // 0 for AMR, 1 for SILK. Voices come as they were kept.
	Account string `json:"open_kfid"`
}

type syncAnswer struct {
	apihost.Done
	Next string            `json:"next_cursor"`
	More int               `json:"has_more"`
	List []json.RawMessage `json:"msg_list"`
}

// syncMsg gives a page of an account's log: what customers and servicers say, and events, and never what the bot has sent
// (page 94670).
func syncMsg(c *call) (any, *refusal) {
	var in syncRequest
	if refused := read(c, &in); refused != nil {
		return nil, refused
	}
	a, refused := find(c, in.Account)
	if refused != nil {
		return nil, refused
	}
	if in.Limit > maxPage || in.Format > 1 || len(in.Cursor) > maxCursor || len(in.Token) > maxSyncToken {
		return nil, refuse(codeParameter)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if refused := a.knock(in.Token, c.Now); refused != nil {
		return nil, refused
	}
	return a.page(in, c.Now)
}

// knock refuses a wrong token, and calls without a right one that are too frequent. The caller holds mu.
func (a *Account) knock(token string, now time.Time) *refusal {
	if a.isToken(token, now) {
		return nil
	}
	if !a.keyless.take(now, a.rules().SyncsWithoutToken) {
		return refuse(codeQuota)
	}
	if token != "" {
		return refuse(codeSyncToken)
	}
	return nil
}

func (a *Account) isToken(token string, now time.Time) bool {
	rest, ok := strings.CutPrefix(token, "ENC")
	nanos, _, sealed := a.keys.read(rest)
	return ok && sealed && now.Sub(time.Unix(0, int64(nanos))) < syncTokenLife
}

// keyless counts calls of sync_msg without a valid token.
type keyless struct {
	recent []time.Time // Within the last minute.
	closed time.Time   // Until when none is taken.
}

// take returns false for a call that is too many: then none is taken for a minute, as the platform's staff said
// (developers.weixin.qq.com/community, 2021).
func (k *keyless) take(now time.Time, most int) bool {
	if most < 0 {
		return true
	}
	k.recent = slices.DeleteFunc(k.recent, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	switch {
	case now.Before(k.closed):
		return false
	case len(k.recent) >= most:
		k.closed, k.recent = now.Add(time.Minute), nil
		return false
	}
	k.recent = append(k.recent, now)
	return true
}

// page returns what comes behind the cursor. The caller holds mu.
func (a *Account) page(in syncRequest, now time.Time) (any, *refusal) {
	rules := a.rules()
	a.log.forget(now.Add(-rules.History))
	number, empties, refused := a.place(in.Cursor)
	if refused != nil {
		return nil, refused
	}
	most := maxPage
	if in.Limit > 0 {
		most = int(in.Limit)
	}
	if rules.ShortPages > 0 {
		most = min(most, rules.ShortPages)
	}
	items := a.log.from(number, most)
	if len(items) > 0 && empties < rules.EmptyPages {
		return syncAnswer{okay, a.cursor(number, empties+1), 1, []json.RawMessage{}}, nil
	}
	out := syncAnswer{Done: okay, List: make([]json.RawMessage, len(items))}
	for i, item := range items {
		out.List[i] = item.json
	}
	if rules.NewestFirst {
		slices.Reverse(out.List)
	}
	next := number + uint64(len(items))
	if out.Next = a.cursor(next, 0); next < a.log.next {
		out.More = 1
	}
	return out, nil
}

// place returns the number of the entry that a cursor points at, and how many empty pages the bot has had before it. No
// cursor is the oldest entry. The caller holds mu.
func (a *Account) place(cursor string) (number uint64, empties int, refused *refusal) {
	if cursor == "" {
		return a.log.first(), 0, nil
	}
	number, note, sealed := a.cursors.read(cursor)
	switch {
	case !sealed || number > a.log.next:
		return 0, 0, refuse(codeParameter)
	case number < a.log.first() && a.rules().OldCursorFails:
		return 0, 0, refuse(codeParameter)
	case number < a.log.first():
		return a.log.first(), 0, nil
	}
	return number, int(note >> 16), nil
}

// cursor writes a place down. Half of the note is for the empty pages, half makes it look new.
func (a *Account) cursor(number uint64, empties int) string {
	note := uint32(empties) << 16
	if a.rules().NewCursors {
		note |= rand.Uint32() & 0xffff
	}
	return a.cursors.write(number, note)
}
