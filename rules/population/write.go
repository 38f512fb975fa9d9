package population

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/canon"
	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
)

// magic begins and ends a snapshot.
const (
	magic = "QXPOP\x00\x01\n"
	end   = "QXPOPEND"
)

// Row is one applicant beside its facts.
type Row struct {
	Code, Name string
	Groups     [3]string // by GroupIDs; "" is not known
}

// Writer writes a snapshot, in the memory of one chunk.
type Writer struct {
	w       io.Writer
	p       *ir.Program
	input   int32
	index   Index
	fields  []int32   // of the program, by fact
	columns [][]int64 // by place of the layout
	layout  []place
	first   []int   // by fact: where its columns begin
	items   []int64 // by fact: entries of a list so far
	kept    [][]int // by fact: the columns of a list that are kept
	codes   []byte
	names   []byte
	groups  []map[string]int64
	paid    map[int32]int64
	rows    int64
	lacked  map[string]int64
	texts   map[int64]int64  // of the applicant at hand
	own     int64            // of them, those that are no words
	words   map[string]int64 // numbers of Index.Words
	buf     []byte
	failed  error
}

// NewWriter begins a snapshot of applicants of a kind in a year. It keeps those
// facts that the benefits of the program read; without leaves benefits out, as in
// eval.Facts.
func NewWriter(w io.Writer, p *ir.Program, input int32, year int, without []bool, made, seed string) (*Writer, error) {
	x := &Writer{w: w, p: p, input: input, lacked: map[string]int64{}, texts: map[int64]int64{}, paid: map[int32]int64{},
		index: Index{Version: Version, Applicant: p.Inputs[input], Year: int64(year), Made: made, Seed: seed, Lacked: []Lacked{}, Facts: []Fact{}, Paid: []string{}, Words: []string{}, Groups: []Group{}, Chunks: []Entry{}}}
	need := Needed(p, input, without)
	for i := range p.Fields {
		d := &p.Fields[i]
		if d.Column != ir.None || !need[i].Any {
			continue
		}
		f := describe(d, int64(need[i].Back))
		if d.Type == ir.List {
			for _, k := range p.Lists[d.List].Fields {
				if need[k].Any {
					f.Fields = append(f.Fields, describe(&p.Fields[k], 0))
				}
			}
		}
		x.index.Facts = append(x.index.Facts, f)
		x.fields = append(x.fields, int32(i))
	}
	x.words = map[string]int64{"": 0}
	for _, i := range x.fields {
		x.word(p.Fields[i].Choices)
		if d := &p.Fields[i]; d.Type == ir.List {
			for _, k := range p.Lists[d.List].Fields {
				x.word(p.Fields[k].Choices)
			}
		}
	}
	for b := range p.Benefits {
		if p.Benefits[b].Input == input {
			x.paid[int32(b)] = int64(len(x.index.Paid))
			x.index.Paid = append(x.index.Paid, p.Benefits[b].Key())
		}
	}
	for _, id := range GroupIDs {
		x.index.Groups = append(x.index.Groups, Group{ID: id, Names: []string{""}})
		x.groups = append(x.groups, map[string]int64{"": 0})
	}
	x.layout = x.index.layout()
	x.columns = make([][]int64, len(x.layout))
	x.first, x.items, x.kept = make([]int, len(x.index.Facts)), make([]int64, len(x.index.Facts)), make([][]int, len(x.index.Facts))
	for i := range x.index.Facts {
		if x.index.Facts[i].Type == "list" {
			x.kept[i] = x.listFields(i)
		}
	}
	for c := len(x.layout) - 1; c >= 0; c-- {
		if p := x.layout[c]; p.sort == sortFact || p.sort == sortField || p.sort == sortCounts && p.fact >= 0 {
			x.first[p.fact] = c
		}
	}
	_, err := io.WriteString(w, magic)
	return x, err
}

func describe(d *ir.FieldInfo, back int64) Fact {
	return Fact{Name: d.Name, Type: typeWord(d.Type), Unit: d.Unit, Decimals: int64(d.Decimals), Choices: append([]string{}, d.Choices...), Back: back, Fields: []Fact{}}
}

// Declare gives the names of groups an order, by GroupIDs, before any row is added;
// others follow as they come.
func (x *Writer) Declare(names ...[]string) {
	for g, list := range names {
		for _, name := range list {
			if _, ok := x.groups[g][name]; !ok && len(x.index.Groups[g].Names) < maxNames {
				x.groups[g][name] = int64(len(x.index.Groups[g].Names))
				x.index.Groups[g].Names = append(x.index.Groups[g].Names, name)
			}
		}
	}
}

// Lacks are the facts that are needed and not known of an applicant; then it
// cannot be a row.
func (x *Writer) Lacks(f *eval.Facts) (list []string) {
	for i := range x.index.Facts {
		fact, d := &x.index.Facts[i], &x.p.Fields[x.fields[i]]
		if d.Type != ir.List {
			for b := range fact.Back + 1 {
				if !f.Slots[int64(d.Slot)+b].Known() {
					list = append(list, fact.Name)
					break
				}
			}
			continue
		}
		l := &f.Lists[d.List]
		if !l.Known {
			list = append(list, fact.Name)
			continue
		}
		for _, k := range x.kept[i] {
			if slices.ContainsFunc(l.Columns[k], func(v eval.Value) bool { return !v.Known() }) {
				list = append(list, fact.Name+"."+x.p.Fields[x.p.Lists[d.List].Fields[k]].Name)
			}
		}
	}
	return list
}

// listFields are the columns of a list that are kept.
func (x *Writer) listFields(fact int) (list []int) {
	d := &x.p.Fields[x.fields[fact]]
	for _, k := range x.p.Lists[d.List].Fields {
		if slices.ContainsFunc(x.index.Facts[fact].Fields, func(f Fact) bool { return f.Name == x.p.Fields[k].Name }) {
			list = append(list, int(x.p.Fields[k].Column))
		}
	}
	return list
}

// Leave counts an applicant that is no row for want of facts.
func (x *Writer) Leave(lacks []string) {
	x.index.Apart++
	for _, name := range lacks {
		x.lacked[name]++
	}
}

// Refuse counts a statement that could not be read.
func (x *Writer) Refuse() { x.index.Wrong++ }

// Add adds an applicant of whom everything needed is known (Lacks).
func (x *Writer) Add(f *eval.Facts, r Row) error {
	if x.failed != nil {
		return x.failed
	}
	for g, name := range r.Groups {
		n, ok := x.groups[g][name]
		if !ok {
			if n = int64(len(x.index.Groups[g].Names)); n == maxNames || len(name) > maxWord || !utf8.ValidString(name) {
				return gov.Errorf(gov.Invalid, "分组 %[1]s 的名称太多或太长：“%.40[2]s”", "group %[1]s has too many names or one that is too long: %.40[2]q", GroupIDs[g], name).On("groups." + GroupIDs[g])
			}
			x.groups[g][name] = n
			x.index.Groups[g].Names = append(x.index.Groups[g].Names, name)
		}
		x.columns[g] = append(x.columns[g], n)
	}
	for _, w := range []string{r.Code, r.Name} {
		if len(w) > maxWord || !utf8.ValidString(w) {
			return gov.Errorf(gov.Invalid, "代码或名称太长", "the code or the name is too long")
		}
	}
	clear(x.texts)
	x.own = 0
	for i := range x.index.Facts {
		fact, d, c := &x.index.Facts[i], &x.p.Fields[x.fields[i]], x.first[i]
		if d.Type != ir.List {
			for b := range int(fact.Back) + 1 {
				x.columns[c+b] = append(x.columns[c+b], x.value(f, d, f.Slots[int(d.Slot)+b].Low))
			}
			continue
		}
		l := &f.Lists[d.List]
		x.columns[c] = append(x.columns[c], int64(l.Len))
		x.items[i] += int64(l.Len)
		for k, col := range x.kept[i] {
			field := &x.p.Fields[x.p.Lists[d.List].Fields[col]]
			for _, v := range l.Columns[col] {
				x.columns[c+1+k] = append(x.columns[c+1+k], x.value(f, field, v.Low))
			}
		}
	}
	x.payments(f)
	x.end(&x.codes, len(x.layout)-4, r.Code)
	x.end(&x.names, len(x.layout)-2, r.Name)
	x.index.Rows++
	if x.rows++; x.rows == ChunkRows {
		x.failed = x.flush()
	}
	return x.failed
}

// word numbers words that texts may stand for.
func (x *Writer) word(list []string) {
	for _, w := range list {
		if _, ok := x.words[w]; !ok {
			x.index.Words = append(x.index.Words, w)
			x.words[w] = int64(len(x.index.Words))
		}
	}
}

// value is what a column holds of a value: texts are numbered, see Index.Words.
func (x *Writer) value(f *eval.Facts, d *ir.FieldInfo, v int64) int64 {
	if d.Type != ir.Text {
		return v
	}
	return x.text(f, v)
}

func (x *Writer) text(f *eval.Facts, v int64) int64 {
	n, ok := x.texts[v]
	if !ok {
		if n, ok = x.words[f.Texts[v]]; !ok {
			x.own++
			n = int64(len(x.index.Words)) + x.own
		}
		x.texts[v] = n
	}
	return n
}

// payments adds what was paid before. A key that no fact of the applicant names is
// a text of its own.
func (x *Writer) payments(f *eval.Facts) {
	c := len(x.layout) - 9
	before := len(x.columns[c+1])
	defer func() { x.columns[c] = append(x.columns[c], int64(len(x.columns[c+1])-before)) }()
	for _, p := range f.Paid {
		b, ok := x.paid[p.Benefit]
		if !ok {
			continue // of another kind of applicant: nothing looks at it
		}
		for k, v := range []int64{int64(f.Year - p.Year), b, x.text(f, f.Text(p.Key)), p.Amount} {
			x.columns[c+1+k] = append(x.columns[c+1+k], v)
		}
	}
}

// end adds a word to those of the chunk.
func (x *Writer) end(to *[]byte, counts int, word string) {
	x.columns[counts] = append(x.columns[counts], int64(len(word)))
	*to = append(*to, word...)
}

// flush writes the chunk.
func (x *Writer) flush() error {
	e := Entry{Rows: x.rows, Items: []int64{}, Values: []int64{}, Few: []int64{}}
	for i := range x.index.Facts {
		if x.index.Facts[i].Type == "list" {
			e.Items = append(e.Items, x.items[i])
			x.items[i] = 0
		}
	}
	n := len(x.layout)
	e.Items = append(e.Items, int64(len(x.columns[n-8])), int64(len(x.codes)), int64(len(x.names)))
	var all strings.Builder
	x.buf = x.buf[:0]
	for c, p := range x.layout {
		if c == n-4 {
			e.Bytes = int64(len(x.buf))
		}
		if p.sort == sortBytes {
			words := x.codes
			if c == n-1 {
				words = x.names
			}
			all.WriteByte('1')
			x.buf = fill(append(x.buf, words...))
			continue
		}
		w, value, few := width(x.columns[c], p.items < 0 || p.sort == sortCounts)
		all.WriteByte(w)
		if w == '0' || widths[w].few {
			e.Values = append(e.Values, value)
		}
		if widths[w].few {
			e.Few = append(e.Few, few)
		}
		if w != '0' {
			x.buf = appendColumn(x.buf, x.columns[c], w, value)
		}
		x.columns[c] = x.columns[c][:0]
	}
	x.codes, x.names, x.rows = x.codes[:0], x.names[:0], 0
	e.Widths, e.Words = all.String(), int64(len(x.buf))-e.Bytes
	e.SHA256, e.Digest = sha256.Sum256(x.buf[:e.Bytes]), sha256.Sum256(x.buf[e.Bytes:])
	if len(x.index.Chunks) == maxChunks {
		return gov.Errorf(gov.TooLarge, "一个快照最多 %d 行", "a snapshot has %d rows at most", int64(maxChunks)*ChunkRows)
	}
	x.index.Chunks = append(x.index.Chunks, e)
	_, err := x.w.Write(x.buf)
	return err
}

// Close writes what is left and the index, and tells the identity.
func (x *Writer) Close() (Identity, error) {
	if x.failed == nil && x.rows > 0 {
		x.failed = x.flush()
	}
	if x.failed != nil {
		return Identity{}, x.failed
	}
	for name, n := range x.lacked {
		x.index.Lacked = append(x.index.Lacked, Lacked{name, n})
	}
	slices.SortFunc(x.index.Lacked, func(a, b Lacked) int { return cmp.Or(cmp.Compare(b.Rows, a.Rows), strings.Compare(a.Fact, b.Fact)) })
	body := canon.Marshal(x.index)
	tail := binary.LittleEndian.AppendUint64(slices.Clone(body), uint64(len(body)))
	_, err := x.w.Write(append(tail, end...))
	return sha256.Sum256(body), err
}
