package invent

import (
	"fmt"
	"slices"

	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
)

// agree mends facts that the rule files say cannot be true together, since a snapshot
// of them could not be read again. Drawing by chance would be to draw until they agree,
// and what is drawn for one enterprise would depend on what the rules verify.
func (m *maker) agree() error {
	failed := eval.Verify(m.p, m.f)
	for i := range failed {
		m.mend(failed[i])
	}
	if len(failed) == 0 {
		return nil
	}
	for _, x := range slices.Backward(eval.Verify(m.p, m.f)) {
		if x.Same >= 0 {
			m.drop(m.p.Checks.All[x.Check].List, int(x.Entry))
		}
	}
	if failed = eval.Verify(m.p, m.f); len(failed) > 0 {
		k := &m.p.Checks.All[failed[0].Check]
		return fmt.Errorf("facts made up for %s: %s: %s", m.p.Inputs[m.input], k.Pos, k.Text)
	}
	return nil
}

// drop takes an entry out of a list.
func (m *maker) drop(list int32, entry int) {
	l := &m.f.Lists[list]
	for i := range l.Columns {
		l.Columns[i] = slices.Delete(l.Columns[i], entry, entry+1)
	}
	l.Len--
}

// mend changes the facts of one check: the part becomes as much as the whole, what an
// entry has becomes nothing, or the least there is. Entries that are the same are left
// for drop.
func (m *maker) mend(x eval.Failed) {
	k := &m.p.Checks.All[x.Check]
	if x.Same >= 0 {
		return
	}
	if x.Entry < 0 {
		part, whole := k.Reads[0], k.Reads[len(k.Reads)-1]
		m.f.Set(part.Field, part.Back, m.f.Slots[m.p.Fields[whole.Field].Slot+whole.Back])
		return
	}
	for _, r := range k.Reads {
		d := &m.p.Fields[r.Field]
		if d.Column == ir.None {
			continue
		}
		at := &m.f.Lists[k.List].Columns[d.Column][x.Entry]
		for _, v := range []int64{max(d.Min, 0), max(d.Min, 1)} {
			*at = eval.Value{Low: v, High: v}
			if !slices.Contains(eval.Verify(m.p, m.f), x) {
				return
			}
		}
	}
}
