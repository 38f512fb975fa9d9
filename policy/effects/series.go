package effects

import (
	"quanxiang/policy/express"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// The variables of a series of entries: entry.FIELD, and its key.
const (
	EntryVar    = "entry."
	EntryKeyVar = "entry.key"
)

// series checks the entries of a register each of which has cases.
func (l *linker) series(at source.Node, p *procedure.Procedure, s *procedure.Series) {
	reg := l.register(at.Field("for"), s.Register())
	if reg == nil {
		return
	}
	vars := []guard.Var{{Name: EntryKeyVar, Kind: guard.Text}}
	for i := range reg.Fields {
		if f := &reg.Fields[i]; f.Form().Kind() != 0 {
			vars = append(vars, guard.Var{Name: EntryVar + f.ID, Kind: f.Form().Kind()})
		}
	}
	env, err := guard.NewEnv(vars)
	if err != nil {
		l.add(at, "不能建立表达式的环境：%v", "the expressions have no environment: %v", err)
		return
	}
	var test *guard.Expr
	if s.When != "" {
		test = express.Compile(&l.problems, env, at.Field("when"), s.When, guard.Bool)
	}
	with := make([]*guard.Expr, len(s.With))
	for i := range s.With {
		with[i] = l.seeded(at.Field("with").Item(i), p, reg, &s.With[i], env)
	}
	s.Take(test, with)
}

// seeded checks one field that a case of an entry begins with.
func (l *linker) seeded(at source.Node, p *procedure.Procedure, reg *register.Register, w *procedure.SeriesWith, env *guard.Env) *guard.Expr {
	f, ok := p.Field(w.Field)
	if !ok || f.Kind() == 0 || f.Value != "" {
		l.add(at.Field("field"), "字段“%s”不能由名录给出", "a register cannot give the field %q", w.Field)
		return nil
	}
	x := express.Compile(&l.problems, env, at.Field("to"), w.To, f.Kind())
	if x == nil {
		return nil
	}
	for _, name := range x.Uses() {
		if from, ok := reg.Field(name[len(EntryVar):]); ok && opens(f, from) {
			l.add(at.Field("to"), "案件的字段“%[1]s”对更多的人公开，却来自字段“%[2]s”", "the field %[1]q of the case is open to more readers than %[2]q, from which it comes", f.ID, from.ID)
		}
	}
	return x
}
