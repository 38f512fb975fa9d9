package explain

import "quanxiang/policy/procedure"

// Where is the register, and the kind of record, into which something is entered, in
// words.
func (x Explainer) Where(register, record string) string {
	r, ok := x.pack.Register(register)
	if !ok {
		return register
	}
	where := r.Title.In(x.Lang())
	if k, ok := r.Kind(record); ok {
		where = x.T("explain.register", "register", where, "kind", k.Title)
	}
	return where
}

// enters says what an action writes into registers, in the words under a prefix of
// messages.
func (x Explainer) enters(a *procedure.Action, prefix string) []Line {
	list := make([]Line, len(a.Enter))
	for i := range a.Enter {
		e := &a.Enter[i]
		list[i] = Line{Text: x.T(prefix+string(e.Act()), "where", x.Where(e.Register, e.Record)), Code: e.If}
	}
	return list
}

// WillEnter says what an action is going to write into registers, for who does it.
func (x Explainer) WillEnter(a *procedure.Action) []Line { return x.enters(a, "desk.effect.") }
