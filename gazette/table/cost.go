package table

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quanxiang/gazette/due"
	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
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
	joinGap     = 1.5 // a cell holds two Chinese words parted by a blank
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
	longestCell = 6.0 // what a cell may cost inside
	beam        = 6.0 // readings so much dearer than the cheapest are given up
	hopeless    = 9.0
)

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
		w += t.width
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
	case besideNumber(ts, i) && isNumber(ts[i].text), besideNumber(ts, i) && isNumber(ts[i-1].text) && unicode.Is(unicode.Han, paper.FirstOf(ts[i].text)):
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

// shorter reports whether s has fewer than n characters. It looks no further.
func shorter(s string, n int) bool {
	for range s {
		if n--; n == 0 {
			return false
		}
	}
	return true
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789.,") == "" }

// besideNumber reports whether the blank before token i stands beside a number
// or a Latin word, where a PDF sets one.
func besideNumber(ts []token, i int) bool {
	a, _ := utf8.DecodeLastRuneInString(ts[i-1].text)
	b, _ := utf8.DecodeRuneInString(ts[i].text)
	return paper.IsWord(a) != paper.IsWord(b)
}

// candidate is a text that might be a cell.
type candidate struct {
	g      *segment
	from   int // index of its first token in the segment
	ts     []token
	text   string
	begins bool // at the beginning of the segment: only a running number stands before it
	ends   bool // at the end, likewise
	cut    bool // a page cuts the row after it
	read   bool // units is known
	units  bool // nothing but units
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
	if first.first && last.last && len(c.text) <= utf8.UTFMax && utf8.RuneCountInString(c.text) == 1 {
		cost += shortText(role)
	}
	if freeText(role) && f.opensWithUnits(c) {
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
		return cost + min(6, 0.5*float64(f.r.Fit(c.text, 12, f.seen).Bad))
	case RoleText, RoleDefinition, RoleItem, RoleScale, RoleTarget:
		if f.isUnits(c) {
			cost += 3
		}
		if role == RoleDefinition && (shorter(c.text, 8) || strings.ContainsRune("≥≤＞＜", paper.FirstOf(c.text))) {
			cost++
		}
		if f.closesWithUnits(c) {
			cost += closeUnits
		}
	case RoleName, RolePlace, RoleComparison:
		if f.isUnits(c) {
			cost += 1.5
		}
	case RoleDue:
		if d := due.Parse(c.text, f.year); d.End.IsZero() && d.Start.IsZero() {
			cost += 4
		}
		cost += min(3, 0.5*float64(utf8.RuneCountInString(strings.Map(notDate, c.text))))
	case RoleUnit:
		if strings.ContainsAny(c.text, "0123456789≥≤＞＜><") || !shorter(c.text, 9) {
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
		if !strings.Contains(c.text, "《") && !strings.HasPrefix(c.text, Ditto) {
			cost += 0.5
		}
	case RoleGoal, RoleSubgoal:
		if strings.ContainsAny(c.text, "。》0123456789") {
			cost += 2
		}
	case RoleStreets:
		cost += streetsCost(f.r, c.text)
	case RoleType:
		if strings.Contains(c.text, "、") {
			cost += 2
		}
		for _, t := range c.ts {
			if !shorter(t.text, 3) {
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
func (f *fitter) opensWithUnits(c *candidate) bool {
	for i := range len(c.ts) - 1 {
		if c.ts[i].end {
			return f.r.MayClose(c.ts[i].text) && f.allUnits(c.g.joined(c.from, c.from+i+1))
		}
	}
	return false
}

// closesWithUnits reports whether the last lines of a cell are a list of
// units: then they are the next cell.
func (f *fitter) closesWithUnits(c *candidate) bool {
	ts := c.ts
	if !f.r.MayClose(ts[len(ts)-1].text) {
		return false
	}
	lines := 0
	for i := len(ts) - 1; i > 0 && lines < 4; i-- {
		if !ts[i].first {
			continue
		}
		lines++
		if f.allUnits(c.g.joined(c.from+i, c.from+len(ts))) {
			return true
		}
	}
	return false
}

// isUnits reports whether a cell holds nothing but units.
func (f *fitter) isUnits(c *candidate) bool {
	if !c.read {
		c.read, c.units = true, f.allUnits(c.text)
	}
	return c.units
}

func (f *fitter) allUnits(s string) bool {
	if !f.r.MayClose(s) {
		return false
	}
	fit := f.r.Fit(s, 1, f.seen)
	return fit.Bad == 0 && fit.Known > 0
}

// notDate drops the characters that deadlines are written with.
func notDate(c rune) rune {
	if strings.ContainsRune("0123456789年月日上中下旬底末初前起至到以内全半第季度一二三四-—～完成并持续落实长期", c) {
		return -1
	}
	return c
}

func startsWithYear(s string) bool {
	return len(s) >= 4 && strings.HasPrefix(s, "20") && paper.IsWord(rune(s[2])) && paper.IsWord(rune(s[3]))
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
func streetsCost(r *roster.Resolver, s string) float64 {
	cost := 0.0
	for _, w := range strings.FieldsFunc(s, roster.IsSeparator) {
		w, _, _ := strings.Cut(w, "等")
		if len(r.StreetsIn(w)) == 0 && !r.Listed(w) {
			if cost += 2; cost > hopeless {
				return cost
			}
		}
	}
	if !roster.IsStreetName(s) {
		cost += 2
	}
	return cost
}
