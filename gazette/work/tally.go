package work

import (
	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
)

// tally weighs the print of a table or list against what was made of it. The
// two sides are filled independently: print from the lines, and what was
// understood from the fields of the result.
type tally struct {
	count   paper.Characters
	printed int
}

func newTally() *tally { return &tally{} }

// print adds text that stands on the page.
func (t *tally) print(s string) {
	t.count.Add(s, 1)
	t.printed += paper.Visible(s)
}

// furniture takes away print that is repeated on every page.
func (t *tally) furniture(s string) {
	t.count.Add(s, -1)
	t.printed -= paper.Visible(s)
}

// said takes away what was understood.
func (t *tally) said(parts ...string) {
	for _, s := range parts {
		t.count.Add(s, -1)
	}
}

// units takes away a list of units as it was printed.
func (t *tally) units(refs []roster.UnitRef, glue string) {
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
func (t *tally) check(d *found, table, form string, lines paper.Span) Check {
	c := Check{Document: d.number, Table: table, Form: form, Lines: lines, Printed: t.printed}
	c.Lost, c.Invented = t.count.Remains()
	return c
}
