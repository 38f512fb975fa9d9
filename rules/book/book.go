// Package book says what rule files make of a clause of a document: the benefits and
// the numbers that stand in it and what became of these, the readings of what it leaves
// open, why nothing is computed of it, and the examples that rest on it.
package book

import (
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// Page is what rule files say of a clause and of all below it.
type Page struct {
	Benefits   []int32 // of Program.Benefits
	Numbers    []Number
	Readings   []int32 // of Program.Readings
	Uncomputed []Uncomputed
	Examples   []Example
}

// Number is a number of a clause.
type Number struct {
	Clause  string   // path
	Text    string   // as the rules write it: "100万元"
	Label   string   // what it limits, may be empty
	Benefit int32    // None for a limit on several
	Changes []Change // the last first
}

// Change is what an amendment made of a number.
type Change struct {
	From     gov.Date
	Number   string // of the document that changed it
	Old, New string
}

// Uncomputed says why nothing is computed of a clause.
type Uncomputed struct{ Clause, Because string }

// Example is a worked example whose result rests on the clause.
type Example struct {
	Name string
	Year int
}

// below reports whether a path is a clause or one below it: "3/1" and "3(2)" are below
// "3", "31" is not.
func below(path, of string) bool {
	rest, ok := strings.CutPrefix(path, of)
	if !ok || rest == "" {
		return ok
	}
	return rest[0] == '/' || rest[0] == '(' || strings.HasSuffix(of, ")")
}

// Of gathers what a program and its files say of a clause of a document, by its short
// name. It reports false where they say nothing.
func Of(p *ir.Program, files []*syntax.File, doc, path string) (Page, bool) {
	about := func(list []ir.Clause) bool {
		return slices.ContainsFunc(list, func(c ir.Clause) bool { return c.Doc == doc && below(c.Path, path) })
	}
	var out Page
	for i := range p.Benefits {
		if about(p.Benefits[i].Clauses) {
			out.Benefits = append(out.Benefits, int32(i))
		}
	}
	for i := range p.Consts {
		k := &p.Consts[i]
		for _, c := range k.Clauses {
			if c.Doc == doc && below(c.Path, path) {
				out.Numbers = append(out.Numbers, Number{Clause: c.Path, Text: k.Text, Label: k.Label, Benefit: k.Benefit})
				break
			}
		}
	}
	for i := range p.Readings {
		if about(p.Readings[i].Clauses) {
			out.Readings = append(out.Readings, int32(i))
		}
	}
	var amends []*syntax.Amend
	for _, f := range files {
		out.file(f, doc, path)
		if f.Amend != nil {
			amends = append(amends, f.Amend)
		}
	}
	slices.SortStableFunc(amends, func(a, b *syntax.Amend) int { return b.From.Compare(a.From) })
	for i := range out.Numbers {
		out.Numbers[i].amended(doc, amends)
	}
	slices.SortStableFunc(out.Numbers, func(a, b Number) int { return strings.Compare(a.Clause, b.Clause) })
	some := len(out.Benefits) + len(out.Numbers) + len(out.Readings) + len(out.Uncomputed) + len(out.Examples)
	return out, some > 0
}

// file adds what only a file says.
func (p *Page) file(f *syntax.File, doc, path string) {
	own := f.Continues.Text
	if f.Document != nil {
		own = f.Document.Short.Text
	}
	about := func(c syntax.Clause) bool {
		if c.Doc != "" && c.Doc != doc || c.Doc == "" && own != doc {
			return false
		}
		return below(c.Path, path)
	}
	for _, u := range f.Uncomputed {
		for _, c := range u.Cites {
			if about(c) {
				p.Uncomputed = append(p.Uncomputed, Uncomputed{c.Path, u.Because})
			}
		}
	}
	for _, e := range f.Examples {
		if slices.ContainsFunc(e.Expect, func(x syntax.Expect) bool { return slices.ContainsFunc(x.Because, about) }) {
			p.Examples = append(p.Examples, Example{e.Name, e.Year})
		}
	}
}

// amended finds what amendments made of a number, the last first: each began with what
// the one before had made of it.
func (n *Number) amended(doc string, amends []*syntax.Amend) {
	now := n.Text
	for _, m := range amends {
		for _, c := range m.Changes {
			if m.Short.Text == doc && n.Clause == c.Cite.Path && c.New.Text == now && (c.Label == "" || c.Label == n.Label) {
				n.Changes = append(n.Changes, Change{m.From, m.Number, c.Old.Text, c.New.Text})
				now = c.Old.Text
				break
			}
		}
	}
}
