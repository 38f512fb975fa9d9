package supply

import (
	"maps"
	"slices"
	"strings"

	"quanxiang/policy/express"
	"quanxiang/policy/register"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
	"quanxiang/rules/ir"
)

// Names says what the file may refer to in the rest of the pack.
type Names struct {
	Registers map[string]*register.Register
	Rules     *ir.Program
}

// Compile checks a decoded file and makes it ready. at is its root.
func Compile(f *File, at source.Node, names Names) source.Problems {
	c := &compiler{names: names}
	for i := range f.Sources {
		s, node := &f.Sources[i], at.Field("sources").Item(i)
		if slices.ContainsFunc(f.Sources[:i], func(o Source) bool { return o.For == s.For && o.Fact == s.Fact }) {
			c.add(node.Field("fact"), "事实“%s”已有来源", "the fact %q has a source already", s.Fact)
		}
		c.source(node, s)
	}
	return c.problems
}

type compiler struct {
	names    Names
	problems source.Problems
}

func (c *compiler) add(at source.Node, zh, en string, args ...any) {
	c.problems.Add(at.Pos(), zh, en, args...)
}

func (c *compiler) missing(at source.Node, name string, known []string, zh, en string) {
	c.problems.AddGuess(at.Pos(), source.Suggest(name, known), "没有%[2]s“%[1]s”", "there is no %[3]s %[1]q", name, zh, en)
}

// source checks one source.
func (c *compiler) source(at source.Node, s *Source) {
	fact := c.fact(at, s)
	if !c.place(at, s) || fact == nil {
		return // what it reads is unknown
	}
	c.shape(at, s, fact)
	env, err := guard.NewEnv(c.vars(s))
	if err != nil {
		c.add(at, "字段名不能用在表达式里：%v", "a field's name does not go into expressions: %v", err)
		return
	}
	compile := func(key, text string, e *guard.Env, want guard.Kind) *guard.Expr {
		if text == "" || e == nil {
			return nil
		}
		return express.Compile(&c.problems, e, at.Field(key), text, want)
	}
	own, err := guard.NewEnv(entryVars(s.register))
	if err != nil {
		c.add(at, "字段名不能用在表达式里：%v", "a field's name does not go into expressions: %v", err)
		return
	}
	s.entries = compile("entries", s.Entries, own, guard.Bool)
	s.when = compile("when", s.When, env, guard.Bool)
	if s.With != nil {
		before, err := guard.NewEnv(append(entryVars(s.register), recordVars(s.kind)...))
		if err == nil {
			s.key = express.Compile(&c.problems, before, at.Field("with").Field("key"), s.With.Key, guard.Text)
		}
	}
	if want, ok := kinds[fact.Type]; ok && s.Value != "" {
		s.value = compile("value", s.Value, env, want)
	}
	for i := range s.Columns {
		c.column(at.Field("columns").Item(i), s, fact, &s.Columns[i], env)
	}
	s.level = levelOf(s)
}

// levelOf is the narrowest level of the fields a source reads.
func levelOf(s *Source) register.Openness {
	level := register.OpenPublic
	narrow := func(f *register.Field, ok bool) {
		if ok && (f.Level() == register.OpenPurpose || f.Level() == register.OpenStaff && level == register.OpenPublic) {
			level = f.Level()
		}
	}
	list := []*guard.Expr{s.entries, s.when, s.value, s.key}
	for i := range s.Columns {
		list = append(list, s.Columns[i].value)
	}
	for _, x := range list {
		if x == nil {
			continue
		}
		for _, name := range x.Uses() {
			if id, ok := strings.CutPrefix(name, OfEntry); ok {
				narrow(s.register.Field(id))
			} else if id, ok := strings.CutPrefix(name, OfRecord); ok {
				narrow(s.kind.Field(id))
			} else if id, ok := strings.CutPrefix(name, OfWith); ok {
				narrow(s.join.Field(id))
			}
		}
	}
	return level
}

// kinds are the kinds of expressions that give a value of a fact.
var kinds = map[ir.Type]guard.Kind{ir.Bool: guard.Bool, ir.Money: guard.Int, ir.Count: guard.Int, ir.Ratio: guard.Int, ir.Date: guard.Date, ir.Choice: guard.Text, ir.Text: guard.Text}

// fact finds the fact in the rule files.
func (c *compiler) fact(at source.Node, s *Source) *ir.FieldInfo {
	if c.names.Rules == nil {
		c.add(at, "没有规则文件，事实无处可用", "there are no rule files that could use a fact")
		return nil
	}
	p := c.names.Rules
	input := p.Input(s.For)
	if input == ir.None {
		c.missing(at.Field("for"), s.For, p.Inputs, "申报者", "kind of applicant")
		return nil
	}
	i := p.FieldOf(input, "", s.Fact)
	if i == ir.None {
		var known []string
		for _, f := range p.Fields {
			if f.Input == input && f.Column == ir.None {
				known = append(known, f.Name)
			}
		}
		c.missing(at.Field("fact"), s.Fact, known, "事实", "fact")
		return nil
	}
	return &p.Fields[i]
}

// place finds the register, the kind of record and what is looked up.
func (c *compiler) place(at source.Node, s *Source) bool {
	ids := slices.Sorted(maps.Keys(c.names.Registers))
	if s.register = c.names.Registers[s.Register]; s.register == nil {
		c.missing(at.Field("register"), s.Register, ids, "名录", "register")
		return false
	}
	if s.By != "" && !slices.Contains(s.register.Aliases, s.By) {
		c.missing(at.Field("by"), s.By, s.register.Aliases, "可查找的字段", "field by which entries are found")
		return false
	}
	if s.Record != "" {
		k, ok := s.register.Kind(s.Record)
		if !ok {
			var known []string
			for _, k := range s.register.Kinds {
				known = append(known, k.ID)
			}
			c.missing(at.Field("record"), s.Record, known, "记录类型", "kind of record")
			return false
		}
		s.kind = k
		if _, ok := k.Field(s.Once); s.Once != "" && !ok {
			c.add(at.Field("once"), "这类记录没有字段“%s”", "this kind of record has no field %q", s.Once)
		}
	} else if s.During != "" || s.Once != "" {
		c.add(at, "during 和 once 说的是记录，应写明 record", "during and once are of records: name the kind of record")
	}
	if s.With != nil {
		if s.join = c.names.Registers[s.With.Register]; s.join == nil {
			c.missing(at.Field("with").Field("register"), s.With.Register, ids, "名录", "register")
			return false
		}
	}
	return true
}

// shape checks that the fact can hold what is taken.
func (c *compiler) shape(at source.Node, s *Source, fact *ir.FieldInfo) {
	fits := map[Take][]ir.Type{Any: {ir.Bool}, Count: {ir.Count}, Sum: {ir.Count, ir.Money}, Latest: {ir.Bool, ir.Money, ir.Count, ir.Ratio, ir.Date, ir.Choice, ir.Text}, All: {ir.List}}
	if s.Take != "" && !slices.Contains(fits[s.Take], fact.Type) {
		c.add(at.Field("take"), "事实“%[1]s”的类型不能这样得到", "the fact %[1]q has a type that cannot be worked out in this way", s.Fact)
	}
	if needs := s.Take == Sum || s.Take == Latest; needs != (s.Value != "") {
		c.add(at, "sum 和 latest 应有 value，其他没有", "sum and latest have a value, the others have none")
	}
	if s.Else != "" && (s.Take != Latest || fact.Type != ir.Choice || !slices.Contains(fact.Choices, s.Else)) {
		c.add(at.Field("else"), "else 应是这个事实的一个选项", "else is one of the choices of the fact")
	}
	if (s.Take == All) != (len(s.Columns) > 0) {
		c.add(at, "list 应有 columns，其他没有", "a list has columns, the others have none")
	}
}

// column checks a field of a list.
func (c *compiler) column(at source.Node, s *Source, fact *ir.FieldInfo, col *Column, env *guard.Env) {
	i := c.names.Rules.FieldOf(fact.Input, s.Fact, col.Field)
	if i == ir.None {
		c.add(at.Field("field"), "清单“%[2]s”的项没有“%[1]s”", "an entry of the list %[2]q has no %[1]q", col.Field, s.Fact)
		return
	}
	if want, ok := kinds[c.names.Rules.Fields[i].Type]; ok {
		col.value = express.Compile(&c.problems, env, at.Field("value"), col.Value, want)
	}
}

// vars are what the expressions of a source read.
func (c *compiler) vars(s *Source) []guard.Var {
	vars := append(entryVars(s.register), recordVars(s.kind)...)
	if s.join != nil {
		vars = append(append(vars, fieldVars(OfWith, s.join.Fields)...), guard.Var{Name: VarFound, Kind: guard.Bool})
	}
	return vars
}

func entryVars(r *register.Register) []guard.Var {
	return append(fieldVars(OfEntry, r.Fields), guard.Var{Name: VarKey, Kind: guard.Text}, guard.Var{Name: VarYear, Kind: guard.Int}, guard.Var{Name: VarDay, Kind: guard.Date})
}

func recordVars(k *register.Kind) []guard.Var {
	if k == nil {
		return nil
	}
	vars := fieldVars(OfRecord, k.Fields)
	for _, v := range []string{VarOn, VarUntil} { // unless a field has the name, and says the same
		if !slices.ContainsFunc(vars, func(o guard.Var) bool { return o.Name == v }) {
			vars = append(vars, guard.Var{Name: v, Kind: guard.Date})
		}
	}
	return vars
}

func fieldVars(prefix string, fields []register.Field) (vars []guard.Var) {
	for i := range fields {
		if k := KindOf(&fields[i]); k != 0 {
			vars = append(vars, guard.Var{Name: prefix + fields[i].ID, Kind: k})
		}
	}
	return vars
}
