package kf

import "time"

// Rules are the numbers of the platform, for tests that are in a hurry, and the points that nobody has confirmed. The zero
// value is the platform as it is documented and, where that leaves a doubt, the more careful reading. It rings 20 times at the most,
// and waits for a minute.
type Rules struct {
	// TryTimeout is how long the platform waits for an answer to a bell: 5 s if it is zero (page 96466).
	TryTimeout time.Duration
	// Tries is how often it rings in all if nobody answers with a 200: 3 if it is zero. The page says that it tries again,
	// "three times in total", which may mean one more.
	Tries int
	// TryPause is the time between tries. Undocumented.
	TryPause time.Duration
	// History is how far back the log of an account goes: 3 days if it is zero (page 94670). One project speaks of 14.
	History time.Duration
	// TextLimit is the most bytes of a text: 2048 if it is zero (page 94677).
	TextLimit int
	// PieceLimit is the most bytes that one call of media/get gives: 20 MiB if it is zero (page 96486).
	PieceLimit int
	// SyncsWithoutToken is how many calls of sync_msg without a valid token an account may get in a minute before it is
	// closed for another: 10 if it is zero, as the platform's staff said; no limit if it is negative.
	SyncsWithoutToken int
	// CallsPerMinute is how often a corp may make one call of the API: 10,000 if it is zero (page 90454); no limit if it is
	// negative.
	CallsPerMinute int
	// Crowd is how many calls of sync_msg or of media/get may be under way at once: no limit if it is zero. Users speak of 5.
	Crowd int
	// FailAfter is how long after a message was accepted the log says that it was not delivered: 1 s if it is zero. Unknown.
	FailAfter time.Duration

	// ShortPages is the most messages of a page of sync_msg, whatever was asked for; no limit of its own if it is zero.
	ShortPages int
	// EmptyPages is how many pages without a message, but with has_more, come before each that has some (page 94670: to go
	// on by has_more alone).
	EmptyPages int
	// Strange adds, with every so many-th entry of the log, a message of a msgtype that nobody knows, and fields that nobody
	// knows to that entry. Never if it is zero. The list of msgtypes has grown several times.
	Strange int
	// NewCursors makes a cursor anew for each page, also if nothing is new. Unknown.
	NewCursors bool
	// OldCursorFails refuses a cursor that points behind what the log still has. Unknown; without it the page begins with
	// the oldest entry there is.
	OldCursorFails bool
	// NewestFirst turns the order of a page round. Undocumented; all that pull expect the oldest first.
	NewestFirst bool
	// BareEvents leaves msgid, send_time and origin out of events, as the documentation's examples have it.
	BareEvents bool
	// EventIDs has open_kfid and external_userid of an event outside of it too. Unknown.
	EventIDs bool
	// RawSceneParam gives the scene_param of enter_session as it stands in the link, and not decoded. Unknown.
	RawSceneParam bool
	// HeadImage writes head_image for head_img in channels_shop_product, as one project expects it. Unknown.
	HeadImage bool
	// NumberPrice writes the sales_price of a channels_shop_product as a number. Unknown.
	NumberPrice bool
	// NoAgentID leaves the empty AgentID out of a bell. Unknown.
	NoAgentID bool

	// AsyncFailures accepts messages beyond the window or its five, or after the session's end, and says by msg_send_fail that
	// they were not delivered. Both are documented, and not when which comes.
	AsyncFailures bool
	// StateFirst looks at the session's state before the window, which gives 95018 where else 95002 comes. Unknown.
	StateFirst bool
	// CutText cuts a text that is too long, and does not refuse it. Unknown.
	CutText bool
	// RepeatCode is what a msgid gets that was used before: 40058 if it is zero. Unknown.
	RepeatCode int
	// IdleTaps lets the tap on an item of a menu open no window. Unknown; it arrives as a text like any other.
	IdleTaps bool
	// EventSendsCount counts messages by send_msg_on_event among the five of the window. Unknown.
	EventSendsCount bool
	// SendTakes moves a session from 0 to 1 when the bot sends a message. The page of the statistics says so.
	SendTakes bool
	// TransToBot lets service_state/trans move a session from 0 to 1. Unknown: the page has a drawing of it.
	TransToBot bool
	// TransToEnd lets service_state/trans end sessions that no servicer has. Unknown, as before.
	TransToEnd bool

	// EncodedNames writes the names of files in media/get as RFC 5987 has it. Both were seen.
	EncodedNames bool
	// KeepAlive lets bells share connections. Unknown.
	KeepAlive bool
}

// maxTries and maxTimeout keep a rule from becoming a flood that does not end.
const (
	maxTries   = 20
	maxTimeout = time.Minute
)

func (r Rules) withDefaults() Rules {
	orDefault(&r.TryTimeout, 5*time.Second)
	orDefault(&r.Tries, 3)
	orDefault(&r.History, 72*time.Hour)
	orDefault(&r.TextLimit, 2048)
	orDefault(&r.PieceLimit, 20<<20)
	orDefault(&r.FailAfter, time.Second)
	if r.SyncsWithoutToken == 0 {
		r.SyncsWithoutToken = 10
	}
	if r.CallsPerMinute == 0 {
		r.CallsPerMinute = 10_000
	}
	if r.RepeatCode == 0 {
		r.RepeatCode = codeParameter
	}
	r.TryTimeout, r.Tries, r.TryPause = min(r.TryTimeout, maxTimeout), min(r.Tries, maxTries), min(max(r.TryPause, 0), maxTimeout)
	return r
}

func orDefault[N int | time.Duration](n *N, usual N) {
	if *n <= 0 {
		*n = usual
	}
}
