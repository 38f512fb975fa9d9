package calculate

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/rules/ir"
)

// Without says of each benefit whether it is not applied for, where a kind of
// applicant applies for documents as a whole, by their short names, and for
// benefits by their keys: what those refer to is computed with them. An error names
// the field p or b.
func (c *Calculator) Without(input int32, docs, names []string) ([]bool, error) {
	p := c.program
	take := make([]bool, len(p.Benefits))
	var mark func(int32)
	mark = func(b int32) {
		if !take[b] {
			take[b] = true
			for _, o := range p.Benefits[b].Refs {
				mark(o)
			}
		}
	}
	for _, d := range docs {
		if !slices.ContainsFunc(p.Docs, func(x ir.DocInfo) bool { return x.Short == d }) {
			return nil, gov.Errorf(gov.Invalid, "没有“%s”的规则", "there are no rules of %q", d).On("p")
		}
	}
	for _, n := range names {
		if !slices.ContainsFunc(p.Benefits, func(b ir.BenefitInfo) bool { return b.Key() == n }) {
			return nil, gov.Errorf(gov.Invalid, "没有名为“%s”的支持", "there is no benefit %q", n).On("b")
		}
	}
	found := false
	for i := range p.Benefits {
		b := &p.Benefits[i]
		if b.Input == input && (slices.Contains(docs, b.Doc) || slices.Contains(names, b.Key())) {
			found = true
			mark(int32(i))
		}
	}
	if !found {
		return nil, gov.Errorf(gov.Invalid, "请选择这类申报者可以申报的文件或支持", "Choose a document or a benefit that this kind of applicant can apply for").On("p")
	}
	for i := range take {
		take[i] = !take[i]
	}
	return take, nil
}

// Uses reports whether a benefit reads a fact; of a list, also whether it reads its
// entries.
func Uses(p *ir.Program, benefit, field int32) bool {
	f := &p.Fields[field]
	for _, n := range p.Nodes[p.Benefits[benefit].From:p.Benefits[benefit].To] {
		switch {
		case n.Op == ir.Field && int32(n.K) == field:
			return true
		case f.Type == ir.List && n.Op == ir.Entry && p.Fields[n.K].List == f.List:
			return true
		case f.Type == ir.List && n.Loop != ir.None && p.Loops[n.Loop].List == f.List:
			return true
		}
	}
	return false
}
