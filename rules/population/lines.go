package population

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"quanxiang/gov"
	"quanxiang/rules/columns"
	"quanxiang/rules/eval"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// Statements says how lines of facts become a snapshot.
type Statements struct {
	Program   *ir.Program
	Applicant string
	Year      int
	Docs      []string // short names: facts that only other documents read are left out; none keeps all
	Rest      bool     // what is not stated is nothing, see facts.Options
	Tell      func(line int, err error)
	Progress  func(lines int)
}

// who is the members of a line beside the facts.
type who struct {
	Code   string            `json:"code"`
	Name   string            `json:"name"`
	Groups map[string]string `json:"groups"`
}

// every is how many lines there are between two reports of progress.
const every = 10_000

// Import makes a snapshot of lines in the form of facts.Read, which may also have
// "code", "name" and "groups": {"street": …, "trade": …, "size": …}. A line that
// is wrong is told and counted; an applicant of whom a needed fact is missing is
// counted apart. The others are rows.
func Import(ctx context.Context, r io.Reader, w io.Writer, o Statements) (Identity, Index, error) {
	input := o.Program.Input(o.Applicant)
	if input == ir.None {
		return Identity{}, Index{}, gov.Errorf(gov.Invalid, "没有申报者“%s”", "there is no kind of applicant %q", o.Applicant).On("applicant")
	}
	out, err := NewWriter(w, o.Program, input, o.Year, Without(o.Program, o.Docs), Stated, "")
	if err != nil {
		return Identity{}, Index{}, err
	}
	in := bufio.NewReaderSize(r, 1<<16)
	var buf []byte
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return Identity{}, Index{}, err
		}
		if n%every == 0 && o.Progress != nil {
			o.Progress(n)
		}
		line, err := facts.ReadLine(in, buf[:0])
		if errors.Is(err, io.EOF) {
			break
		}
		buf = line
		if err != nil && gov.CodeOf(err) == gov.Internal {
			return Identity{}, Index{}, fmt.Errorf("read line %d: %w", n, err)
		}
		if err == nil {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			err = o.line(out, line)
		}
		if err != nil {
			if out.failed != nil {
				return Identity{}, Index{}, out.failed
			}
			out.Refuse()
			if o.Tell != nil {
				o.Tell(n, err)
			}
		}
	}
	id, err := out.Close()
	return id, out.index, err
}

// line adds one applicant.
func (o *Statements) line(out *Writer, line []byte) error {
	f, err := facts.ReadFor(o.Program, line, facts.Options{Year: o.Year, Docs: o.Docs, Rest: o.Rest, Extra: []string{"code", "name", "groups"}})
	if err != nil {
		return err
	}
	if got := o.Program.Inputs[f.Input]; got != o.Applicant {
		return gov.Errorf(gov.Invalid, "applicant：这里是“%[1]s”，快照是“%[2]s”的", "applicant: this is %[1]q, the snapshot is of %[2]q", got, o.Applicant).On("applicant")
	}
	var x who
	if err := json.Unmarshal(line, &x); err != nil {
		return gov.Errorf(gov.Invalid, "code、name 应是文字，groups 应是文字的对象", "code and name must be strings, groups an object of strings").On("groups")
	}
	row := Row{Code: x.Code, Name: x.Name}
	for id, name := range x.Groups {
		g := groupAt(id)
		if g < 0 {
			return gov.Errorf(gov.Invalid, "groups.%[1]s：没有这种分组，有的是 street、trade、size", "groups.%[1]s: there is no such group; there are street, trade and size", id).On("groups." + id)
		}
		row.Groups[g] = name
	}
	if lacks := out.Lacks(f); len(lacks) > 0 {
		out.Leave(lacks)
		return nil
	}
	return out.Add(f, row)
}

func groupAt(id string) int {
	for i, g := range GroupIDs {
		if g == id {
			return i
		}
	}
	return -1
}

// Without leaves out the benefits of documents that are not named; without names
// nothing is left out.
func Without(p *ir.Program, docs []string) []bool {
	if len(docs) == 0 {
		return nil
	}
	list := make([]bool, len(p.Benefits))
	for i := range p.Benefits {
		list[i] = true
		for _, d := range docs {
			if p.Benefits[i].Doc == d {
				list[i] = false
			}
		}
	}
	return list
}

// Facts is a row for the closures, which explain it.
func (b *Binding) Facts(t *columns.Table, row int, without []bool) *eval.Facts {
	f := t.Facts(b.Program, row)
	f.Without = without
	return f
}

// Export writes the rows of a snapshot as lines that Import reads.
func (s *Snapshot) Export(w io.Writer) error {
	out := bufio.NewWriter(w)
	for n := range s.Chunks {
		c, err := s.Chunk(n)
		if err != nil {
			return err
		}
		for row := range c.Rows {
			line, err := s.statement(c, row)
			if err != nil {
				return err
			}
			if _, err := out.Write(append(line, '\n')); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// object is an object whose members keep their order.
type object struct {
	bytes.Buffer
}

func (o *object) member(name string, value any) {
	if o.Len() == 0 {
		o.WriteByte('{')
	} else {
		o.WriteByte(',')
	}
	enc := json.NewEncoder(&o.Buffer)
	enc.SetEscapeHTML(false)
	for i, v := range []any{name, value} {
		if raw, ok := v.(*object); ok {
			o.Write(raw.done())
		} else {
			_ = enc.Encode(v) // strings, numbers and lists of them always can be
			o.Truncate(o.Len() - 1)
		}
		if i == 0 {
			o.WriteByte(':')
		}
	}
}

func (o *object) done() []byte {
	if o.Len() == 0 {
		return []byte("{}")
	}
	return append(bytes.Clone(o.Bytes()), '}')
}

// Line is one row as a statement of facts.
func (s *Snapshot) Line(row int64) ([]byte, error) {
	if row < 0 || row >= s.Rows {
		return nil, gov.Errorf(gov.NotFound, "没有第 %d 行", "there is no row %d", row+1)
	}
	c, err := s.Chunk(int(row / ChunkRows))
	if err != nil {
		return nil, err
	}
	return s.statement(c, int(row%ChunkRows))
}

func (s *Snapshot) statement(c *Chunk, row int) ([]byte, error) {
	who, err := c.Row(row)
	if err != nil {
		return nil, err
	}
	o, stated, groups := &object{}, &object{}, &object{}
	k := len(s.Groups)
	for i := range s.Facts {
		f := &s.Facts[i]
		switch {
		case f.Type == "list":
			entries := []json.RawMessage{}
			from, to := c.span(k, row)
			for e := from; e < to; e++ {
				x := &object{}
				for j := range f.Fields {
					x.member(f.Fields[j].Name, s.written(&f.Fields[j], c.columns[k+1+j].At(e)))
				}
				entries = append(entries, x.done())
			}
			stated.member(f.Name, entries)
			k += 1 + len(f.Fields)
		case f.Back == 0:
			stated.member(f.Name, s.written(f, c.columns[k].At(row)))
			k++
		default:
			years := &object{}
			for back := range int(f.Back) + 1 {
				years.member(strconv.FormatInt(s.Year-int64(back), 10), s.written(f, c.columns[k+back].At(row)))
			}
			stated.member(f.Name, years)
			k += int(f.Back) + 1
		}
	}
	if who.Code != "" {
		o.member("code", who.Code)
	}
	if who.Name != "" {
		o.member("name", who.Name)
	}
	for g, name := range who.Groups {
		if name != "" {
			groups.member(GroupIDs[g], name)
		}
	}
	if groups.Len() > 0 {
		o.member("groups", groups)
	}
	o.member("applicant", s.Applicant)
	o.member("year", s.Year)
	o.member("facts", stated)
	if from, to := c.span(k, row); from < to {
		var list []json.RawMessage
		for e := from; e < to; e++ {
			x := &object{}
			x.member("year", s.Year-c.columns[k+1].At(e))
			x.member("benefit", s.Paid[c.columns[k+2].At(e)])
			x.member("amount", yuan(c.columns[k+4].At(e)))
			if key := s.text(c.columns[k+3].At(e)); key != "" {
				x.member("key", key)
			}
			list = append(list, x.done())
		}
		o.member("paid", list)
	}
	return o.done(), nil
}

func yuan(fen int64) string { return money.Number(fen, 2) + "元" }

// text is a text by its number; those whose words are not kept are numbered.
func (s *Snapshot) text(n int64) string {
	switch {
	case n == 0:
		return ""
	case n <= int64(len(s.Words)):
		return s.Words[n-1]
	}
	return "#" + strconv.FormatInt(n-int64(len(s.Words)), 10)
}

// written is a value as facts.Read takes it.
func (s *Snapshot) written(f *Fact, v int64) any {
	switch f.Type {
	case "money":
		return yuan(v)
	case "ratio":
		return money.Ratio(v).String()
	case "count":
		return money.Number(v, int(f.Decimals)) + f.Unit
	case "date":
		return syntax.DateOf(v).String()
	case "choice":
		return f.Choices[v]
	case "yesno":
		return v == 1
	}
	return s.text(v)
}
