package report

// Level is how bad a finding is; the higher the worse.
type Level int

// The levels. Only a Fault keeps the bot from doing what bot.yaml asks for.
const (
	OK Level = iota
	Hint
	Warning
	Fault
)

// Finding is one thing that was found out.
type Finding struct {
	Level   Level
	What    Text
	Cure    Text     // What to do about it; empty if nothing is to be done.
	Details []string // Such as addresses: the same in every language, and maybe many.
}

// Section is what was found out about one part of the bot.
type Section struct {
	Title    Text
	Findings []Finding
}
