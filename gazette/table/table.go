package table

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
)

// A table comes out of the PDF flattened: cell after cell, each cell line by
// line. What remains of its grid are the head, the running numbers, the end
// mark of a cell (which is missing where the last line fills the cell or a page
// cuts it) and the habits of each column. Reading it takes four steps: find the
// head of a known layout; take out what is not in the grid (heads repeated on
// every page, section headings); find the running numbers; and divide what
// stands between two numbers into cells (fit.go).

// Table is a table as found in the lines of a document.
type Table struct {
	Layout *Layout
	Cols   []Column // those of the layout that this table has
	No     int      // index of the number column
	Title  string
	Lines  paper.Span
	Heads  []string // text of the head, once for each time it is printed
	Rows   []Row
	parts  int      // how often the head is printed
	Marks  []string // section headings as printed, repetitions included
}

// Row is one numbered row.
type Row struct {
	No      string
	Section string
	Cells   [][]Cell // by column; several where a column is divided within the row
	Lines   paper.Span
	part    int  // which repetition of the head it stands under
	page    bool // its number is the first of a page
}

// Cell is the content of one cell as printed, blanks removed.
type Cell struct {
	Text  string
	Lines paper.Span
	open  bool // no end mark: cut by a page or full to the edge
	Sub   int  // which sub-row of the row it belongs to, from 0

	page   bool // the first of a page
	Shared bool // taken from the row above: a merged cell
}

// Text is the content of a column of the row, all cells of it.
func (r *Row) Text(col int) string {
	if col < 0 {
		return ""
	}
	var b strings.Builder
	for _, c := range r.Cells[col] {
		b.WriteString(c.Text)
	}
	return b.String()
}

// Col is the index of the column with a role, or -1.
func (t *Table) Col(role Role) int {
	for i, c := range t.Cols {
		if c.Role == role {
			return i
		}
	}
	return -1
}

// token is a run of print without blanks. Where two cells stand on one line
// they are parted by a blank, so a cell is always a run of tokens.
type token struct {
	text        string
	width       float64
	at          int // index of its line
	no          int // raw line number
	first, last bool
	end         bool // the last of its line, and the line ended with a blank
	void        bool // an empty cell or paragraph follows
	page        bool // the first of a page
	airy        bool // the line is spaced out: 百 万 庄 南 街
	sub         int  // begins the sub-task with this number
}

func tokens(ls []paper.Line, from, to int) []token {
	var ts []token
	for i := from; i < to; i++ {
		words := strings.Fields(ls[i].Text)
		airy := len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool { return !shortHan(w) })
		for j, w := range words {
			t := token{airy: airy, text: w, width: paper.Width(w), at: i, no: ls[i].No, first: j == 0, last: j == len(words)-1}
			t.page = t.first && ls[i].Page
			if t.last {
				t.end, t.void = ls[i].End, ls[i].Void
			}
			ts = append(ts, t)
		}
	}
	return ts
}

// joinTokens is the text of a run of tokens. Between Latin words one blank
// stays; the line break in a number does not part it.
func joinTokens(ts []token) string {
	if len(ts) == 1 {
		return ts[0].text
	}
	size := 0
	for i := range ts {
		size += len(ts[i].text) + 1
	}
	b := make([]byte, 0, size)
	for i := range ts {
		if i > 0 {
			a, c := b[len(b)-1], ts[i].text[0]
			if paper.IsLatin(a) && paper.IsLatin(c) || !ts[i].first && paper.IsWord(rune(a)) && paper.IsWord(rune(c)) {
				b = append(b, ' ')
			}
		}
		b = append(b, ts[i].text...)
	}
	return string(b)
}

// joined is the text of lines without blanks.
func joined(ls []paper.Line) string {
	var b strings.Builder
	for _, l := range ls {
		b.WriteString(paper.Compact(l.Text))
	}
	return b.String()
}

// Reader reads tables of known layouts.
type Reader struct {
	units   *roster.Resolver
	layouts []Layout
}

// NewReader is a reader that knows the units a cell may name and the layouts.
func NewReader(units *roster.Resolver, layouts []Layout) Reader { return Reader{units, layouts} }

// Read reads the table whose head stands at line i, if there is one, and
// returns the index of the first line after it.
func (r *Reader) Read(ls []paper.Line, i, year int) (*Table, int) {
	var t *Table
	for k := range r.layouts {
		cols, lines := r.layouts[k].head(ls, i)
		if lines > 0 && (t == nil || len(cols) > len(t.Cols)) {
			t = &Table{Layout: &r.layouts[k], Cols: cols}
		}
	}
	if t == nil || !firstRowNear(ls, i) {
		return nil, 0
	}
	t.No = t.Col(RoleNo)
	from := i
	section := ""
	if i > 0 {
		if s, _ := sectionMark(ls[i-1], 0, 1); s != "" {
			section, from = s, i-1
			t.Marks = append(t.Marks, s)
		}
	}
	t.Title = paper.TitleBefore(ls, from)
	body := t.body(r, ls, i, section)
	starts := body.numbers(t.No > 0)
	if len(starts) == 0 {
		return nil, 0
	}
	end := t.fill(r.units, body, starts, year)
	t.mend(sync.OnceValue(func() string { return joined(ls) }))
	t.Lines = paper.Span{ls[from].No, ls[end-1].No}
	return t, end
}

// firstRowNear reports whether a running number 1 follows line i soon. A head
// without rows is no table, and costs no more than this look.
func firstRowNear(ls []paper.Line, i int) bool {
	for _, l := range ls[i:min(len(ls), i+longestRow)] {
		if s := l.Text; s == "1" || strings.HasPrefix(s, "1 ") || strings.HasSuffix(s, " 1") {
			return true
		}
	}
	return false
}

// tableBody is the text of a table's grid.
type tableBody struct {
	ts       []token
	sections map[int]string // by index of the first token after it
	parts    map[int]int    // likewise: a repeated head
	marks    []placed       // section headings, by token index
	heads    []placed
}

// placed is furniture of a table: text outside the grid.
type placed struct {
	before int // index of the first token after it
	text   string
}

// body takes the repeated heads and the section headings out of the lines
// that follow the head at line i.
func (t *Table) body(r *Reader, ls []paper.Line, i int, section string) *tableBody {
	b := &tableBody{sections: map[int]string{}, parts: map[int]int{}}
	if section != "" {
		b.sections[0] = section
	}
	mark := max(1, paper.SectionNumber(section))
	if section == "" {
		mark = 0
	}
	row, found := 0, i // the last running number, and where
	for j := i; j < len(ls) && j-found <= longestRow; {
		if j > i && r.otherHead(t.Layout, ls, j) {
			break
		}
		if _, n := t.Layout.head(ls, j); n > 0 {
			if j > i && beginsAnew(ls, j, j+n) {
				break
			}
			b.heads = append(b.heads, placed{len(b.ts), joinTokens(tokens(ls, j, j+n))})
			b.parts[len(b.ts)] = len(b.heads) - 1
			j += n
			continue
		}
		if paper.IsImprint(ls[j].Text) {
			break
		}
		if s, n := sectionMark(ls[j], mark, mark+1); s != "" && (j == i || ls[j-1].End || ls[j].Page || mark+1 == n) {
			mark = n
			b.sections[len(b.ts)] = s
			b.marks = append(b.marks, placed{len(b.ts), s})
			j++
			continue
		}
		ts := tokens(ls, j, j+1)
		if n := len(b.heads); n > 1 && b.heads[n-1].before == len(b.ts) {
			ts[0].page = true
		}
		for _, x := range []token{ts[0], ts[len(ts)-1]} {
			if x.text == strconv.Itoa(row+1) {
				row, found = row+1, j
			}
		}
		b.ts = append(b.ts, ts...)
		j++
	}
	return b
}

// otherHead reports whether the head of a table of another layout stands at
// line j.
func (r *Reader) otherHead(layout *Layout, ls []paper.Line, j int) bool {
	for k := range r.layouts {
		if l := &r.layouts[k]; l != layout {
			if _, n := l.head(ls, j); n > 0 {
				_, own := layout.head(ls, j)
				return own == 0
			}
		}
	}
	return false
}

// beginsAnew reports whether a head at lines [j, end) is not repeated for a new
// page but belongs to another table: its rows count from 1, and it stands
// under a title, or the 1 stands alone.
func beginsAnew(ls []paper.Line, j, end int) bool {
	for end < len(ls) && paper.SectionNumber(ls[end].Text) > 0 {
		end++
	}
	if end >= len(ls) {
		return false
	}
	no, rest, _ := strings.Cut(ls[end].Text, " ")
	if no != "1" {
		return false
	}
	turned := ls[j].Page || j > 0 && ls[j-1].Page && paper.SectionNumber(ls[j-1].Text) > 0
	return !turned || rest == "" && ls[end].End
}

// sectionMark recognises a section heading inside a table: one line numbered
// 一、 or （一） with one of the two numbers expected.
func sectionMark(l paper.Line, same, next int) (string, int) {
	if !l.End && !l.Page {
		return "", 0
	}
	n := paper.SectionNumber(l.Text)
	if n == 0 || n != same && n != next || strings.ContainsAny(l.Text, "，。；") {
		return "", 0
	}
	return paper.Squeeze(l.Text), n
}

// numbers finds the tokens that are the running numbers 1, 2, 3 ... A number
// stands alone on its line or leads it; in tables whose number column is not
// the first it may also close a line. Amounts and years inside cells look the
// same, so the chain as a whole is chosen: the longest, and of these the one
// whose numbers stand out best.
func (b *tableBody) numbers(inner bool) []int {
	type link struct {
		at, cost int
		before   *link
	}
	var best []*link // by number
	for i, t := range b.ts {
		if !(t.first || inner && t.last) || len(t.text) > 3 || t.text[0] < '1' || t.text[0] > '9' {
			continue
		}
		n, err := strconv.Atoi(t.text)
		if err != nil || n > len(best)+1 {
			continue
		}
		cost := 0
		switch {
		case t.first && t.last && t.end:
		case t.page, i == 0, b.ts[i-1].end:
			cost = 1
		case !t.first:
			cost = 4
		default:
			cost = 3
		}
		l := &link{at: i, cost: cost}
		if n > 1 {
			l.before = best[n-2]
			if t.at-b.ts[l.before.at].at > longestRow {
				continue
			}
			l.cost += l.before.cost
		}
		switch {
		case n > len(best):
			best = append(best, l)
		case l.cost < best[n-1].cost && n == len(best):
			best[n-1] = l
		}
	}
	if len(best) == 0 {
		return nil
	}
	starts := make([]int, len(best))
	for l, n := best[len(best)-1], len(best)-1; l != nil; l, n = l.before, n-1 {
		starts[n] = l.at
	}
	return starts
}

// longestRow is how many lines a row may have. It keeps a number in the text
// far behind a table from passing for its next row.
const longestRow = 150
