package gazette

import (
	"slices"
	"strings"
)

// tally weighs the print of a table or list against what was made of it. The
// two sides are filled independently: print from the raw lines, and what was
// understood from the fields of the result.
type tally struct {
	count   map[rune]int
	printed int
}

// print adds text that stands on the page.
func (t *tally) print(s string) {
	if t.count == nil {
		t.count = map[rune]int{}
	}
	for _, c := range s {
		if !isBlank(c) && c != '\n' {
			t.count[c]++
			t.printed++
		}
	}
}

// furniture takes away print that is repeated on every page.
func (t *tally) furniture(s string) {
	t.said(s)
	for _, c := range s {
		if !isBlank(c) && c != '\n' {
			t.printed--
		}
	}
}

// said takes away what was understood.
func (t *tally) said(parts ...string) {
	for _, s := range parts {
		for _, c := range s {
			if !isBlank(c) && c != '\n' {
				t.count[c]--
			}
		}
	}
}

// units takes away a list of units as it was printed.
func (t *tally) units(refs []UnitRef, glue string) {
	for _, ref := range refs {
		if ref.Raw != "" {
			t.said(ref.Raw, ref.Scope)
		} else {
			t.said(ref.Name, ref.Scope)
		}
	}
	t.said(glue)
}

// check is the balance.
func (t *tally) check(d *Document, table, form string, lines Span) Check {
	var chars []rune
	for c, n := range t.count {
		if n != 0 {
			chars = append(chars, c)
		}
	}
	slices.Sort(chars)
	check := Check{Document: d.Number, Table: table, Form: form, Lines: lines, Printed: t.printed}
	for _, c := range chars {
		if n := t.count[c]; n > 0 {
			check.Lost += strings.Repeat(string(c), n)
		} else {
			check.Invented += strings.Repeat(string(c), -n)
		}
	}
	return check
}
