package gazette

import (
	"maps"
	"slices"
	"strings"
)

// characters counts how often each was printed and is not yet accounted for:
// those of the basic plane in pages of 64, the rest in a map.
type characters struct {
	pages [1024]*[64]int32
	rest  map[rune]int
}

// add counts the characters of a text, blanks excepted; raised digits count as
// the digits they were printed as.
func (c *characters) add(s string, n int) {
	for _, r := range s {
		if isBlank(r) || r == '\n' {
			continue
		}
		if r >= '²' && r <= '⁹' {
			if i := slices.Index(raised, r); i >= 0 {
				r = '0' + rune(i)
			}
		}
		if r >= 0x10000 {
			if c.rest == nil {
				c.rest = map[rune]int{}
			}
			c.rest[r] += n
			continue
		}
		page := &c.pages[r>>6]
		if *page == nil {
			*page = new([64]int32)
		}
		(*page)[r&0x3f] += int32(n)
	}
}

// remains lists what is left over on either side, in code point order.
func (c *characters) remains() (lost, invented string) {
	var over, under strings.Builder
	list := func(r rune, n int) {
		for range n {
			over.WriteRune(r)
		}
		for range -n {
			under.WriteRune(r)
		}
	}
	for high, page := range c.pages {
		if page == nil {
			continue
		}
		for low, n := range page {
			list(rune(high<<6|low), int(n))
		}
	}
	for _, r := range slices.Sorted(maps.Keys(c.rest)) {
		list(r, c.rest[r])
	}
	return over.String(), under.String()
}

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
