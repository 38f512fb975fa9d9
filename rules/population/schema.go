package population

import (
	"slices"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/rules/ir"
)

// The version of the format, and its bounds.
const (
	Version = 1

	ChunkRows  = 1 << 14
	maxIndex   = 64 << 20
	maxChunks  = 1 << 16
	maxFacts   = 4096
	maxNames   = 4096 // of a group
	maxWord    = 400  // bytes of a name
	maxEntries = 1 << 26
	maxAmount  = 100_000_000_000_000 // fen of one payment, 1万亿元
)

// Index says what a snapshot holds. It is kept as canonical JSON.
type Index struct {
	Version   int64    `json:"version"`
	Applicant string   `json:"applicant"` // as rule files name the kind
	Year      int64    `json:"year"`      // the year the facts are of
	Made      string   `json:"made"`      // Invented or Stated
	Seed      string   `json:"seed"`      // of what was invented
	Rows      int64    `json:"rows"`
	Apart     int64    `json:"apart"`  // applicants left out because a fact that rules need is missing
	Wrong     int64    `json:"wrong"`  // statements that could not be read
	Lacked    []Lacked `json:"lacked"` // what was missing, most often first
	Facts     []Fact   `json:"facts"`
	Paid      []string `json:"paid"`  // benefits that payments are of
	Words     []string `json:"words"` // choices by which payments may be counted; a text is 0 if empty, the number of a word from 1, or a number behind them
	Groups    []Group  `json:"groups"`
	Chunks    []Entry  `json:"chunks"`
}

// How a snapshot came to be.
const (
	Invented = "invented"
	Stated   = "stated"
)

// Lacked is a fact that was missing.
type Lacked struct {
	Fact string `json:"fact"`
	Rows int64  `json:"rows"`
}

// Fact is a fact, or a field of the entries of a list.
type Fact struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	Unit     string   `json:"unit"`
	Decimals int64    `json:"decimals"`
	Choices  []string `json:"choices"`
	Back     int64    `json:"back"` // how many earlier years are there
	Fields   []Fact   `json:"fields"`
}

// Group is a way in which applicants are told apart. Names[0] is "": not known.
type Group struct {
	ID    string   `json:"id"` // street, trade or size
	Names []string `json:"names"`
}

// GroupIDs are the groups of every snapshot, in their order.
var GroupIDs = []string{"street", "trade", "size"}

// Entry is where a chunk is and how wide its columns are.
type Entry struct {
	Rows   int64    `json:"rows"`
	Bytes  int64    `json:"bytes"`  // of facts and groups
	SHA256 [32]byte `json:"sha256"` // of them
	Words  int64    `json:"words"`  // bytes of codes and names, which follow
	Digest [32]byte `json:"digest"` // of them
	Items  []int64  `json:"items"`  // entries of each list, then payments, then bytes of codes and of names
	Widths string   `json:"widths"` // of each column, see widths
	Values []int64  `json:"values"` // of the columns that are one value throughout, or but for a few rows
	Few    []int64  `json:"few"`    // of the latter: how many rows
}

// types are the words of types.
var types = map[string]ir.Type{
	"money": ir.Money, "ratio": ir.Ratio, "count": ir.Count, "date": ir.Date, "choice": ir.Choice, "yesno": ir.Bool, "text": ir.Text, "list": ir.List,
}

func typeWord(t ir.Type) string {
	for w, x := range types {
		if x == t {
			return w
		}
	}
	return ""
}

// sort says what the numbers of a column are.
type sort uint8

const (
	sortGroup sort = iota
	sortFact
	sortCounts // how many entries each row has
	sortField
	sortPaidBack
	sortPaidBenefit
	sortPaidKey
	sortPaidAmount
	sortBytes
)

// place is one column of the layout.
type place struct {
	sort  sort
	fact  int // in Index.Facts; of a group its number
	field int // of a list
	items int // in Entry.Items: how many numbers there are; −1 for one of each row
}

// layout is the columns of every chunk in their order.
func (x *Index) layout() (list []place) {
	for g := range x.Groups {
		list = append(list, place{sort: sortGroup, fact: g, items: -1})
	}
	lists := 0
	for i := range x.Facts {
		f := &x.Facts[i]
		if f.Type != "list" {
			for range f.Back + 1 {
				list = append(list, place{sort: sortFact, fact: i, items: -1})
			}
			continue
		}
		list = append(list, place{sort: sortCounts, fact: i, items: lists})
		for k := range f.Fields {
			list = append(list, place{sort: sortField, fact: i, field: k, items: lists})
		}
		lists++
	}
	list = append(list, place{sort: sortCounts, fact: -1, items: lists})
	for _, s := range []sort{sortPaidBack, sortPaidBenefit, sortPaidKey, sortPaidAmount} {
		list = append(list, place{sort: s, items: lists})
	}
	for k := 1; k <= 2; k++ {
		list = append(list, place{sort: sortCounts, fact: -1, items: lists + k}, place{sort: sortBytes, items: lists + k})
	}
	return list
}

// lists is how many lists of facts there are.
func (x *Index) lists() (n int) {
	for i := range x.Facts {
		if x.Facts[i].Type == "list" {
			n++
		}
	}
	return n
}

// length is how many numbers a column of a chunk has.
func (p place) length(e *Entry) int64 {
	if p.sort == sortCounts || p.items < 0 {
		return e.Rows
	}
	return e.Items[p.items]
}

func wrong(where, zh, en string, args ...any) error {
	return gov.Errorf(gov.Invalid, "快照文件不可用："+zh, "the snapshot cannot be used, "+where+": "+en, args...)
}

// check holds that an index can be relied on; after is where the chunks end.
func (x *Index) check(after int64) error {
	if x.Version != Version {
		return wrong("version", "版本 %d 不认识", "version %d is not known", x.Version)
	}
	words := []string{x.Applicant, x.Made, x.Seed}
	if x.Applicant == "" || x.Year < 1990 || x.Year > 2100 || x.Rows < 0 || x.Apart < 0 || x.Wrong < 0 || len(x.Facts) > maxFacts || len(x.Paid) > maxFacts || len(x.Words) > maxFacts || len(x.Lacked) > maxFacts || len(x.Chunks) > maxChunks {
		return wrong("index", "数目不合理", "a number is out of bounds")
	}
	if x.Made != Invented && x.Made != Stated {
		return wrong("made", "来历不明", "it does not say how it was made")
	}
	words = append(append(words, x.Paid...), x.Words...)
	for _, l := range x.Lacked {
		words = append(words, l.Fact)
	}
	seen := map[string]bool{}
	for i := range x.Facts {
		f := &x.Facts[i]
		if err := f.check(true); err != nil {
			return err
		}
		if seen[f.Name] {
			return wrong("facts."+f.Name, "写了两次", "stated twice")
		}
		seen[f.Name] = true
		words = append(words, f.Name)
	}
	for i, g := range x.Groups {
		if i >= len(GroupIDs) || g.ID != GroupIDs[i] || len(g.Names) == 0 || len(g.Names) > maxNames || g.Names[0] != "" {
			return wrong("groups", "分组不对", "the groups are not those of the format")
		}
		words = append(words, g.Names...)
	}
	if len(x.Groups) != len(GroupIDs) {
		return wrong("groups", "分组不全", "groups are missing")
	}
	for _, w := range words {
		if len(w) > maxWord || !utf8.ValidString(w) {
			return wrong("index", "名称太长或不是文字", "a name is too long or no text")
		}
	}
	return x.checkChunks(after)
}

func (f *Fact) check(top bool) error {
	t, ok := types[f.Type]
	where := "facts." + f.Name
	if !ok || t == ir.List && !top || t != ir.List && len(f.Fields) > 0 || len(f.Fields) > maxFacts || f.Back < 0 || f.Back > 2 || (t == ir.List || !top) && f.Back > 0 || f.Decimals < 0 || f.Decimals > 8 || len(f.Choices) > 64 || (t == ir.Choice) != (len(f.Choices) > 0) {
		return wrong(where, "说明不合理", "its description is out of bounds")
	}
	for _, w := range append([]string{f.Name, f.Unit}, f.Choices...) {
		if len(w) > maxWord || !utf8.ValidString(w) {
			return wrong("facts", "名称太长或不是文字", "a name is too long or no text")
		}
	}
	for i := range f.Fields {
		if err := f.Fields[i].check(false); err != nil {
			return err
		}
		if slices.ContainsFunc(f.Fields[:i], func(o Fact) bool { return o.Name == f.Fields[i].Name }) {
			return wrong(where+"."+f.Fields[i].Name, "写了两次", "stated twice")
		}
	}
	return nil
}

// checkChunks holds that the chunks fill the file up to the index exactly.
func (x *Index) checkChunks(after int64) error {
	layout, lists := x.layout(), x.lists()
	at, rows := int64(len(magic)), int64(0)
	for i := range x.Chunks {
		e := &x.Chunks[i]
		if e.Rows < 1 || e.Rows > ChunkRows || i < len(x.Chunks)-1 && e.Rows != ChunkRows || len(e.Items) != lists+3 || len(e.Widths) != len(layout) {
			return wrong("chunks", "第 %d 块的说明不合理", "chunk %d is not described as it must be", i+1)
		}
		for _, n := range e.Items {
			if n < 0 || n > maxEntries {
				return wrong("chunks", "第 %d 块的项数不合理", "chunk %d has a number of entries out of bounds", i+1)
			}
		}
		sizes, values, few := [2]int64{}, 0, 0
		for c, p := range layout {
			w, ok := widths[e.Widths[c]]
			n := p.length(e)
			switch {
			case !ok || p.sort == sortBytes && e.Widths[c] != '1':
				return wrong("chunks", "第 %d 块的列宽不合理", "chunk %d has a column of no known width", i+1)
			case w.few:
				if few == len(e.Few) || e.Few[few] < 0 || e.Few[few] > e.Rows || n != e.Rows {
					return wrong("chunks", "第 %d 块的例外行数不合理", "chunk %d has a number of exceptions out of bounds", i+1)
				}
				n = e.Few[few]
				few++
				values++
				sizes[part(c, len(layout))] += pad(2 * n)
			case w.bytes == 0:
				values++
			}
			sizes[part(c, len(layout))] += pad(w.bytes * n)
		}
		if sizes[0] != e.Bytes || sizes[1] != e.Words || values != len(e.Values) || few != len(e.Few) {
			return wrong("chunks", "第 %d 块的长度不对", "chunk %d has another length than its columns", i+1)
		}
		at += sizes[0] + sizes[1]
		rows += e.Rows
	}
	if at != after || rows != x.Rows {
		return wrong("chunks", "各块与文件的长度不符", "the chunks do not fill the file")
	}
	return nil
}

// part is 1 of the columns of codes and names, which have a digest of their own:
// computing does not need them.
func part(column, of int) int {
	if column >= of-4 {
		return 1
	}
	return 0
}

// pad is a length with what follows up to the next multiple of 8.
func pad(n int64) int64 { return (n + 7) &^ 7 }
