package cases

import (
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Absorb is the other side of a merger: from has been merged into c, by whom
// the event of from says. Both are of one procedure, since the history of the
// one is to be read with the other's. A case that has ended, or that was itself
// merged, takes nothing in: nobody would look after it there.
func Absorb(p *procedure.Procedure, c, from Case, by Mark, w World) (Result, error) {
	switch {
	case c.Procedure != from.Procedure:
		return Result{}, gov.Errorf(gov.Conflict, "案件 %[1]s 不是%[2]s，不能并入", "case %[1]s is no %[3]s: nothing can be merged into it",
			c.Number, p.Title.ZH, p.Title.In(gov.EN))
	case !c.Merged.IsZero():
		return Result{}, gov.Errorf(gov.Conflict, "案件 %s 自己已并入另一案件，请并入那一件", "case %s has itself been merged into another: merge into that one", c.Number)
	case c.Ended != 0:
		return Result{}, gov.Errorf(gov.Conflict, "案件 %s 已经结束，不能并入", "case %s has ended: nothing can be merged into it", c.Number)
	}
	s := newStep(p, c, w)
	return s.finish(s.add(Event{Kind: Absorbed, By: by, Merge: from.ID}))
}
