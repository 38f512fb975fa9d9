package cases

import (
	"slices"

	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Suggestion is a value an action may give a field, and why.
type Suggestion struct {
	Value any
	Why   gov.Text
}

// Suggest lists what a field an action asks for may be given where a case
// stands, each value once, in the order of the file. It looks at the case as it
// is: what somebody has typed and not sent is not part of it. A suggestion that
// cannot be worked out, or that the field would refuse, is none.
func Suggest(p *procedure.Procedure, c Case, action, field string, w World) []Suggestion {
	a, ok := p.Action(action)
	f, there := p.Field(field)
	if !ok || !there {
		return nil
	}
	s := scope{p: p, c: c, w: w}
	var list []Suggestion
	for i := range a.Suggest {
		g := &a.Suggest[i]
		if g.Field != field {
			continue
		}
		v, err := s.evaluate(f, g.Expr())
		if err != nil || !entered.Given(v) {
			continue
		}
		if v, wrong := entered.Check(f, v); wrong == nil && !slices.ContainsFunc(list, func(o Suggestion) bool { return entered.Same(o.Value, v) }) {
			list = append(list, Suggestion{v, g.Why})
		}
	}
	return list
}
