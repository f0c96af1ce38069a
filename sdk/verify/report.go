package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Report is what was found out about a plugin.
type Report struct {
	// Name and Version are what it says of itself.
	Name    string `json:"name"`
	Version string `json:"version"`
	// OK: no rule has failed.
	OK    bool      `json:"ok"`
	Rules []Finding `json:"rules"`
}

// Count returns how many rules have a verdict.
func (r Report) Count(v Verdict) int {
	n := 0
	for _, f := range r.Rules {
		if f.Verdict == v {
			n++
		}
	}
	return n
}

// Summary says in one line how it went.
func (r Report) Summary() string {
	return fmt.Sprintf("%d rules: %d ok, %d failed, %d not seen, %d not applicable", len(r.Rules), r.Count(OK), r.Count(Failed),
		r.Count(NotSeen), r.Count(NotApplicable))
}

// WriteJSON writes the report for machines.
func (r Report) WriteJSON(out io.Writer) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// String is the finding for people: a line, and for a failure two, which say what was seen and what the contract asks for.
func (f Finding) String() string {
	if f.Verdict != Failed {
		return fmt.Sprintf("%-14s  %-15s  %s", f.Verdict, f.Rule, printable(f.Seen))
	}
	const under = "\n                                 "
	return fmt.Sprintf("%-14s  %-15s  seen: %s%scontract: %s", "FAILED", f.Rule, printable(f.Seen), under, f.Contract)
}

// printable leaves out what moves a terminal's cursor: some of the words are the plugin's.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u202e' {
			return -1
		}
		return r
	}, text)
}
