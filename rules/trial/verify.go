package trial

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// others are the comparisons with the edge on the other side.
var others = map[ir.Cmp]ir.Cmp{ir.Least: ir.More, ir.More: ir.Least, ir.Less: ir.Most, ir.Most: ir.Less}

// unverified leaves out each of the checks of facts, and changes each of their edges
// from within to without, leaves each field out of their keys, and lists those changes that no example notices.
func unverified(p *ir.Program, examples []*syntax.Example) (out []Untested) {
	if p.Checks == nil {
		return nil
	}
	notices := func(x *ir.Checks) bool {
		q := *p
		q.Checks = x
		_, failures := prepare(&q, examples)
		return len(failures) > 0
	}
	for i := range p.Checks.All {
		k := &p.Checks.All[i]
		if !notices(&ir.Checks{Program: p.Checks.Program, All: slices.Delete(slices.Clone(p.Checks.All), i, i+1)}) {
			out = append(out, Untested{k.Pos, gov.Textf("没有例检验“%s”：不核对它，所有的例照样成立", "no example tests %q: without it all examples still hold", k.Text)})
		}
		for j := range k.Key {
			if len(k.Key) == 1 {
				break // without its only field it would be no key
			}
			all := slices.Clone(p.Checks.All)
			all[i].Key = slices.Delete(slices.Clone(k.Key), j, j+1)
			if !notices(&ir.Checks{Program: p.Checks.Program, All: all}) {
				out = append(out, Untested{k.Pos, gov.Textf("没有例检验“%[1]s”：两项只有“%[2]s”不同", "no example tests %[1]q: two entries that differ in %[2]s alone", k.Text, p.Fields[k.Key[j]].Name)})
			}
		}
		for n := k.From; n < k.To; n++ {
			x := p.Checks.Program.Nodes[n]
			to, ok := others[x.Cmp]
			if !ok || x.Op != ir.Compare && x.Op != ir.Linear {
				continue
			}
			q := *p.Checks.Program
			q.Nodes = slices.Clone(q.Nodes)
			q.Nodes[n].Cmp = to
			if !notices(&ir.Checks{Program: &q, All: p.Checks.All}) {
				out = append(out, Untested{k.Pos, gov.Textf("没有例检验“%s”在正好相等时成立还是不成立", "no example tests whether %q holds where both are equal", k.Text)})
			}
		}
	}
	return out
}
