package gazette

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Dividing a row into cells is a search for the cheapest reading. Every token
// goes into one cell, cells follow the columns from left to right, and each
// liberty the reading takes has a price: to begin a cell where the print shows
// no end of the one before, to run on over an end mark, to leave a column
// empty, to put a text into a column it does not look like or whose width it
// does not keep. The prices are in units of "one odd thing"; only their order
// matters, and the character check and the tests show whether it is right.
const (
	joinEnd     = 2.5 // a cell runs on over an end mark
	joinVoid    = 2.0 // likewise, and over an empty cell
	joinGap     = 1.0 // a cell holds two Chinese words parted by a blank
	joinTight   = 0.5 // a cell runs on in a line that is not below the one before
	breakGap    = 0.6 // a cell begins inside a line
	breakNumber = 1.0 // likewise, where a blank only parts a word and a number
	breakSpaced = 6.0 // a cell begins between spaced-out characters: 百 万 庄
	breakLine   = 2.5 // a cell begins on a new line without an end mark
	breakTight  = 1.0 // likewise, but the line is not below the one before
	breakFull   = 1.5 // likewise, but the line before fills its column
	voidUnused  = 3.0 // the print shows an empty cell where the reading has none
	sharedLine  = 1.2 // a cell of several lines shares its first or last with another
	cutRow      = 1.0 // a page cuts the row: the columns start over
	cutClosed   = 1.5 // and a cell goes on that had ended
	cutOpen     = 1.0 // or one that had not ended does not
	newSubrow   = 2.5 // a sub-row begins without a number
	repeatCells = 5.0 // the columns start over with no reason visible
	offWidth    = 1.0 // a wrapped line is shorter than its column
	overWidth   = 1.5 // a line is wider than its column
	offSpacing  = 0.7 // a line is spaced out where its column never is, or the reverse
	closeUnits  = 5.0 // a text ends with a list of units
	wholeTable  = 4.0 // by how much the table to the end of the document is preferred
	hopeless    = 9.0
)

// fitter divides the rows of one table.
type fitter struct {
	r       *resolver
	t       *table
	year    int
	widths  [][]float64 // by part, by column; 0 is unknown
	spacing []float64   // by column: share of its wrapped lines that are spaced out
}

// slot is a column within the reading of a row. What stands between two
// running numbers is the rest of one row and, in tables whose number column is
// not the first, the beginning of the next.
type slot struct {
	col  int
	next bool
}

// piece is a run of tokens that the reading puts into one slot.
type piece struct {
	from, to int
	slot     int
	cut      bool // goes on from before a page break
	sub      bool // begins a new sub-row
}

// segment is the tokens between two running numbers.
type segment struct {
	ts    []token
	slots []slot
	first int // slot in which the reading begins
	part  int
	last  bool   // the last row: the table ends somewhere inside
	head  []bool // by column: the row's cell in a column before its number was left open
	open  []bool // by slot: the cell was left open at the last page break
}

// cutAfter reports whether a page break follows token j or later.
func (g *segment) cutAfter(j int) bool {
	return slices.ContainsFunc(g.ts[j:], func(t token) bool { return t.page })
}

// closedCost is the price of going on after a page break in a slot whose cell
// had ended before it.
func (g *segment) closedCost(s int) float64 {
	if g.open[s] {
		return 0
	}
	return cutClosed
}

// state of the search: the last slot filled, and whether a page cut the row
// before it.
type trail struct {
	cost float64
	from int // tokens before the cell
	prev int // state before it
	kind byte
}

const (
	forward byte = iota
	afterCut
	afterSub
	afterRepeat
)

// divide finds the cheapest reading of a segment. It returns the pieces and
// how many tokens they take.
func (f *fitter) divide(g *segment) ([]piece, int) {
	n, width := len(g.ts), 2*len(g.slots)+1
	start := 2 * len(g.slots) // the state before the first cell
	best := make([]trail, (n+1)*width)
	enter := make([]trail, width)
	for i := range best {
		best[i].cost = math.Inf(1)
	}
	best[start].cost = 0
	inner := f.innerCosts(g.ts)
	g.open = make([]bool, len(g.slots))
	for i := 0; i < n; i++ {
		at := best[i*width : (i+1)*width]
		if i > 0 && f.breakCost(g.ts, i) >= hopeless {
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
		g.open[s] = !sl.next && sl.col < f.t.no && g.head[sl.col]
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
			g.open[s] = g.ts[j-1].last && !g.ts[j-1].end
		}
		j, state = b.from, b.prev
	}
}

// enterAll prices, for every state, the cheapest way to begin its cell at i.
func (f *fitter) enterAll(g *segment, i int, at, enter []trail) {
	s2, start := len(g.slots), 2*len(g.slots)
	for k := range enter {
		enter[k].cost = math.Inf(1)
	}
	put := func(state int, cost float64, prev int, kind byte) {
		if cost < enter[state].cost {
			enter[state] = trail{cost: cost, from: i, prev: prev, kind: kind}
		}
	}
	void := i > 0 && g.ts[i-1].void
	br := 0.0
	if i > 0 {
		br = f.breakCost(g.ts, i)
	}
	for p := range at {
		if math.IsInf(at[p].cost, 1) {
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
			for s := 0; s < s2; s++ {
				if !g.slots[s].next {
					cost := at[p].cost + cutRow + g.closedCost(s) + f.skipCost(g, 0, s, false, true)
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
		role := f.t.cols[g.slots[s].col].Role
		switch {
		case f.t.col(RoleItem) >= 0:
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
			empty := emptyCost(f.t.cols[g.slots[s].col].Role)
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
	wide := make([]float64, s2) // price of widths so far, by slot
	for j := i + 1; j <= n; j++ {
		within := inner[j-1] - inner[i]
		if within > hopeless {
			return
		}
		part := f.widthCost(g, i, j, wide)
		if j < n && f.breakCost(g.ts, j) >= hopeless {
			continue
		}
		c := candidate{ts: g.ts[i:j], text: joinTokens(g.ts[i:j]), begins: i == 0, ends: j == n, cut: g.cutAfter(j)}
		for s := range s2 {
			a, b := enter[s].cost, enter[s+s2].cost
			if math.IsInf(a, 1) && math.IsInf(b, 1) {
				continue
			}
			col := g.slots[s].col
			fit := within + wide[s] + overCost(part, f.width(g.part, col)) + f.roleCost(&c, f.t.cols[col].Role)
			for _, state := range []int{s, s + s2} {
				cost := enter[state].cost + fit
				if to := &best[j*width+state]; cost < to.cost {
					*to = enter[state]
					to.cost = cost
				}
			}
		}
	}
}

// widthCost adds to wide, by slot, the price of the widths of the lines that
// the cell [i, j) closes with token j-1, and of the line before, which is now
// known to have wrapped. It returns the width of what the cell has of a line
// not closed yet.
func (f *fitter) widthCost(g *segment, i, j int, wide []float64) float64 {
	from := max(i, lineStart(g.ts, j-1))
	w := lineWidth(g.ts[from:j])
	if !g.ts[j-1].last {
		return w
	}
	wrapped := 0.0
	if from > i && !g.ts[from-1].end {
		if k := lineStart(g.ts, from-1); k >= i {
			wrapped = lineWidth(g.ts[k:from])
		}
	}
	wraps := j < len(g.ts) && !g.ts[j-1].end
	for s, sl := range g.slots {
		limit := f.width(g.part, sl.col)
		wide[s] += overCost(w, limit)
		if wrapped > 0 && wrapped < limit-tolerance(limit) {
			wide[s] += offWidth
		}
		if wraps && from >= i && g.ts[from].first {
			wide[s] += f.spacingCost(g.ts[from:j], sl.col)
		}
	}
	return 0
}

// spacingCost is the price of a wrapped line that is spaced out where the
// column's lines are not, or the reverse.
func (f *fitter) spacingCost(line []token, col int) float64 {
	if f.spacing == nil {
		return 0
	}
	switch share := f.spacing[col]; {
	case share >= 0.8 && len(line) == 1, share <= 0.05 && len(line) > 1 && spaced(line, 1):
		return offSpacing
	}
	return 0
}

// tolerance is by how many characters lines of a column may differ.
func tolerance(limit float64) float64 { return min(1.6, 0.5+limit/4) }

// overCost is the price of a line wider than its column.
func overCost(w, limit float64) float64 {
	if limit == 0 || w <= limit+tolerance(limit) {
		return 0
	}
	return overWidth * min(3, (w-limit)/tolerance(limit))
}

func (f *fitter) width(part, col int) float64 {
	if f.widths == nil {
		return 0
	}
	return f.widths[part][col]
}

// lineWidth is the width of tokens on one line, blanks not counted.
func lineWidth(ts []token) float64 {
	w := 0.0
	for _, t := range ts {
		w += width(t.text)
	}
	return w
}

// innerCosts is, for every token, the price so far of what cells run on over.
func (f *fitter) innerCosts(ts []token) []float64 {
	sum := make([]float64, len(ts))
	for i := 1; i < len(ts); i++ {
		cost := 0.0
		switch {
		case ts[i].sub > 0:
			cost = hopeless + 1
		case ts[i].first && ts[i-1].end:
			cost = joinEnd
			if ts[i-1].void {
				cost += joinVoid
			}
		case ts[i].first && ts[i].no == ts[i-1].no+1:
			cost = joinTight
		case !ts[i].first && !spaced(ts, i) && !besideNumber(ts, i):
			cost = joinGap
		}
		sum[i] = sum[i-1] + cost
	}
	return sum
}

// breakCost is the price of a cell that begins at token i.
func (f *fitter) breakCost(ts []token, i int) float64 {
	switch {
	case ts[i].page, ts[i].first && ts[i-1].end, ts[i].sub > 0:
		return 0
	case ts[i].first && ts[i].no == ts[i-1].no+1:
		return breakTight
	case ts[i].first:
		return breakLine
	case spaced(ts, i):
		return breakSpaced
	case besideNumber(ts, i) && isNumber(ts[i].text), besideNumber(ts, i) && isNumber(ts[i-1].text) && unicode.Is(unicode.Han, firstOf(ts[i].text)):
		return breakNumber
	case besideNumber(ts, i):
		return 2 * breakNumber
	}
	return breakGap
}

// spaced reports whether the blank before token i only spaces out a line:
// 百 万 庄 南 街.
func spaced(ts []token, i int) bool { return !ts[i].first && ts[i].airy }

func shortHan(s string) bool {
	c, n := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Han, c) && utf8.RuneCountInString(s[n:]) <= 1 || n == len(s) && c >= 0x2000
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789.,") == "" }

func firstOf(s string) rune {
	c, _ := utf8.DecodeRuneInString(s)
	return c
}

// besideNumber reports whether the blank before token i stands beside a number
// or a Latin word, where a PDF sets one.
func besideNumber(ts []token, i int) bool {
	a, _ := utf8.DecodeLastRuneInString(ts[i-1].text)
	b, _ := utf8.DecodeRuneInString(ts[i].text)
	return isWord(a) != isWord(b)
}

// trace picks the cheapest end and walks back from it.
func (f *fitter) trace(g *segment, best []trail, start int) ([]piece, int) {
	n, s2, width := len(g.ts), len(g.slots), 2*len(g.slots)+1
	end, state, least, whole := -1, 0, math.Inf(1), math.Inf(1)
	for j := n; j > 0; j-- {
		if j < n && g.ts[j].sub > 0 {
			break // a numbered sub-task belongs to the row
		}
		if j < n && !(g.last && (g.ts[j-1].end || g.ts[j].page)) {
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
			if cost <= least && !(g.last && j < n && whole <= cost+wholeTable) {
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
		ps = append(ps, piece{from: b.from, to: j, slot: k % s2, cut: b.kind == afterCut || k >= s2, sub: b.kind == afterSub || b.kind == afterRepeat})
		j, k = b.from, b.prev
	}
	slices.Reverse(ps)
	return ps, end
}

// learn takes the widths of the columns from a reading: the width that its
// wrapped lines have.
func (f *fitter) learn(gs []*segment, readings [][]piece) {
	samples := make([][][]float64, f.t.parts+1)
	lines, airy := make([]float64, len(f.t.cols)), make([]float64, len(f.t.cols))
	for i := range samples {
		samples[i] = make([][]float64, len(f.t.cols))
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
	f.spacing = make([]float64, len(f.t.cols))
	for c := range lines {
		if f.spacing[c] = 0.5; lines[c] >= 8 {
			f.spacing[c] = airy[c] / lines[c]
		}
	}
	f.widths = make([][]float64, f.t.parts)
	for i := range f.widths {
		f.widths[i] = make([]float64, len(f.t.cols))
		for c := range f.t.cols {
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

// candidate is a text that might be a cell.
type candidate struct {
	ts         []token
	text       string
	begins     bool // at the beginning of the segment: only a running number stands before it
	ends       bool // at the end, likewise
	cut        bool // a page cuts the row after it
	read       bool // as units
	bad, known int  // what resolver.fit says
}

// roleCost is the price of a text in a column of some role.
func (f *fitter) roleCost(c *candidate, role Role) float64 {
	if c.text == "/" {
		return 0
	}
	cost := 0.0
	first, last := c.ts[0], c.ts[len(c.ts)-1]
	if first.at != last.at && (!first.first && !c.begins || !last.last && !c.ends) {
		cost += sharedLine
	}
	if first.first && last.last && utf8.RuneCountInString(c.text) == 1 {
		cost += shortText(role)
	}
	if freeText(role) && f.opensWithUnits(c.ts) {
		cost += closeUnits
	}
	if c.ts[0].sub > 0 && role != RoleText {
		return hopeless
	}
	if (role != RoleUnit || c.text == "//") && len(c.ts) > 1 && slices.ContainsFunc(c.ts, func(t token) bool { return t.text == "/" }) {
		cost += 3 // a lone stroke is a cell of its own
	}
	if role != RoleName && (strings.HasPrefix(c.text, "（") || strings.HasPrefix(c.text, "(")) {
		cost += 4 // and a bracket belongs to what stands before it
	}
	if strings.HasSuffix(c.text, "、") || strings.HasSuffix(c.text, "，") {
		switch {
		case last.end:
			cost++
		case !c.cut:
			cost += 3
		}
	}
	switch role {
	case RoleLead, RoleSupport, RoleUnits:
		bad, _ := f.unitsFit(c)
		return cost + min(6, 0.5*float64(bad))
	case RoleText, RoleDefinition, RoleItem, RoleScale, RoleTarget:
		if bad, known := f.unitsFit(c); bad == 0 && known > 0 {
			cost += 3
		}
		if role == RoleDefinition && (utf8.RuneCountInString(c.text) < 8 || strings.IndexAny(c.text, "≥≤＞＜") == 0) {
			cost++
		}
		if f.closesWithUnits(c.ts) {
			cost += closeUnits
		}
	case RoleName, RolePlace:
		if bad, known := f.unitsFit(c); bad == 0 && known > 0 {
			cost += 1.5
		}
	case RoleDue:
		if d := parseDue(c.text, f.year); d.End.IsZero() && d.Start.IsZero() {
			cost += 4
		}
		if utf8.RuneCountInString(c.text) > 24 {
			cost += 2
		}
	case RoleUnit:
		if strings.ContainsAny(c.text, "0123456789≥≤＞＜><") || utf8.RuneCountInString(c.text) > 8 {
			cost += 2
		}
	case RoleBaseline:
		if c.text[0] < '0' || c.text[0] > '9' {
			cost++
		}
	case RoleInvestment:
		cost += amountCost(c)
	case RoleStart:
		if !startsWithYear(c.text) && !strings.HasPrefix(c.text, "已") {
			cost += 3
		}
	case RoleExpected:
		if !startsWithYear(c.text) {
			cost += 0.7
		}
	case RoleSource:
		if !strings.Contains(c.text, "《") && !strings.HasPrefix(c.text, ditto) {
			cost += 0.5
		}
	case RoleGoal, RoleSubgoal:
		if strings.ContainsAny(c.text, "。》") {
			cost += 2
		}
	case RoleStreets:
		cost += f.r.streetsCost(c.text)
	case RoleType:
		if strings.Contains(c.text, "、") {
			cost += 2
		}
		for _, t := range c.ts {
			if utf8.RuneCountInString(t.text) > 2 {
				cost++
			}
		}
	}
	return cost
}

// freeText reports whether a column holds sentences or names of things.
func freeText(role Role) bool {
	switch role {
	case RoleText, RoleItem, RoleName, RolePlace, RoleScale, RoleDefinition, RoleComparison:
		return true
	}
	return false
}

// shortText is the price of a single character in a column.
func shortText(role Role) float64 {
	if freeText(role) {
		return 2
	}
	return 0
}

// opensWithUnits reports whether the first paragraph of a cell of several is a
// list of units: then it is the cell before.
func (f *fitter) opensWithUnits(ts []token) bool {
	for i := 0; i < len(ts)-1; i++ {
		if ts[i].end {
			if !f.r.mayClose(ts[i].text) {
				return false
			}
			bad, known := f.r.fit(joinTokens(ts[:i+1]))
			return bad == 0 && known > 0
		}
	}
	return false
}

// closesWithUnits reports whether the last lines of a cell are a list of
// units: then they are the next cell.
func (f *fitter) closesWithUnits(ts []token) bool {
	if !f.r.mayClose(ts[len(ts)-1].text) {
		return false
	}
	lines := 0
	for i := len(ts) - 1; i > 0 && lines < 4; i-- {
		if !ts[i].first {
			continue
		}
		lines++
		if bad, known := f.r.fit(joinTokens(ts[i:])); bad == 0 && known > 0 {
			return true
		}
	}
	return false
}

func (f *fitter) unitsFit(c *candidate) (bad, known int) {
	if !c.read {
		c.read = true
		c.bad, c.known = f.r.fit(c.text)
	}
	return c.bad, c.known
}

func startsWithYear(s string) bool {
	return len(s) >= 4 && strings.HasPrefix(s, "20") && isWord(rune(s[2])) && isWord(rune(s[3]))
}

// amountCost is the price of a text in a column of amounts.
func amountCost(c *candidate) float64 {
	number := isNumber(c.text)
	switch {
	case number && len(c.ts) == 1:
		return 0
	case number:
		return 3
	case strings.HasPrefix(c.text, "待") || strings.HasPrefix(c.text, "依据"):
		return 0.3
	}
	return 3
}

// streetsCost is the price of a text in a column of streets: two for every
// word that is none, and two more if the text stops before the word 街道.
func (r *resolver) streetsCost(s string) float64 {
	cost := 0.0
	for _, w := range strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(unitSeparators, c) }) {
		w, _, _ := strings.Cut(w, "等")
		if len(r.streetsIn(w)) == 0 && !r.listed(w) {
			cost += 2
		}
	}
	if !isStreetName(s) {
		cost += 2
	}
	return cost
}
