package verify

import "fmt"

// Verdict says how a plugin stands to a rule.
type Verdict string

// The verdicts. Only Failed says that something is wrong. A rule is not seen where the plugin did nothing that the rule is
// about, and not applicable where an earlier rule has failed or the system has no such thing.
const (
	OK            Verdict = "ok"
	Failed        Verdict = "failed"
	NotSeen       Verdict = "not seen"
	NotApplicable Verdict = "not applicable"
)

// Finding is what was found out about one rule.
type Finding struct {
	// Rule names it.
	Rule    string  `json:"rule"`
	Verdict Verdict `json:"verdict"`
	// Seen says what the plugin did.
	Seen string `json:"seen"`
	// Contract says what it is to do.
	Contract string `json:"contract"`
	// Millis is how long it took to find out.
	Millis int64 `json:"ms"`
}

// judgement is a verdict and what it is founded on.
type judgement struct {
	verdict Verdict
	seen    string
}

func ok(format string, args ...any) judgement { return judgement{OK, fmt.Sprintf(format, args...)} }

func failed(format string, args ...any) judgement {
	return judgement{Failed, fmt.Sprintf(format, args...)}
}

func notSeen(format string, args ...any) judgement {
	return judgement{NotSeen, fmt.Sprintf(format, args...)}
}

func notApplicable(format string, args ...any) judgement {
	return judgement{NotApplicable, fmt.Sprintf(format, args...)}
}
