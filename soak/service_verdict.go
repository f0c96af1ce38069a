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

// verdict holds that customers saw every answer once and in the order of their messages. Nothing explains a repetition; a turn that has
// failed explains what is missing of its answers.
func (s *service) verdict(people []talker, b *bot) report {
	w := witness{sights: map[string][]time.Time{}, banners: map[string]bool{}, said: map[string]transcript.Entry{}, taps: map[string]time.Time{}}
	w.log = failedTurns(b.logPath())
	var r report
	for _, one := range people {
		c := one.(*customer)
		seen := s.log.Of(c.account.ID(), c.id)
		before := len(r.Wrong)
		c.judge(seen, &w, &r)
		if len(r.Wrong) > before {
			r.Details = append(r.Details, tail(seen))
		}
	}
	slices.Sort(r.Wrong)
	return r
}

// judge looks at all that a customer has said and seen.
func (c *customer) judge(entries []transcript.Entry, w *witness, r *report) {
	marks := marksOf(entries)
	times := map[string]int{}
	for _, mark := range marks {
		times[mark]++
	}
	var due []string // What they should have seen, of that which they have, in its order.
	for _, one := range c.said {
		r.Messages++
		for n := range one.plan.Replies {
			r.Replies++
			begin, end := one.plan.mark(n), one.plan.endMark(n)
			switch {
			case times[begin] == 1 && times[end] == 1:
				r.Seen++
				due = append(due, begin, end)
			case times[begin] == 0 && times[end] == 0 && w.says(one.message, `"level":"ERROR","msg":"turn"`):
				r.Apologised++
			default:
				r.Wrong = append(r.Wrong, fmt.Sprintf("%s (%s): reply %d was seen %d times, its end %d times", one.plan, one.message, n, times[begin], times[end]))
			}
		}
	}
	marks = slices.DeleteFunc(marks, func(mark string) bool { return !slices.Contains(due, mark) })
	if !slices.Equal(marks, due) && len(marks) == len(due) {
		at := 0
		for marks[at] == due[at] {
			at++
		}
		r.Wrong = append(r.Wrong, fmt.Sprintf("customer %s saw %s where %s was due", c.id, marks[at], due[at]))
	}
}

// failedTurns returns the lines of the bot's log that explain what is missing. Without them nothing is explained.
func failedTurns(path string) []byte {
	all, _ := os.ReadFile(path)
	var kept []byte
	for line := range bytes.Lines(all) {
		if bytes.Contains(line, []byte(`"level":"ERROR","msg":"turn"`)) {
			kept = append(kept, line...)
		}
	}
	return kept
}

// tail is what a customer said and saw last.
func tail(entries []transcript.Entry) string {
	var b strings.Builder
	for _, e := range entries[max(0, len(entries)-40):] {
		fmt.Fprintf(&b, "    %s %s %s %.60q %s\n", e.Time.Format("15:04:05.000"), e.Kind, e.Message, e.Text, e.Why)
	}
	return b.String()
}

// moreHint is what bot.yaml's default says where a customer has to write for the rest.
const moreHint = "\n（还有内容，回复任意消息即可继续。）"

// marksOf returns the marks that a customer has seen, in their order. One may be cut, and go on in the next message.
func marksOf(entries []transcript.Entry) (all []string) {
	var read strings.Builder
	for _, e := range entries {
		if e.Kind == transcript.Saw {
			read.WriteString(strings.TrimSuffix(e.Text, moreHint))
		}
	}
	for text := read.String(); ; {
		_, rest, found := strings.Cut(text, "«")
		mark, after, closed := strings.Cut(rest, "»")
		if !found || !closed {
			return all
		}
		all = append(all, "«"+mark+"»")
		text = after
	}
}
