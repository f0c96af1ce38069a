package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// TestServiceVerdict holds that nothing explains a repetition or a wrong order, and that only a failed turn explains what is missing.
func TestServiceVerdict(t *testing.T) {
	one, two := plan{Number: 1, Replies: 2}, plan{Number: 2, Replies: 1}
	all := []string{one.reply(0), one.reply(1), two.reply(0)}
	failed := `{"level":"ERROR","msg":"turn","message":"wk/m2"}`
	for name, test := range map[string]struct {
		saw   []string
		log   string
		wrong string
	}{
		"all":                       {saw: all},
		"in one message":            {saw: []string{strings.Join(all, "\n")}},
		"a mark is cut":             {saw: []string{all[0], all[1][:5] + moreHint, all[1][5:], all[2]}},
		"twice":                     {saw: append(all, all[2]), wrong: "seen 2 times"},
		"lost":                      {saw: all[:2], wrong: "seen 0 times"},
		"its turn has failed":       {saw: all[:2], log: failed},
		"another turn has failed":   {saw: all[1:], log: failed, wrong: "seen 0 times"},
		"out of order":              {saw: []string{all[1], all[0], all[2]}, wrong: "was due"},
		"messages are out of order": {saw: []string{all[2], all[0], all[1]}, wrong: "was due"},
		"its end is lost":           {saw: []string{all[0], all[1], two.mark(0)}, wrong: "its end 0 times"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "bot.log"), []byte(test.log+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := newService(10)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			if err := s.open("127.0.0.1:1"); err != nil {
				t.Fatal(err)
			}
			c := &customer{id: "wm1", account: s.accounts[0], said: []said{{"m1", one}, {"m2", two}}}
			for i, text := range test.saw {
				s.log.Add(transcript.Entry{
					Kind: transcript.Saw, Time: time.Now().Add(time.Duration(i)), Account: c.account.ID(), Person: c.id, Text: text,
				})
			}
			found := s.verdict([]talker{c}, &bot{dir: dir})
			if got := strings.Join(found.Wrong, "\n"); (got == "") != (test.wrong == "") || !strings.Contains(got, test.wrong) {
				t.Errorf("wrong: %q, want %q", got, test.wrong)
			}
			if found.Messages != 2 || found.Replies != 3 {
				t.Errorf("%d messages with %d replies", found.Messages, found.Replies)
			}
			if complete := c.complete(); complete != (len(test.saw) >= 3 && name != "its end is lost" || len(test.saw) == 1) {
				t.Errorf("complete: %t", complete)
			}
		})
	}
}
