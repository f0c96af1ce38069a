package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// report is what a soak has found.
type report struct {
	Messages, Replies, Seen    int
	Banner, Failed, Apologised int             // Replies that were not seen, by what explains it.
	Unkept                     int             // Replies that were not seen because the store was too slow to keep the message, which the log says.
	Gap                        int             // Replies that were seen twice because the bot was killed between WeChat's word and its note.
	Delays                     []time.Duration // Of these, how long after the first sight the bot was killed.
	Kills, Upgrades            int
	Took                       time.Duration
	Wrong                      []string
	Details                    []string // What people saw around some of it.
}

// String is for people.
func (r report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d messages in %s, the bot was killed %d times\n", r.Messages, r.Took.Round(time.Second), r.Kills)
	if r.Upgrades > 0 {
		fmt.Fprintf(&b, "the plugin was replaced %d times\n", r.Upgrades)
	}
	fmt.Fprintf(&b, "%d replies: %d seen once\n", r.Replies, r.Seen)
	fmt.Fprintf(&b, "not seen and explained: %d by the fault banner, %d by a failed delivery on record, %d by a turn that failed, %d by a store that was too slow\n",
		r.Banner, r.Failed, r.Apologised, r.Unkept)
	fmt.Fprintf(&b, "seen twice in the gap that the platform leaves: %d, the bot was killed after %s (median), %s at most\n", r.Gap, r.median(), r.longest())
	fmt.Fprintf(&b, "wrong: %d\n", len(r.Wrong))
	for _, line := range r.Wrong[:min(len(r.Wrong), 40)] {
		fmt.Fprintln(&b, "  ", line)
	}
	for _, text := range r.Details[:min(len(r.Details), 10)] {
		fmt.Fprintln(&b, text)
	}
	return b.String()
}

// gap is how long before or after the bot's death the platform may have accepted a message of which the bot could not note that: the call,
// or the note of it, was under way. Usually that is a millisecond; under this load, on two cores, the store has a queue.
const gap = 3 * time.Second

// witness is all that one can know of what happened.
type witness struct {
	sights  map[string][]time.Time      // When each mark was seen.
	banners map[string]bool             // The messages that ended with the fault banner.
	said    map[string]transcript.Entry // What each message was.
	taps    map[string]time.Time        // When a tap to read ended with the banner last, by person.
	log     []byte                      // The bot's.
	kills   []time.Time
}

// verdict compares what people saw with what they should have seen.
func verdict(people []*person, log *transcript.Log, b *bot) report {
	w := witness{sights: map[string][]time.Time{}, banners: map[string]bool{}, said: map[string]transcript.Entry{},
		taps: map[string]time.Time{}, kills: b.kills}
	w.log, _ = os.ReadFile(b.logPath()) // Without it nothing is explained.
	entries, _ := log.After(0)
	for _, e := range entries {
		w.see(e)
	}
	var r report
	for _, p := range people {
		for message, plan := range p.plans {
			r.Messages++
			before := len(r.Wrong)
			if w.judge(message, plan, &r); len(r.Wrong) > before {
				p.wrong = append(p.wrong, message)
			}
		}
	}
	slices.Sort(r.Wrong)
	for _, p := range people {
		for _, message := range p.wrong[:min(len(p.wrong), 1)] {
			r.Details = append(r.Details, detail(log.Of(p.account.Settings().ID, p.id), message))
		}
	}
	return r
}

// detail is what a person said and saw around a message.
func detail(entries []transcript.Entry, message string) string {
	at := slices.IndexFunc(entries, func(e transcript.Entry) bool { return e.Message == message })
	var b strings.Builder
	for _, e := range entries[max(0, at-3):min(len(entries), at+14)] {
		fmt.Fprintf(&b, "    %s %s %s %s %.60q %s\n", e.Time.Format("15:04:05.000"), e.Kind, e.Type, e.Message, e.Text, e.Why)
	}
	return b.String()
}

func (w *witness) see(e transcript.Entry) {
	switch e.Kind {
	case transcript.Said:
		w.said[e.Message] = e
	case transcript.Fault:
		w.banners[e.Message] = true
		if w.said[e.Message].Text == tapText {
			w.taps[e.Person] = e.Time
		}
	case transcript.Saw:
		for text := e.Text; ; {
			_, rest, found := strings.Cut(text, "«")
			mark, after, closed := strings.Cut(rest, "»")
			if !found || !closed {
				return
			}
			w.sights["«"+mark+"»"] = append(w.sights["«"+mark+"»"], e.Time)
			text = after
		}
	}
}

// judge looks at each reply to one message.
func (w *witness) judge(message string, p plan, r *report) {
	var last time.Time
	for n := range p.Replies {
		r.Replies++
		begin, end := w.sights[p.mark(n)], w.sights[p.endMark(n)]
		switch {
		case len(begin) == 1 && len(end) == 1:
			r.Seen++
			if begin[0].Before(last) || end[0].Before(begin[0]) {
				r.Wrong = append(r.Wrong, fmt.Sprintf("%s: reply %d is out of order", p, n))
			}
			last = end[0]
		case len(begin) > 1 || len(end) > 1:
			if !w.inGap(begin) || !w.inGap(end) {
				r.Wrong = append(r.Wrong, fmt.Sprintf("%s (%s): reply %d was seen %d times, its end %d times: %v and %v", p, message, n, len(begin), len(end), clocks(begin), clocks(end)))
				continue
			}
			r.Gap++
			r.Delays = append(r.Delays, w.untilKilled(append(begin, end...)[0]))
		case w.banners[message] || w.said[message].Time.Before(w.taps[w.said[message].Person]):
			r.Banner++
		case w.says(message, `"msg":"delivery failed"`):
			r.Failed++
		case w.says(message, `"level":"ERROR","msg":"turn"`):
			r.Apologised++
		case w.says(message, `"msg":"message not kept"`):
			r.Unkept++
		default:
			r.Wrong = append(r.Wrong, fmt.Sprintf("%s (%s): reply %d was seen %d times, its end %d times, and nothing says why", p, message, n, len(begin), len(end)))
		}
	}
}

// upgraded says what is wrong with the upgrades: each must have replaced the plugin, and leave no process.
func upgraded(b *bot) (wrong []string) {
	log, err := os.ReadFile(b.logPath())
	if n := bytes.Count(log, []byte(`"msg":"plugin replaced"`)); err != nil || n < b.version-1 { // The last one may have come with the end.
		wrong = append(wrong, fmt.Sprintf("%d upgrades replaced the plugin %d times, %v", b.version, n, err))
	}
	if left := leftover(); len(left) > 0 {
		wrong = append(wrong, fmt.Sprintf("processes of the plugin that are left: %v", left))
	}
	return wrong
}

// inGap tells whether a repetition is one that nobody could have known of: the bot was killed right after the first.
func (w *witness) inGap(times []time.Time) bool {
	for _, at := range times[:max(0, len(times)-1)] {
		if !slices.ContainsFunc(w.kills, func(kill time.Time) bool { return kill.Sub(at) > -gap && kill.Sub(at) < gap }) {
			return false
		}
	}
	return true
}

// untilKilled returns how long after a moment the bot was killed, 0 if it was dead already.
func (w *witness) untilKilled(at time.Time) time.Duration {
	for _, kill := range w.kills {
		if d := kill.Sub(at); d > -gap && d < gap {
			return max(0, d)
		}
	}
	return gap
}

func (r report) median() time.Duration {
	if len(r.Delays) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(r.Delays))[len(r.Delays)/2].Round(time.Millisecond)
}

func (r report) longest() time.Duration {
	if len(r.Delays) == 0 {
		return 0
	}
	return slices.Max(r.Delays).Round(time.Millisecond)
}

// says tells whether the bot's log has a line of that kind about a message.
func (w *witness) says(message, what string) bool {
	for line := range bytes.Lines(w.log) {
		if bytes.Contains(line, []byte(message)) && bytes.Contains(line, []byte(what)) {
			return true
		}
	}
	return false
}

// clocks writes times of day.
func clocks(times []time.Time) (all []string) {
	for _, at := range times {
		all = append(all, at.Format("15:04:05.000"))
	}
	return all
}
