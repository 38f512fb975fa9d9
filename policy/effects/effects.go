// Package effects links procedures and registers: what actions write into registers,
// and which cases begin when records and classes change. See docs/spec/procedure.md,
// section 6.9, and docs/spec/registers.md, section 6.
package effects

import (
	"maps"
	"slices"

	"quanxiang/policy/express"
	"quanxiang/policy/procedure"
	"quanxiang/policy/procedure/entering"
	"quanxiang/policy/register"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// File is a part of a pack with the root of its file.
type File[T any] struct {
	Value T
	At    source.Node
}

// Names says what the two may refer to in the rest of the pack.
type Names struct {
	Levels []string // of areas
	Units  []string
}

// Link checks what compiled procedures and registers say of each other, and makes the
// expressions ready.
func Link(procedures []File[*procedure.Procedure], registers []File[*register.Register], names Names) source.Problems {
	l := &linker{names: names, registers: map[string]*register.Register{}, procedures: map[string]*procedure.Procedure{}}
	for _, r := range registers {
		l.registers[r.Value.ID] = r.Value
	}
	for _, p := range procedures {
		l.procedures[p.Value.ID] = p.Value
	}
	for _, p := range procedures {
		l.procedure(p.At, p.Value)
	}
	for _, r := range registers {
		for i := range r.Value.Begins {
			l.begin(r.At.Field("begins").Item(i), r.Value, &r.Value.Begins[i])
		}
	}
	return l.problems
}

type linker struct {
	names      Names
	registers  map[string]*register.Register
	procedures map[string]*procedure.Procedure
	problems   source.Problems
}

func (l *linker) add(at source.Node, zh, en string, args ...any) {
	l.problems.Add(at.Pos(), zh, en, args...)
}

// refer reports a name that is not among those known.
func (l *linker) refer(at source.Node, name string, known []string, zh, en string) {
	l.problems.AddGuess(at.Pos(), source.Suggest(name, known), "没有%[2]s“%[1]s”", "there is no %[3]s %[1]q", name, zh, en)
}

// register finds a register by name, or reports that there is none.
func (l *linker) register(at source.Node, id string) *register.Register {
	r, ok := l.registers[id]
	if !ok && id != "" {
		l.refer(at, id, slices.Sorted(maps.Keys(l.registers)), "名录", "register")
	}
	return r
}

// procedure checks the registers a procedure refers to.
func (l *linker) procedure(at source.Node, p *procedure.Procedure) {
	for i := range p.Fields {
		if f := &p.Fields[i]; f.Type == procedure.SubjectField {
			l.register(at.Field("fields").Item(i).Field("of"), f.Of)
		}
	}
	if p.Series != nil && p.Series.Register() != "" {
		l.series(at.Field("series"), p, p.Series)
	}
	var env *guard.Env
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Judge != nil {
			l.judge(at.Field("actions").Item(i).Field("judge"), p, a, a.Judge)
		}
		for j := range a.Enter {
			if env == nil {
				var err error
				if env, err = p.Env(l.names.Levels, guard.Var{Name: entering.NumberVar, Kind: guard.Text}); err != nil {
					l.add(at, "不能建立表达式的环境：%v", "the expressions have no environment: %v", err)
					return
				}
			}
			n := at.Field("actions").Item(i).Field("enter").Item(j)
			l.enter(n, p, &a.Enter[j], env)
			if a.At[0] == procedure.New && a.Enter[j].Uses(entering.NumberVar) {
				l.add(n, "案件开始时还没有编号", "a case has no number yet when it begins")
			}
		}
	}
}

// enter checks one thing an action writes.
func (l *linker) enter(at source.Node, p *procedure.Procedure, e *entering.Enter, env *guard.Env) {
	reg := l.register(at.Field("register"), e.Register)
	if reg == nil {
		return
	}
	maybe := func(key, text string, want guard.Kind) *guard.Expr {
		if text == "" {
			return nil
		}
		return express.Compile(&l.problems, env, at.Field(key), text, want)
	}
	ready := entering.Ready{Test: maybe("if", e.If, guard.Bool), Until: maybe("until", e.Until, guard.Date), Reason: maybe("withdraw", e.Withdraw, guard.Text)}
	fields := reg.Fields
	var kind *register.Kind
	if e.Record != "" {
		k, ok := reg.Kind(e.Record)
		if !ok {
			l.refer(at.Field("record"), e.Record, kinds(reg), "记录类型", "kind of record")
			return
		}
		kind, fields = k, k.Fields
	}
	l.form(at, p, e, kind)
	for i := range e.With {
		x, from := l.value(at.Field("with").Item(i), p, reg, fields, &e.With[i], env)
		ready.With, ready.From = append(ready.With, x), append(ready.From, from)
	}
	if e.Act() == entering.Write && !e.Amend {
		for _, f := range fields {
			if f.Required && !slices.ContainsFunc(e.With, func(v entering.Value) bool { return v.Field == f.ID }) {
				l.add(at.Field("with"), "没有给出必填的字段“%s”", "the required field %q is not given", f.ID)
			}
		}
	}
	e.Take(ready)
}

func kinds(r *register.Register) (list []string) {
	for _, k := range r.Kinds {
		list = append(list, k.ID)
	}
	return list
}

// form checks that an Enter has the keys of what it does and no others.
func (l *linker) form(at source.Node, p *procedure.Procedure, e *entering.Enter, kind *register.Kind) {
	forms := 0
	for _, is := range []bool{e.Until != "", e.Withdraw != "", e.Contest != ""} {
		if is {
			forms++
		}
	}
	if forms > 1 {
		l.add(at, "until、withdraw、contest 只能用一个", "until, withdraw and contest exclude each other")
	}
	if e.Amend && (kind != nil || e.Act() != entering.Write) {
		l.add(at.Field("amend"), "amend 用于写入条目", "amend is for an entry that is written")
	}
	if forms > 0 && (len(e.With) > 0 || e.Subject != "") {
		l.add(at, "subject 与 with 只用于写入", "subject and with are for what is entered")
	}
	switch e.Act() {
	case entering.Write:
		l.typed(at.Field("subject"), p, e.Subject, procedure.TextField, procedure.SubjectField)
		l.typed(at.Field("unit"), p, e.Unit, procedure.UnitField)
		if f, ok := p.Field(e.Subject); ok && f.Type == procedure.SubjectField && f.Of != e.Register {
			l.add(at.Field("subject"), "字段“%s”是另一个名录的", "the field %q is of another register", e.Subject)
		}
		if e.Of != "" {
			l.add(at.Field("of"), "of 不用于写入", "of is not for what is entered")
		}
	case entering.End:
		if kind == nil || kind.Until == "" {
			l.add(at.Field("until"), "这类记录没有截止日期", "records of this kind have no last day")
		}
	case entering.Mark, entering.Unmark:
		if e.Of == "" {
			l.add(at, "contest 应有 of：是哪一条记录", "contest has of: which record it is")
		}
	}
	if e.Act() != entering.Write && kind == nil && e.Of == "" {
		l.add(at, "应写明 record 或 of：是哪类记录，或哪一条", "it has record or of: which kind of record, or which one")
	}
	if e.Of != "" {
		l.typed(at.Field("of"), p, e.Of, procedure.TextField)
		l.typed(at.Field("unit"), p, e.Unit, procedure.UnitField)
	}
}

// typed checks that a field is there and of one of the types.
func (l *linker) typed(at source.Node, p *procedure.Procedure, id string, types ...procedure.FieldType) {
	f, ok := p.Field(id)
	switch {
	case !ok:
		var known []string
		for _, f := range p.Fields {
			known = append(known, f.ID)
		}
		l.refer(at, id, known, "字段", "field")
	case !slices.Contains(types, f.Type):
		l.add(at, "字段“%[1]s”应为 %[2]s 类型，现在是 %[3]s", "the field %[1]q should be of type %[2]s, not %[3]s", id, string(types[0]), string(f.Type))
	}
}

// value checks one field that is written and returns its expression, and the field it
// is a copy of.
func (l *linker) value(at source.Node, p *procedure.Procedure, reg *register.Register, fields []register.Field, v *entering.Value, env *guard.Env) (x *guard.Expr, from string) {
	i := slices.IndexFunc(fields, func(f register.Field) bool { return f.ID == v.Field })
	if i < 0 {
		var known []string
		for _, f := range fields {
			known = append(known, f.ID)
		}
		if v.Field != "" {
			l.refer(at.Field("field"), v.Field, known, "名录的字段", "field of the register")
		}
		return nil, ""
	}
	f := &fields[i]
	if f.Form().Kind() == 0 {
		l.add(at.Field("field"), "案件不能给出 %s 类型的字段", "a case cannot give a field of type %s", string(f.Type))
		return nil, ""
	}
	if x = express.Compile(&l.problems, env, at.Field("to"), v.To, f.Form().Kind()); x == nil {
		return nil, ""
	}
	if g, ok := p.Field(x.Shape().Name); ok {
		from = g.ID
		if f.Type == procedure.ChoiceField {
			for _, o := range g.Options {
				if !slices.ContainsFunc(f.Options, func(p register.Option) bool { return p.ID == o.ID }) {
					l.add(at.Field("to"), "名录的字段“%[1]s”没有选项“%[2]s”", "the field %[1]q of the register has no option %[2]q", f.ID, o.ID)
				}
			}
		}
	}
	for _, name := range x.Uses() {
		if g, ok := p.Field(name); ok && wider(f, g) {
			l.add(at.Field("to"), "名录“%[1]s”的字段“%[2]s”对更多的人公开，却来自字段“%[3]s”", "the field %[2]q of the register %[1]q is open to more readers than %[3]q, from which it comes", reg.ID, f.ID, g.ID)
		}
	}
	return x, from
}

// wider reports that a field of a register is open to more readers than a field of a
// procedure. The purpose for which somebody reads a register is recorded, so that
// what the parties of a case read may go there; what only named ones read may not.
func wider(to *register.Field, from *procedure.Field) bool {
	if from.Sealed {
		return true
	}
	switch to.Level() {
	case register.OpenPublic:
		return from.Level() != procedure.OpenPublic
	case register.OpenStaff:
		return from.Level() != procedure.OpenPublic && from.Level() != procedure.OpenStaff
	}
	return from.Level() == procedure.OpenNamed
}
