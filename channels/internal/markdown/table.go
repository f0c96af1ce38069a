package markdown

import "strings"

// table turns a table, if one stands next: its rows become lines with bars between the cells.
func (d *document) table() bool {
	if d.at+1 >= len(d.lines) || !strings.Contains(d.lines[d.at], "|") || !isDelimiter(d.lines[d.at+1]) {
		return false
	}
	columns := len(cells(d.lines[d.at]))
	if columns != len(cells(d.lines[d.at+1])) {
		return false
	}
	d.row(d.lines[d.at])
	for d.at += 2; d.at < len(d.lines) && strings.Contains(d.lines[d.at], "|"); d.at++ {
		d.row(d.lines[d.at])
	}
	return true
}

func (d *document) row(line string) {
	line, end := cutReturn(line)
	row := cells(line)
	for i, cell := range row {
		row[i] = inline(cell, d.anchors)
	}
	d.out = append(d.out, strings.Join(row, " | ")+end)
}

// isDelimiter tells whether a line is what stands below the head of a table, such as |---|:-:|.
func isDelimiter(line string) bool {
	line = strings.TrimSpace(line)
	return strings.Contains(line, "|") && strings.Contains(line, "-") && strings.Trim(line, "|:- \t") == "" && !strings.Contains(line, "||")
}

// cells returns the cells of a row. A bar behind a backslash is part of its cell.
func cells(line string) []string {
	line = strings.TrimPrefix(strings.TrimSpace(line), "|")
	var all []string
	start := 0
	for i := 0; i < len(line); i++ {
		if line[i] == '|' && (i == 0 || line[i-1] != '\\') {
			all = append(all, strings.TrimSpace(line[start:i]))
			start = i + 1
		}
	}
	if last := strings.TrimSpace(line[start:]); last != "" || start == 0 {
		all = append(all, last)
	}
	return all
}
