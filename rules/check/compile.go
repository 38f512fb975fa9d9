package check

import (
	"cmp"
	"maps"
	"slices"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// When is the pair of days a program is compiled for: the day it is to hold on,
// and the day as of which it is known. Later amendments are not.
type When struct {
	On    gov.Date
	Known gov.Date
}

// Compile makes one program of documents, their further files and their
// amendments. Warnings are in the second list and stop nobody; mistakes are in
// the error, which is problems.List, and then there is no program.
func Compile(files []*syntax.File, when When) (*ir.Program, problems.List, error) {
	c := &compiler{
		when: when, docs: map[string]*document{}, defines: map[string]*syntax.Define{}, merged: map[ir.Node]int32{}, used: map[*syntax.Define]bool{},
		p: &ir.Program{On: when.On, Known: when.Known}, benefit: ir.None,
	}
	c.collect(files)
	if len(c.problems) == 0 {
		c.declare()
		c.circles()
		c.benefits()
		c.relate()
		c.finish()
		c.verifies()
	}
	c.problems.Sort()
	c.warnings.Sort()
	if err := c.problems.Err(); err != nil {
		return nil, nil, err
	}
	return c.p, c.warnings, nil
}

// document is a document with all its files.
type document struct {
	short    string
	head     *syntax.Document
	files    []*syntax.File
	amends   []*syntax.File
	changes  []*change
	accounts map[string]bool // clauses that are cited
	without  []*syntax.Uncomputed
}

// change is a change of an amendment in force.
type change struct {
	syntax.Change
	found int
}

type compiler struct {
	when     When
	p        *ir.Program
	problems problems.List
	warnings problems.List

	order   []*document
	docs    map[string]*document
	defines map[string]*syntax.Define // by document and name
	doing   []string                  // definitions being read
	used    map[*syntax.Define]bool

	merged  map[ir.Node]int32 // nodes that may be used again, of the region at hand
	benefit int32
	looping []int32 // lists
	body    map[int32]*syntax.Benefit
	related []pair // benefits that are related by a condition

	verifying bool // a condition on facts is compiled, whose numbers stand in no document
}

type pair struct{ a, b int32 }

func (c *compiler) bad(at gov.Pos, zh, en string, args ...any) { c.problems.Add(at, zh, en, args...) }

// collect sorts files by document.
func (c *compiler) collect(files []*syntax.File) {
	for _, f := range files {
		if f.Document == nil {
			continue
		}
		d := &document{short: f.Document.Short.Text, head: f.Document, files: []*syntax.File{f}, accounts: map[string]bool{}}
		if c.docs[d.short] != nil {
			c.bad(f.Document.Pos, "文件“%s”有两份规则", "there are two rule files of document %q", d.short)
			continue
		}
		c.docs[d.short] = d
		c.order = append(c.order, d)
	}
	slices.SortStableFunc(c.order, func(a, b *document) int { return cmp.Compare(a.short, b.short) })
	for _, f := range files {
		name := f.Continues
		if f.Amend != nil {
			name = f.Amend.Short
		}
		if f.Document != nil || name.Text == "" {
			continue
		}
		d := c.docs[name.Text]
		switch {
		case d == nil:
			c.problems.AddGuess(name.Pos, problems.Suggest(name.Text, slices.Collect(maps.Keys(c.docs))), "没有文件“%s”的规则", "there are no rules of document %q", name.Text)
		case f.Amend != nil:
			d.amends = append(d.amends, f)
		default:
			d.files = append(d.files, f)
		}
	}
	for _, d := range c.order {
		c.amend(d)
		h := d.head
		if !c.when.On.IsZero() && (c.when.On.Before(h.Force) || !h.Until.IsZero() && h.Until.Before(c.when.On)) {
			c.bad(h.Pos, "“%[1]s”自 %[2]s 施行、有效至 %[3]s，%[4]s 不在有效期内", "%[1]s is in force from %[2]s until %[3]s, which %[4]s is not within", h.Number, h.Force, h.Until, c.when.On)
		}
		if !c.when.Known.IsZero() && c.when.Known.Before(h.Published) {
			c.bad(h.Pos, "“%[1]s”于 %[2]s 公布，%[3]s 尚不知道", "%[1]s was published on %[2]s and not known on %[3]s", h.Number, h.Published, c.when.Known)
		}
		c.p.Docs = append(c.p.Docs, ir.DocInfo{Short: d.short, Number: h.Number, Title: h.Title, Force: h.Force, Until: h.Until, Articles: h.Clauses})
	}
}

// amend finds the changes in force on the day, later ones last.
func (c *compiler) amend(d *document) {
	slices.SortStableFunc(d.amends, func(a, b *syntax.File) int { return a.Amend.From.Compare(b.Amend.From) })
	var active []*syntax.File
	for _, f := range d.amends {
		a := f.Amend
		if a.From.Before(d.head.Force) {
			c.bad(a.Pos, "修订自 %s 起，早于文件施行之日", "the amendment is from %s, before the document is in force", a.From)
		}
		if !c.when.On.IsZero() && c.when.On.Before(a.From) || !c.when.Known.IsZero() && c.when.Known.Before(a.Published) {
			continue
		}
		active = append(active, f)
		for _, ch := range a.Changes {
			d.changes = append(d.changes, &change{Change: ch})
		}
	}
	d.amends = active
}

// Examples are the examples that hold on the day: those of amendments in force,
// else those of the documents.
func Examples(files []*syntax.File, when When) []*syntax.Example {
	var list []*syntax.Example
	for _, f := range files {
		if f.Amend != nil && (when.On.Before(f.Amend.From) || !when.Known.IsZero() && when.Known.Before(f.Amend.Published)) {
			continue
		}
		list = append(list, f.Examples...)
	}
	return list
}

// typ is the type of an expression.
type typ struct {
	kind     ir.Type
	unit     string
	bare     bool // a number without a unit, which takes that of what it meets
	decimals int
	per      []string // of a rate
	field    int32    // of a choice or list
}

// operand is a node with its type; literal is set for a written number.
type operand struct {
	node    int32
	typ     typ
	literal *syntax.Literal
}

// scope is what names mean at a place.
type scope struct {
	doc      *document
	input    int32
	variable string // the entry at hand
	list     int32
	outer    *scope
	cites    []syntax.Clause
	label    string
	readings []int32
	rounding money.Rounding
}

// with is the scope of a line that has a note of its own.
func (s scope) with(c *compiler, n syntax.Note) scope {
	if len(n.Cites) > 0 {
		s.cites = n.Cites
		for _, cite := range n.Cites {
			c.account(s.doc, cite)
		}
	}
	s.label = n.Label
	for _, r := range n.Readings {
		s.readings = append(slices.Clip(s.readings), c.reading(s.doc, r)...)
	}
	return s
}

// account notes that a clause is cited.
func (c *compiler) account(d *document, cite syntax.Clause) {
	if cite.Doc != "" && cite.Doc != d.short {
		other := c.docs[cite.Doc]
		if other == nil {
			return // a document that is not computed with
		}
		d = other
	}
	d.accounts[cite.Path] = true
}

// reading finds a reading of a document.
func (c *compiler) reading(d *document, name syntax.Name) []int32 {
	var names []string
	for i := range c.p.Readings {
		r := &c.p.Readings[i]
		if r.Doc == d.short {
			if r.Name == name.Text {
				r.Used = true
				return []int32{int32(i)}
			}
			names = append(names, r.Name)
		}
	}
	c.problems.AddGuess(name.Pos, problems.Suggest(name.Text, names), "没有名为“%s”的解读", "there is no reading called %q", name.Text)
	return nil
}

// clauses are citations with their documents.
func clauses(d *document, list []syntax.Clause) []ir.Clause {
	out := make([]ir.Clause, 0, len(list))
	for _, c := range list {
		doc := c.Doc
		if doc == "" {
			doc = d.short
		}
		out = append(out, ir.Clause{Doc: doc, Path: c.Path})
	}
	return out
}

// step adds a step of the explanation.
func (c *compiler) step(kind ir.StepKind, s scope, at gov.Pos) int32 {
	c.p.Steps = append(c.p.Steps, ir.Step{Kind: kind, Clauses: clauses(s.doc, s.cites), Label: s.label, Readings: s.readings, Benefit: c.benefit, Pos: at})
	return int32(len(c.p.Steps) - 1)
}
