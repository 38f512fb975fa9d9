package table

import (
	"math"
	"strings"
)

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
	ts       []token
	slots    []slot
	first    int // slot in which the reading begins
	part     int
	work     int       // cells that may still be tried
	lastPage int       // index of the last token that begins a page, or -1
	last     bool      // the last row: the table ends somewhere inside
	head     []bool    // by column: the row's cell in a column before its number was left open
	open     []bool    // by slot: the cell was left open at the last page break
	maybe    []bool    // likewise, or it shares its line with one that was
	least    []float64 // by number of tokens read: the cheapest reading so far
	prices   prices
	text     string // the tokens joined
	at       []int  // by token: where it begins in text; then where text ends
}

// prices remembers what runs of tokens cost as cells of a column: that is the
// same in every reading of the table.
type prices struct {
	cols  int
	cells [][]float32 // by first token; by number of tokens and column
	size  int
}

// mostPriced is how many prices a segment remembers; rows of real tables stay
// far below it.
const mostPriced = 1 << 18

// unpriced is the price of a cell that is not known yet.
const unpriced = -1

// of is where the price of a cell is kept. It is nil when there is no room left.
func (p *prices) of(from, to, col int) *float32 {
	at := (to-from-1)*p.cols + col
	row := p.cells[from]
	if at >= len(row) {
		more := (to-from)*p.cols - len(row)
		if p.size+more > mostPriced {
			return nil
		}
		p.size += more
		for range more {
			row = append(row, unpriced)
		}
		p.cells[from] = row
	}
	return &row[at]
}

// newSegment is a segment of a table with so many columns.
func newSegment(ts []token, cols int) *segment {
	g := &segment{ts: ts, head: make([]bool, cols), prices: prices{cols: cols, cells: make([][]float32, len(ts))}}
	g.text, g.at = joinTokens(ts), make([]int, len(ts)+1)
	from := 0
	for i := range ts {
		from += strings.Index(g.text[from:], ts[i].text) // behind at most one blank
		g.at[i] = from
		from += len(ts[i].text)
	}
	g.at[len(ts)] = from
	return g
}

// joined is the text of the tokens [i, j).
func (g *segment) joined(i, j int) string {
	return g.text[g.at[i] : g.at[j-1]+len(g.ts[j-1].text)]
}

// cutAfter reports whether a page break follows token j or later.
func (g *segment) cutAfter(j int) bool { return j <= g.lastPage }

// closedCost is the price of going on after a page break in a slot whose cell
// had ended before it.
func (g *segment) closedCost(s int) float64 {
	if g.maybe[s] {
		return 0
	}
	return cutClosed
}

// limit is what a reading of the first j tokens may cost: one so much dearer
// than the cheapest would not be carried on, and where the table cannot end it
// would never be looked at.
func (g *segment) limit(j int) float64 {
	if j == len(g.ts) || g.mayEnd(j) {
		return math.Inf(1)
	}
	return g.least[j] + beam
}

// mayEnd reports whether the table may end before the last token, after j of
// them.
func (g *segment) mayEnd(j int) bool {
	return g.last && (g.ts[j-1].end || g.ts[j].page)
}
