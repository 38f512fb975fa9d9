package plain

import (
	"fmt"
	"math/big"
	"slices"

	"quanxiang/rules/syntax"
)

// Set is the rule files of documents that belong together.
type Set struct {
	docs     map[string]*syntax.Document
	fields   map[string]*syntax.Field // by kind of applicant and name
	kinds    []string
	benefits []*benefit
	defines  map[string]*syntax.Define // by document and name
	excludes []relation
	natures  map[*benefit][]*benefit // of which an exclusion by nature gives one only over all years
	caps     []relation
	examples []*example
}

// benefit is a benefit with its document.
type benefit struct {
	*syntax.Benefit
	doc  string
	kind string
}

func (b *benefit) name() string { return b.doc + "." + b.Name.Text }

// relation is benefits that are tied by an exclusion or a joint limit.
type relation struct {
	doc     string
	members []*benefit
	limit   *syntax.Expr // of a joint limit
}

type example struct {
	*syntax.Example
	doc string
}

// New gathers files that have no mistakes. Amendments are not applied.
func New(files []*syntax.File) *Set {
	s := &Set{docs: map[string]*syntax.Document{}, fields: map[string]*syntax.Field{}, defines: map[string]*syntax.Define{}, natures: map[*benefit][]*benefit{}}
	for _, f := range files {
		if f.Document != nil {
			s.docs[f.Document.Short.Text] = f.Document
		}
	}
	for _, f := range files {
		doc := docOf(f)
		for _, in := range f.Inputs {
			if !slices.Contains(s.kinds, in.Name.Text) {
				s.kinds = append(s.kinds, in.Name.Text)
			}
			for _, x := range in.Fields {
				s.fields[in.Name.Text+"."+x.Name.Text] = x
			}
		}
		for _, d := range f.Defines {
			s.defines[doc+"."+d.Name.Text] = d
		}
		for _, b := range f.Benefits {
			kind := b.For.Text
			if kind == "" {
				kind = f.Inputs[0].Name.Text
			}
			s.benefits = append(s.benefits, &benefit{b, doc, kind})
		}
		for _, e := range f.Examples {
			s.examples = append(s.examples, &example{e, doc})
		}
	}
	for _, f := range files {
		s.relations(f)
	}
	return s
}

func docOf(f *syntax.File) string {
	if f.Document != nil {
		return f.Document.Short.Text
	}
	return f.Continues.Text
}

// relations resolves the exclusions and joint limits of a file.
func (s *Set) relations(f *syntax.File) {
	doc := docOf(f)
	for _, x := range f.Excludes {
		if !x.ByNature {
			for i, a := range x.Names {
				for _, b := range x.Names[i+1:] {
					s.excludes = append(s.excludes, relation{doc: doc, members: []*benefit{s.find(a, doc), s.find(b, doc)}})
				}
			}
			continue
		}
		among := func(b *benefit) bool {
			return b.Nature.Text != "" && slices.ContainsFunc(x.Docs, func(n syntax.Name) bool { return n.Text == b.doc })
		}
		for i, a := range s.benefits {
			for _, b := range s.benefits[i+1:] {
				if among(a) && among(b) && a.doc != b.doc && a.kind == b.kind && a.Nature.Text == b.Nature.Text {
					s.excludes = append(s.excludes, relation{doc: doc, members: []*benefit{a, b}})
					if x.AllYears {
						s.natures[a], s.natures[b] = append(s.natures[a], b), append(s.natures[b], a)
					}
				}
			}
		}
	}
	for _, j := range f.JointCaps {
		r := relation{doc: doc, limit: j.Expr}
		for _, n := range j.Names {
			r.members = append(r.members, s.find(n, doc))
		}
		s.caps = append(s.caps, r)
	}
}

// find is the benefit a name means in a document. That there is none is a
// mistake of the file, which its compiler reports.
func (s *Set) find(e *syntax.Expr, doc string) *benefit {
	if e.Doc != "" {
		doc = e.Doc
	}
	var other *benefit
	for _, b := range s.benefits {
		if b.Name.Text == e.Name {
			if b.doc == doc {
				return b
			}
			other = b
		}
	}
	if other == nil {
		panic(fmt.Sprintf("%s: no benefit %s", e.Pos, e.Name))
	}
	return other
}

// field is a fact by name, of the kind of applicant that has it.
func (s *Set) field(kind, name string) *syntax.Field { return s.fields[kind+"."+name] }

// value is a written value as facts hold it.
func value(l syntax.Literal) any {
	switch l.Kind {
	case syntax.YesNoLiteral:
		return l.Value == 1
	case syntax.TextLiteral:
		return l.Text
	}
	return number(l)
}

// number is a value in its own unit: fen, one, day.
func number(l syntax.Literal) *big.Rat {
	scale := int64(1)
	switch l.Kind {
	case syntax.RatioLiteral:
		scale = whole
	case syntax.CountLiteral:
		for range l.Decimals {
			scale *= 10
		}
	}
	return big.NewRat(l.Value, scale)
}

// whole is one in hundred-millionths.
const whole = 100_000_000
