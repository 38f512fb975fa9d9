package effects

import (
	"maps"
	"slices"

	"quanxiang/policy/express"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// variables lists what the expressions of a Begin read: the entry, the record or the
// class, and the unit the case is for.
func variables(k *register.Kind) []guard.Var {
	list := []guard.Var{{Name: "subject.key", Kind: guard.Text}, {Name: "subject.name", Kind: guard.Text}, {Name: "each", Kind: guard.Text}}
	if k == nil {
		return append(list, guard.Var{Name: "class.now", Kind: guard.Text}, guard.Var{Name: "class.was", Kind: guard.Text},
			guard.Var{Name: "class.worse", Kind: guard.Bool}, guard.Var{Name: "class.points", Kind: guard.Int})
	}
	list = append(list, guard.Var{Name: "record.unit", Kind: guard.Text}, guard.Var{Name: "record.on", Kind: guard.Date})
	for i := range k.Fields {
		f := &k.Fields[i]
		if name := "record." + f.ID; f.Form().Kind() != 0 && !slices.ContainsFunc(list, func(v guard.Var) bool { return v.Name == name }) {
			list = append(list, guard.Var{Name: name, Kind: f.Form().Kind()})
		}
	}
	return list
}

// entries are the variables of the entry besides: its fields that are texts, for what a case
// begins with. A condition is decided before the entry is read.
func entries(r *register.Register) (list []guard.Var) {
	for i := range r.Fields {
		if f := &r.Fields[i]; f.Form().Kind() == guard.Text && f.ID != "name" && f.ID != "key" {
			list = append(list, guard.Var{Name: "subject." + f.ID, Kind: guard.Text})
		}
	}
	return list
}

// begin checks which case begins when a record comes or a class changes.
func (l *linker) begin(at source.Node, r *register.Register, b *register.Begin) {
	var k *register.Kind
	if id := b.Kind(); id != "" {
		var ok bool
		if k, ok = r.Kind(id); !ok {
			l.refer(at.Field("on"), id, kinds(r), "记录类型", "kind of record")
			return
		}
	} else if b.On != "class" || r.Credit == nil {
		l.add(at.Field("on"), "on 应为“record 记录类型”，有等级的名录也可为 class", "on is: record KIND, or class where entries have classes")
		return
	}
	if b.Run != nil && (k == nil || b.When == "" || b.Run.Least < 2 || b.Run.Least > register.MaxRun) {
		l.add(at.Field("run"), "run 用于有条件的记录，连续 2 至 %d 条", "run is for records with a condition, 2 to %d in a row", register.MaxRun)
	}
	if _, ok := r.Kind(b.For); b.For != "" && !ok {
		l.refer(at.Field("for"), b.For, kinds(r), "记录类型", "kind of record")
	}
	p, ok := l.procedures[b.Procedure]
	if !ok {
		l.refer(at.Field("procedure"), b.Procedure, slices.Sorted(maps.Keys(l.procedures)), "程序", "procedure")
		return
	}
	if p.SystemBegin() == "" {
		l.add(at.Field("procedure"), "程序“%s”没有由系统开始的动作（at: [new]，没有 by）", "the procedure %q has no action that the system begins a case with (at: [new], no by)", p.ID)
	}
	env, err := guard.NewEnv(variables(k))
	var more *guard.Env
	if err == nil {
		more, err = guard.NewEnv(append(variables(k), entries(r)...))
	}
	if err != nil {
		l.add(at, "不能建立表达式的环境：%v", "the expressions have no environment: %v", err)
		return
	}
	var test *guard.Expr
	if b.When != "" {
		test = express.Compile(&l.problems, env, at.Field("when"), b.When, guard.Bool)
	}
	values := make([]*guard.Expr, len(b.With))
	for i := range b.With {
		values[i] = l.given(at.Field("with").Item(i), p, r, k, &b.With[i], more)
	}
	b.Take(test, values)
}

// given checks one field that the case begins with.
func (l *linker) given(at source.Node, p *procedure.Procedure, r *register.Register, k *register.Kind, w *register.BeginWith, env *guard.Env) *guard.Expr {
	f, ok := p.Field(w.Field)
	switch {
	case !ok:
		var known []string
		for _, f := range p.Fields {
			known = append(known, f.ID)
		}
		l.refer(at.Field("field"), w.Field, known, "字段", "field")
		return nil
	case f.Kind() == 0 || f.Value != "":
		l.add(at.Field("field"), "字段“%s”不能由记录给出", "a record cannot give the field %q", f.ID)
		return nil
	}
	x := express.Compile(&l.problems, env, at.Field("to"), w.To, f.Kind())
	if x == nil {
		return x
	}
	open := func(prefix string, fields []register.Field) {
		for i := range fields {
			if from := &fields[i]; slices.Contains(x.Uses(), prefix+from.ID) && (prefix != "subject." || from.ID != "name") && opens(f, from) {
				l.add(at.Field("to"), "案件的字段“%[1]s”对更多的人公开，却来自字段“%[2]s”", "the field %[1]q of the case is open to more readers than %[2]q, from which it comes", f.ID, from.ID)
			}
		}
	}
	open("subject.", r.Fields)
	if k != nil {
		open("record.", k.Fields)
	}
	return x
}

// opens reports that a field of a procedure is open to more readers than a field of a
// register. The parties of a case have a purpose to read what is open for one.
func opens(to *procedure.Field, from *register.Field) bool {
	if to.Sealed || from.Level() == register.OpenPublic {
		return false
	}
	return to.Level() == procedure.OpenPublic || to.Level() == procedure.OpenStaff && from.Level() == register.OpenPurpose
}
