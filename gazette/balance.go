package gazette

import (
	"slices"

	"quanxiang/gazette/paper"
)

// balance checks that every character printed in the document is in its head
// fields' lines, in a table, or in the structure, and none twice.
func (r *reading) balance(ls []paper.Line, tables []Span) Check {
	d := &r.doc
	c := Check{Document: d.Number, Table: "全文", Form: "text", Lines: d.Lines}
	count := new(paper.Characters)
	for _, l := range ls[:len(ls)-len(r.tail)] {
		if !slices.ContainsFunc(tables, func(t Span) bool { return l.No >= t[0] && l.No <= t[1] }) {
			count.Add(l.Text, 1)
			c.Printed += paper.Visible(l.Text)
		}
	}
	for _, l := range r.head {
		count.Add(l.Text, -1)
	}
	untitled := map[int]bool{} // instruments whose heading is not printed over them
	for i := range r.sections {
		if s := &r.sections[i]; s.typ == InstrumentNode && len(s.head) == 0 {
			untitled[s.first()] = true
		}
	}
	for _, n := range d.Structure {
		count.Add(n.Number, -1)
		if n.Type != InstrumentNode || !untitled[n.Line] {
			count.Add(n.Heading, -1)
		}
		count.Add(n.Stop, -1)
		for _, p := range n.Paragraphs {
			count.Add(p.Text, -1)
		}
	}
	c.Lost, c.Invented = count.Remains()
	return c
}
