package strictyaml

import (
	"errors"
	"slices"
	"testing"
)

func TestProblem_Error(t *testing.T) {
	for want, p := range map[string]Problem{
		`bot.yaml:12:5: wx.mode: must be safe`: {"bot.yaml", 12, 5, "wx.mode", "must be safe"},
		`bot.yaml:12: not YAML`:                {"bot.yaml", 12, 0, "", "not YAML"},
		`bot.yaml: is empty`:                   {"bot.yaml", 0, 5, "", "is empty"},
	} {
		if got := p.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestProblems_Err(t *testing.T) {
	if err := (Problems{}).Err(); err != nil {
		t.Errorf("none is an error: %v", err)
	}
	err := Problems{{File: "a", Message: "x"}, {File: "b", Message: "y"}}.Err()
	var p Problems
	if !errors.As(err, &p) || len(p) != 2 || err.Error() != "a: x\nb: y" {
		t.Errorf("got %v", err)
	}
}

func TestProblems_Sort(t *testing.T) {
	p := Problems{{Line: 2, Column: 1, Field: "c"}, {Line: 1, Column: 9, Field: "b"}, {Line: 1, Column: 2, Field: "a"}, {Line: 2, Column: 1, Field: "d"}}
	p.Sort()
	var got []string
	for _, one := range p {
		got = append(got, one.Field)
	}
	if !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("got %v", got)
	}
}

func TestProblems_Covers(t *testing.T) {
	p := Problems{{Field: "a.b"}}
	for field, want := range map[string]struct{ has, covers bool }{
		"a.b":    {true, true},
		"a":      {true, true},
		"a.b.c":  {false, true},
		"a.b[1]": {false, true},
		"a.bc":   {false, false},
		"a.c":    {false, false},
		"":       {true, true},
	} {
		if has, covers := p.Has(field), p.Covers(field); has != want.has || covers != want.covers {
			t.Errorf("%q: got %v and %v, want %v", field, has, covers, want)
		}
	}
	if !(Problems{{}}).Covers("a") {
		t.Error("a problem with the whole file does not cover a field")
	}
}
