package gazette

import "strings"

// ditto stands in a cell for "as above".
const ditto = "同上"

// readings is how often a table is read: each reading learns the widths of the
// columns for the next.
const readings = 3

// fill divides the body into rows and cells. It returns the index of the
// first line after the table.
func (t *table) fill(r *resolver, b *tableBody, starts []int, year int) int {
	t.parts = 1
	for _, n := range b.parts {
		t.parts = max(t.parts, n+1)
	}
	f := &fitter{r: r, t: t, year: year}
	gs := t.segments(b, starts)
	read := make([][]piece, len(gs))
	taken := 0
	for range readings {
		for k, g := range gs {
			read[k], taken = f.divide(g)
		}
		f.learn(gs, read)
	}
	end := starts[len(starts)-1] + 1 + taken
	t.assemble(b, starts, gs, read)
	for _, h := range b.heads {
		if h.before < end || h.before == 0 {
			t.heads = append(t.heads, h.text)
		}
	}
	for _, m := range b.marks {
		if m.before < end {
			t.marks = append(t.marks, m.text)
		}
	}
	return b.ts[end-1].at + 1
}

// segments parts the tokens of the body at the running numbers. The first
// segment is what stands before number 1; it is empty unless the number column
// is not the first.
func (t *table) segments(b *tableBody, starts []int) []*segment {
	var own, next []slot
	for c := range t.cols {
		switch {
		case c < t.no:
			own, next = append(own, slot{col: c}), append(next, slot{col: c, next: true})
		case c > t.no:
			own = append(own, slot{col: c})
		}
	}
	gs := []*segment{{ts: b.ts[:starts[0]], slots: next}}
	longest, part := 0, 0
	for k, at := range starts {
		to := len(b.ts)
		last := k == len(starts)-1
		if !last {
			to = starts[k+1]
			longest = max(longest, to-at)
		} else {
			to = min(to, at+1+longest*3/2+40)
		}
		for i := at; i > 0 || i == at; i-- {
			if n, ok := b.parts[i]; ok {
				part = n
				break
			}
		}
		g := &segment{ts: b.ts[at+1 : to], first: t.no, part: part, open: last}
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
func (t *table) number(ts []token) {
	if t.col(RoleItem) < 0 {
		return
	}
	expected := 1
	for i := range ts {
		if n, _, ok := cutNumber(ts[i].text); ok && ts[i].first && n == expected {
			ts[i].sub = n
			expected++
		}
	}
}

// cutNumber parts "12.text" at the mark after the number. It refuses "1.5".
func cutNumber(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < 4 && '0' <= s[i] && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	if i == 0 || i > 3 {
		return 0, "", false
	}
	for _, mark := range []string{".", "．", "、"} {
		if rest, ok := strings.CutPrefix(s[i:], mark); ok {
			return n, rest, rest == "" || rest[0] < '0' || rest[0] > '9'
		}
	}
	return 0, "", false
}

// assemble makes rows of the readings.
func (t *table) assemble(b *tableBody, starts []int, gs []*segment, read [][]piece) {
	section, seen := "", 0
	for k, at := range starts {
		for ; seen <= at; seen++ {
			if s, ok := b.sections[seen]; ok {
				section = s
			}
		}
		row := tableRow{no: b.ts[at].text, section: section, part: gs[k+1].part,
			cells: make([][]cell, len(t.cols)), lines: Span{b.ts[at].no, b.ts[at].no}}
		row.take(gs[k], read[k], true)
		row.take(gs[k+1], read[k+1], false)
		t.rows = append(t.rows, row)
	}
	t.mend()
}

// take puts the pieces of a segment that belong to the row into its cells.
func (row *tableRow) take(g *segment, ps []piece, next bool) {
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
		row.lines[0], row.lines[1] = min(row.lines[0], first.no), max(row.lines[1], last.no)
		cells := row.cells[s.col]
		if n := len(cells); n > 0 && p.cut && cells[n-1].sub == sub {
			c := &cells[n-1]
			c.text, c.open, c.lines[1] = c.text+joinTokens(ts), last.last && !last.end, last.no
			continue
		}
		row.cells[s.col] = append(cells, cell{text: joinTokens(ts), lines: Span{first.no, last.no}, open: last.last && !last.end, sub: sub})
	}
}

// mend joins what a page cut out of cells that span several rows: the cell
// was left open in one row and goes on in a later one, with nothing between.
func (t *table) mend() {
}
