package explain

import (
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

// Filter says in words which entries of a register a filter of inspections keeps, ""
// when it holds something for which there are none: then it speaks for itself.
func Filter(m *ui.Messages, pack *policy.Pack, text string) string {
	if pack.Inspections == nil {
		return ""
	}
	reg, ok := pack.Register(pack.Inspections.Subjects)
	if !ok {
		return ""
	}
	expr, err := pack.Inspections.Filter(text)
	if err != nil { // written under another pack
		return ""
	}
	return Explainer{Messages: m, pack: pack, p: &procedure.Procedure{}, reg: reg}.condition(expr.Shape())
}

// field is a field conditions are about.
func (x Explainer) field(id string) (*procedure.Field, bool) {
	if x.reg == nil {
		return x.p.Field(id)
	}
	f, ok := x.reg.Field(id)
	if !ok {
		return nil, false
	}
	return f.Form(), true
}
