package table

import (
	"math"
	"slices"

	"quanxiang/gazette/roster"
)

// fitter divides the rows of one table.
type fitter struct {
	r       *roster.Resolver
	t       *Table
	year    int
	widths  [][]float64 // by part, by column; 0 is unknown
	seen    roster.Fits
	best    []trail   // memory of the search, used again for every segment
	spacing []float64 // by column: share of its wrapped lines that are spaced out
}

// state of the search: the last slot filled, and whether a page cut the row
// before it.
type trail struct {
	cost float64
	from int32 // tokens before the cell
	prev int16 // state before it
	kind byte
}

const (
	forward byte = iota
	afterCut
	afterSub
	afterRepeat
)

// longestText is how many bytes a cell may hold and workPerToken how many cells
// are tried for each token of a row: they bound the work that a hostile file
// can cause. What is not tried is not read, and the check shows it lost.
const (
	longestText  = 3000
	workPerToken = 150
)

// divide finds the cheapest reading of a segment. It returns the pieces and
// how many tokens they take.
func (f *fitter) divide(g *segment) ([]piece, int) {
	n, width := len(g.ts), 2*len(g.slots)+1
	g.work = workPerToken * (n + workPerToken)
	start := 2 * len(g.slots) // the state before the first cell
	f.best = slices.Grow(f.best[:0], (n+1)*width)[:(n+1)*width]
	best := f.best
	enter := make([]trail, width)
	for i := range best {
		best[i] = trail{cost: math.Inf(1)}
	}
	best[start].cost = 0
	g.least = make([]float64, n+1)
	for j := range g.least {
		g.least[j] = math.Inf(1)
	}
	inner := f.innerCosts(g.ts)
	g.open, g.maybe, g.lastPage = make([]bool, len(g.slots)), make([]bool, len(g.slots)), -1
	for i, t := range g.ts {
		if t.page {
			g.lastPage = i
		}
	}
	for i := 0; i < n; i++ {
		at := best[i*width : (i+1)*width]
		if i > 0 && f.breakCost(g.ts, i) >= breakSpaced {
			continue
		}
		if g.ts[i].page {
			f.findOpen(g, best, i)
		}
		f.enterAll(g, i, at, enter)
		f.extend(g, i, enter, inner, best)
	}
	return f.trace(g, best, start)
}

// findOpen notes which cells the cheapest reading up to a page break leaves
// open: they are the ones to go on after it.
func (f *fitter) findOpen(g *segment, best []trail, i int) {
	s2, width := len(g.slots), 2*len(g.slots)+1
	for s, sl := range g.slots {
		g.open[s] = !sl.next && sl.col < f.t.No && g.head[sl.col]
		g.maybe[s] = g.open[s]
	}
	state := 0
	for k := range width {
		if best[i*width+k].cost < best[i*width+state].cost {
			state = k
		}
	}
	seen := make([]bool, s2)
	for j := i; j > 0 && state < 2*s2; {
		b := best[j*width+state]
		if s := state % s2; !seen[s] {
			seen[s] = true
			g.maybe[s] = leftOpen(g.ts, j-1)
			g.open[s] = g.maybe[s] && g.ts[j-1].last
		}
		j, state = int(b.from), int(b.prev)
	}
}

// leftOpen reports whether the line on which token i stands ends without a
// mark, so that the cells on it may go on elsewhere.
func leftOpen(ts []token, i int) bool {
	for i < len(ts)-1 && !ts[i].last {
		i++
	}
	return !ts[i].end
}

// enterAll prices, for every state, the cheapest way to begin its cell at i.
func (f *fitter) enterAll(g *segment, i int, at, enter []trail) {
	s2, start := len(g.slots), 2*len(g.slots)
	for k := range enter {
		enter[k].cost = math.Inf(1)
	}
	put := func(state int, cost float64, prev int, kind byte) {
		if cost < enter[state].cost {
			enter[state] = trail{cost: cost, from: int32(i), prev: int16(prev), kind: kind}
		}
	}
	void := i > 0 && g.ts[i-1].void
	br := 0.0
	if i > 0 {
		br = f.breakCost(g.ts, i)
	}
	least := math.Inf(1)
	for p := range at {
		least = min(least, at[p].cost)
	}
	for p := range at {
		if math.IsInf(at[p].cost, 1) || at[p].cost > least+beam {
			continue
		}
		last, cut := g.first-1, false
		if p != start {
			last, cut = p%s2, p >= s2
		}
		base := at[p].cost + br
		if br == breakLine && p != start && f.fills(g, i, last) {
			base += breakFull - breakLine
		}
		for s := last + 1; s < s2; s++ { // the next columns
			cost := base + f.skipCost(g, last+1, s, void, cut)
			layer := s
			if cut && !g.slots[s].next {
				layer += s2
				cost += g.closedCost(s)
			}
			put(layer, cost, p, forward)
		}
		if p == start {
			continue
		}
		if g.ts[i].page { // the row goes on after a page break
			empty := 0.0
			if !cut { // cells that have no first half are empty
				empty = f.skipCost(g, last+1, f.rowEnd(g), false, false)
			}
			for s := 0; s < s2; s++ {
				if !g.slots[s].next {
					cost := at[p].cost + empty + cutRow + g.closedCost(s) + f.skipCost(g, 0, s, false, true)
					put(s+s2, cost, p, afterCut)
				}
			}
		}
		if g.slots[last].next {
			continue
		}
		f.restart(g, i, last, base, p, put)
	}
}

// fills reports whether the line before token i fills the column of slot s, so
// that no end mark found room on it.
func (f *fitter) fills(g *segment, i, s int) bool {
	limit := f.width(g.part, g.slots[s].col)
	return limit > 0 && lineWidth(g.ts[lineStart(g.ts, i-1):i]) >= limit-0.6
}

// lineStart is the index of the first token on the line of token i.
func lineStart(ts []token, i int) int {
	for i > 0 && !ts[i].first {
		i--
	}
	return i
}

// restart prices going back to an earlier column within a row: a new sub-row,
// or cells divided within one row.
func (f *fitter) restart(g *segment, i, last int, base float64, p int, put func(int, float64, int, byte)) {
	for s := 0; s <= last; s++ {
		role := f.t.Cols[g.slots[s].col].Role
		switch {
		case f.t.Col(RoleItem) >= 0:
			if role != RoleText {
				continue
			}
			cost := base + f.skipCost(g, last+1, f.rowEnd(g), g.ts[i-1].void, false)
			if g.ts[i].sub == 0 {
				cost += newSubrow
			}
			put(s, cost, p, afterSub)
		case last == f.rowEnd(g)-1 && repeats(role):
			put(s, base+repeatCells, p, afterRepeat)
		}
	}
}

// repeats reports whether a row may be divided from a column on.
func repeats(role Role) bool {
	switch role {
	case RoleLead, RoleUnits, RoleDue, RoleInvestment, RoleStart:
		return true
	}
	return false
}

// rowEnd is the index after the last slot of the row itself.
func (f *fitter) rowEnd(g *segment) int {
	for s, sl := range g.slots {
		if sl.next {
			return s
		}
	}
	return len(g.slots)
}

// skipCost is the price of leaving the slots [from, to) empty.
func (f *fitter) skipCost(g *segment, from, to int, void, cut bool) float64 {
	cost := 0.0
	for s := from; s < to; s++ {
		switch {
		case cut && !g.slots[s].next && g.open[s]:
			cost += cutOpen
		case cut && !g.slots[s].next:
			cost += 0.1
		default:
			empty := emptyCost(f.t.Cols[g.slots[s].col].Role)
			if void {
				void, empty = false, max(0, empty-1)
			}
			cost += empty
		}
	}
	if void && !cut {
		cost += voidUnused
	}
	return cost
}

// emptyCost is the price of an empty cell: low in columns whose cells are
// often merged or blank.
func emptyCost(role Role) float64 {
	switch role {
	case RoleGoal, RoleType:
		return 0.3
	case RoleSubgoal:
		return 0.5
	case RoleSupport, RoleOther:
		return 1
	case RoleStreets, RoleName:
		return 2
	}
	return 3
}

// extend lets the cells that begin at i run on to every end they can have.
func (f *fitter) extend(g *segment, i int, enter []trail, inner []float64, best []trail) {
	n, s2, width := len(g.ts), len(g.slots), len(enter)
	least := math.Inf(1)
	for k := range enter {
		least = min(least, enter[k].cost)
	}
	wide := make([]float64, s2) // price of widths so far, by slot
	length := 0
	for j := i + 1; j <= n; j++ {
		within := inner[j-1] - inner[i]
		if length += len(g.ts[j-1].text); within > longestCell || length > longestText || g.work == 0 {
			return
		}
		g.work--
		part := f.widthCost(g, i, j, wide)
		if j < n && f.breakCost(g.ts, j) >= breakSpaced {
			continue
		}
		c := candidate{g: g, from: i, ts: g.ts[i:j], text: g.joined(i, j), begins: i == 0, ends: j == n, cut: g.cutAfter(j)}
		limit := g.limit(j)
		for s := range s2 {
			cheap, own, cut := within+wide[s], &best[j*width+s], &best[j*width+s+s2]
			if cheap > longestCell || !(worth(&enter[s], least+beam, cheap, own, limit) || worth(&enter[s+s2], least+beam, cheap, cut, limit)) {
				continue
			}
			col := g.slots[s].col
			cost := cheap + overCost(part, f.width(g.part, col)) + f.price(g, &c, i, j, col)
			if e := &enter[s]; worth(e, least+beam, cost, own, limit) {
				*own = *e
				own.cost += cost
				g.least[j] = min(g.least[j], own.cost)
			}
			if e := &enter[s+s2]; worth(e, least+beam, cost, cut, limit) {
				*cut = *e
				cut.cost += cost
				g.least[j] = min(g.least[j], cut.cost)
			}
		}
	}
}

// price is the price of the tokens [i, j) as a cell of a column.
func (f *fitter) price(g *segment, c *candidate, i, j, col int) float64 {
	known := g.prices.of(i, j, col)
	if known != nil && *known != unpriced {
		return float64(*known)
	}
	cost := float32(f.roleCost(c, f.t.Cols[col].Role))
	if known != nil {
		*known = cost
	}
	return float64(cost)
}

// worth reports whether a cell entered at e that costs this much is better than
// what is known.
func worth(e *trail, dearest, cost float64, known *trail, limit float64) bool {
	total := e.cost + cost
	return e.cost <= dearest && total < known.cost && total <= limit
}

// trace picks the cheapest end and walks back from it.
func (f *fitter) trace(g *segment, best []trail, start int) ([]piece, int) {
	n, s2, width := len(g.ts), len(g.slots), 2*len(g.slots)+1
	end, state, least, whole := -1, 0, math.Inf(1), math.Inf(1)
	for j := n; j > 0; j-- {
		if j < n && g.ts[j].sub > 0 {
			break // a numbered sub-task belongs to the row
		}
		if j < n && !g.mayEnd(j) {
			continue
		}
		for k := range 2 * s2 {
			b := best[j*width+k]
			if math.IsInf(b.cost, 1) {
				continue
			}
			cost := b.cost + f.skipCost(g, k%s2+1, s2, g.ts[j-1].void, k >= s2)
			if g.ts[j-1].void && k%s2+1 == s2 {
				cost -= voidUnused // after the last column a blank means nothing
			}
			if j == n {
				whole = min(whole, cost)
			}
			if cost <= least && !(g.last && j < n && whole <= cost+wholeTable && g.lastPage < j) {
				end, state, least = j, k, cost
			}
		}
	}
	if end < 0 {
		return nil, 0
	}
	var ps []piece
	for j, k := end, state; k != start; {
		b := best[j*width+k]
		ps = append(ps, piece{from: int(b.from), to: j, slot: k % s2, cut: b.kind == afterCut || k >= s2, sub: b.kind == afterSub || b.kind == afterRepeat})
		j, k = int(b.from), int(b.prev)
	}
	slices.Reverse(ps)
	return ps, end
}

// learn takes the widths of the columns from a reading: the width that its
// wrapped lines have.
func (f *fitter) learn(gs []*segment, readings [][]piece) {
	samples := make([][][]float64, f.t.parts+1)
	lines, airy := make([]float64, len(f.t.Cols)), make([]float64, len(f.t.Cols))
	for i := range samples {
		samples[i] = make([][]float64, len(f.t.Cols))
	}
	for k, g := range gs {
		for _, p := range readings[k] {
			col := g.slots[p.slot].col
			for from := p.from; from < p.to; {
				to := from + 1
				for to < p.to && !g.ts[to].first {
					to++
				}
				if g.ts[from].first && g.ts[to-1].last && !g.ts[to-1].end && to < p.to {
					w := lineWidth(g.ts[from:to])
					samples[g.part][col] = append(samples[g.part][col], w)
					samples[f.t.parts][col] = append(samples[f.t.parts][col], w)
					lines[col]++
					if to-from > 1 && spaced(g.ts, from+1) {
						airy[col]++
					}
				}
				from = to
			}
		}
	}
	f.spacing = make([]float64, len(f.t.Cols))
	for c := range lines {
		if f.spacing[c] = 0.5; lines[c] >= 8 {
			f.spacing[c] = airy[c] / lines[c]
		}
	}
	f.widths = make([][]float64, f.t.parts)
	for i := range f.widths {
		f.widths[i] = make([]float64, len(f.t.Cols))
		for c := range f.t.Cols {
			ws := samples[i][c]
			if len(ws) < 3 && f.t.parts == 1 {
				ws = samples[f.t.parts][c]
			}
			if len(ws) >= 3 {
				slices.Sort(ws)
				f.widths[i][c] = ws[len(ws)/2]
			}
		}
	}
}
