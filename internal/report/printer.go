package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Printer writes sections in one language as they come. It is not safe for concurrent use.
type Printer struct {
	Out      io.Writer
	Language Language

	counts [Fault + 1]int
}

// Title writes what the findings that follow are about.
func (p *Printer) Title(t Text) { fmt.Fprintln(p.Out, t.In(p.Language)) }

// Section writes a section, and a blank line behind it.
func (p *Printer) Section(s Section) {
	p.Title(s.Title)
	for _, f := range s.Findings {
		p.Finding(f)
	}
	fmt.Fprintln(p.Out)
}

// labels are as wide as one another on a terminal, in each language.
var labels = map[Language][Fault + 1]string{
	Chinese: {"正常", "提示", "警告", "故障"},
	English: {"ok     ", "hint   ", "warning", "fault  "},
}

// Finding writes one finding and counts it.
func (p *Printer) Finding(f Finding) {
	p.counts[f.Level]++
	fmt.Fprintf(p.Out, "  %s  %s\n", labels[p.Language][f.Level], printable(f.What.In(p.Language)))
	for _, line := range wrapped(f.Details) {
		fmt.Fprintf(p.Out, "           %s\n", printable(line))
	}
	if cure := f.Cure.In(p.Language); cure != "" {
		fmt.Fprintf(p.Out, "           → %s\n", printable(cure))
	}
}

// printable leaves out what moves a terminal's cursor: some of the words come from outside.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

// width is about how long a line of details is.
const width = 100

// wrapped puts details on lines.
func wrapped(details []string) []string {
	var lines []string
	line := ""
	for i, d := range details {
		if i < len(details)-1 {
			d += ","
		}
		switch {
		case line == "":
			line = d
		case len(line)+len(d) < width:
			line += " " + d
		default:
			lines, line = append(lines, line), d
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// Summary writes how many findings of each kind there were.
func (p *Printer) Summary() {
	if p.counts[Fault]+p.counts[Warning]+p.counts[Hint] == 0 {
		fmt.Fprintln(p.Out, Text{"一切正常。", "All is well."}.In(p.Language))
		return
	}
	counted := []string{p.count(Fault, "处故障", "fault"), p.count(Warning, "条警告", "warning"), p.count(Hint, "条提示", "hint")}
	if p.Language == Chinese {
		fmt.Fprintln(p.Out, strings.Join(counted, "，")+"。")
		return
	}
	fmt.Fprintln(p.Out, strings.Join(counted, ", ")+".")
}

// Err returns err if a fault was written, and nil otherwise.
func (p *Printer) Err(err error) error {
	if p.counts[Fault] > 0 {
		return err
	}
	return nil
}

func (p *Printer) count(l Level, zh, en string) string {
	n := p.counts[l]
	if p.Language == Chinese {
		return fmt.Sprint(n, " ", zh)
	}
	if n != 1 {
		en += "s"
	}
	return fmt.Sprint(n, " ", en)
}
