package gazette

import "slices"

// balance checks that every character printed in the document is in its head
// fields' lines, in a table, or in the structure, and none twice.
func (r *reading) balance(ls []line, tables []Span) Check {
	d := &r.doc
	c := Check{Document: d.Number, Table: "全文", Form: "text", Lines: d.Lines}
	count := new(characters)
	for _, l := range ls[:len(ls)-len(r.tail)] {
		if !slices.ContainsFunc(tables, func(t Span) bool { return l.no >= t[0] && l.no <= t[1] }) {
			count.add(l.text, 1)
			c.Printed += visible(l.text)
		}
	}
	for _, l := range r.head {
		count.add(l.text, -1)
	}
	untitled := map[int]bool{} // instruments whose heading is not printed over them
	for i := range r.sections {
		if s := &r.sections[i]; s.typ == InstrumentNode && len(s.head) == 0 {
			untitled[s.first()] = true
		}
	}
	for _, n := range d.Structure {
		count.add(n.Number, -1)
		if n.Type != InstrumentNode || !untitled[n.Line] {
			count.add(n.Heading, -1)
		}
		count.add(n.Stop, -1)
		for _, p := range n.Paragraphs {
			count.add(p.Text, -1)
		}
	}
	c.Lost, c.Invented = count.remains()
	return c
}
