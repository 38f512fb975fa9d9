package table

import (
	"strings"
	"unicode/utf8"

	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
)

// Ditto stands in a cell for "as above".
const Ditto = "同上"

// readings is how often a table is read: each reading learns the widths of the
// columns for the next.
const readings = 2

// fill divides the body into rows and cells. It returns the index of the
// first line after the table.
func (t *Table) fill(r *roster.Resolver, b *tableBody, starts []int, year int) int {
	t.parts = 1
	for _, n := range b.parts {
		t.parts = max(t.parts, n+1)
	}
	f := &fitter{r: r, t: t, year: year, seen: roster.Fits{}}
	gs := t.segments(b, starts)
	read := make([][]piece, len(gs))
	taken := 0
	for range readings {
		for k, g := range gs {
			if k > 0 {
				gs[k-1].leave(read[k-1], g)
			}
			read[k], taken = f.divide(g)
		}
		f.learn(gs, read)
	}
	end := starts[len(starts)-1] + 1 + taken
	t.assemble(b, starts, gs, read)
	for _, h := range b.heads {
		if h.before < end || h.before == 0 {
			t.Heads = append(t.Heads, h.text)
		}
	}
	for _, m := range b.marks {
		if m.before < end {
			t.Marks = append(t.Marks, m.text)
		}
	}
	return b.ts[end-1].at + 1
}

// segments parts the tokens of the body at the running numbers. The first
// segment is what stands before number 1; it is empty unless the number column
// is not the first.
func (t *Table) segments(b *tableBody, starts []int) []*segment {
	var own, next []slot
	for c := range t.Cols {
		switch {
		case c < t.No:
			own, next = append(own, slot{col: c}), append(next, slot{col: c, next: true})
		case c > t.No:
			own = append(own, slot{col: c})
		}
	}
	before := newSegment(b.ts[:starts[0]], len(t.Cols))
	before.slots = next
	gs := []*segment{before}
	longest, part, seen := 0, 0, 0
	for k, at := range starts {
		to := len(b.ts)
		last := k == len(starts)-1
		if !last {
			to = starts[k+1]
			longest = max(longest, to-at)
		} else {
			to = min(to, at+1+longest*3/2+40)
		}
		for ; seen <= at; seen++ {
			if n, ok := b.parts[seen]; ok {
				part = n
			}
		}
		g := newSegment(b.ts[at+1:to], len(t.Cols))
		g.first, g.part, g.last = t.No, part, last
		g.slots = append(g.slots, own...)
		if !last {
			g.slots = append(g.slots, next...)
		}
		t.number(g.ts)
		gs = append(gs, g)
	}
	return gs
}

// number marks the tokens that begin a numbered sub-task of a row.
func (t *Table) number(ts []token) {
	if t.Col(RoleItem) < 0 {
		return
	}
	expected := 1
	for i := range ts {
		if n, _, ok := paper.CutNumber(ts[i].text); ok && ts[i].first && n == expected {
			ts[i].sub = n
			expected++
		}
	}
}

// leave tells the segment after g which cells before its number are open.
func (g *segment) leave(ps []piece, next *segment) {
	for _, p := range ps {
		if s := g.slots[p.slot]; s.next {
			next.head[s.col] = g.ts[p.to-1].last && !g.ts[p.to-1].end
		}
	}
}

// assemble makes rows of the readings.
func (t *Table) assemble(b *tableBody, starts []int, gs []*segment, read [][]piece) {
	section, seen := "", 0
	for k, at := range starts {
		for ; seen <= at; seen++ {
			if s, ok := b.sections[seen]; ok {
				section = s
			}
		}
		row := Row{No: b.ts[at].text, page: b.ts[at].page, Section: section, part: gs[k+1].part,
			Cells: make([][]Cell, len(t.Cols)), Lines: paper.Span{b.ts[at].no, b.ts[at].no}}
		row.take(gs[k], read[k], true)
		row.take(gs[k+1], read[k+1], false)
		t.Rows = append(t.Rows, row)
	}
}

// take puts the pieces of a segment that belong to the row into its cells.
func (row *Row) take(g *segment, ps []piece, next bool) {
	sub := 0
	for _, p := range ps {
		s := g.slots[p.slot]
		if s.next != next && len(g.slots) > 0 {
			continue
		}
		if p.sub {
			sub++
		}
		ts := g.ts[p.from:p.to]
		first, last := ts[0], ts[len(ts)-1]
		row.Lines[0], row.Lines[1] = min(row.Lines[0], first.no), max(row.Lines[1], last.no)
		cells := row.Cells[s.col]
		if n := len(cells); n > 0 && p.cut && cells[n-1].Sub == sub {
			c := &cells[n-1]
			c.Text, c.open, c.Lines[1] = c.Text+joinTokens(ts), last.last && !last.end, last.no
			continue
		}
		row.Cells[s.col] = append(cells, Cell{Text: joinTokens(ts), Lines: paper.Span{first.no, last.no}, open: last.last && !last.end, Sub: sub, page: first.page || p.from == 0 && row.page})
	}
}

// mostLookups is how often the text of the document is searched for one table.
const mostLookups = 20

// mend repairs cells that span several rows. Where a page cuts such a cell, its
// rest stands in a later row: it is put back. Then every row gets the content
// of the merged cells it shares; such a cell is marked as shared.
func (t *Table) mend(text func() string) {
	for k, looked := 1, 0; k < len(t.Rows); k++ {
		if t.rejoin(k, text, looked < mostLookups) {
			looked++
		}
	}
	for k := range t.Rows {
		for c := range t.Cols {
			switch t.Cols[c].Role {
			case RoleGoal, RoleSubgoal, RoleType, RoleStreets, RoleName:
				if k > 0 && len(t.Rows[k].Cells[c]) == 0 && t.spans(k, c) {
					t.Rows[k].share(t.Rows[k-1].Cells[c], c)
				}
			case RoleUnits, RoleLead, RoleDue:
				if k > 0 && len(t.Rows[k].Cells[c]) == 0 && t.Col(RoleItem) < 0 {
					t.Rows[k].share(t.Rows[k-1].Cells[c], c)
				}
			}
		}
	}
}

// spans reports whether the empty cell of a column belongs to the cell above
// it: not where a section or a group further left begins anew.
func (t *Table) spans(k, c int) bool {
	if t.Rows[k].Section != t.Rows[k-1].Section {
		return false
	}
	switch t.Cols[c].Role {
	case RoleSubgoal, RoleStreets, RoleName:
		for left := range c {
			if left != t.No && len(t.Rows[k].Cells[left]) > 0 && !t.Rows[k].Cells[left][0].Shared && t.Cols[left].Role != RoleStreets {
				return false
			}
		}
	}
	return true
}

func (row *Row) share(cells []Cell, col int) {
	for _, c := range cells {
		c.Shared = true
		row.Cells[col] = append(row.Cells[col], c)
	}
}

// rejoin puts the first cell of row k after a page break back to the merged
// cell it was cut from, if that was left open in a row above. It reports
// whether the text of the document was searched, which search allows.
func (t *Table) rejoin(k int, text func() string, search bool) (searched bool) {
	for c, cells := range t.Rows[k].Cells {
		if c == t.No || len(cells) == 0 {
			continue
		}
		role := t.Cols[c].Role
		if role != RoleGoal && role != RoleSubgoal && role != RoleType && role != RoleStreets || !cells[0].page {
			return searched
		}
		j := k - 1
		for j >= 0 && len(t.Rows[j].Cells[c]) == 0 {
			j--
		}
		if j < 0 {
			return searched
		}
		above := &t.Rows[j].Cells[c][len(t.Rows[j].Cells[c])-1]
		if !above.open {
			return searched
		}
		t.Rows[k].Cells[c] = nil
		if goal := t.Col(RoleGoal); role == RoleSubgoal && goal >= 0 && len(t.Rows[j].Cells[goal]) == 0 && search {
			searched = true
			// A goal and its sub-goal, both filled to the edge, read as one
			// cell. The document speaks of its goals elsewhere too.
			if i := longestKnown(above.Text, cells[0].Text, text()); i > 0 {
				whole := *above
				whole.Text, whole.Lines[1] = above.Text[:i]+cells[0].Text, cells[0].Lines[1]
				t.Rows[j].Cells[goal] = []Cell{whole}
				above.Text = above.Text[i:]
				return searched
			}
		}
		above.Text, above.Lines[1], above.open = above.Text+cells[0].Text, cells[0].Lines[1], cells[0].open
		return searched
	}
	return searched
}

// longestKnown is the longest beginning of s that, followed by rest, occurs in
// the text; 0 if there is none.
func longestKnown(s, rest, text string) int {
	for i := len(s) - 1; i > 0; i-- {
		if utf8.RuneStart(s[i]) && strings.Contains(text, s[:i]+rest) {
			return i
		}
	}
	return 0
}
