package procedure

import (
	"cmp"
	"regexp"
	"slices"

	"quanxiang/policy/codes"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// Names says what a procedure may refer to in the rest of its pack.
type Names struct {
	Units []string // ids of units and groups
	Roles []string // ids of roles

	Levels []string               // of areas
	Lists  map[string]*codes.List // by id
}

// index finds the parts of a procedure by id.
type index struct {
	fields, parties, states, actions, clocks, children, letters, measures map[string]int
}

// compiler holds one procedure while it is resolved and checked.
type compiler struct {
	*Procedure
	at       source.Node
	names    Names
	whole    *guard.Env // with the time of evaluation
	timeless *guard.Env
	problems source.Problems
	warnings source.Problems
}

// maxOpen bounds the sub-cases one action begins by number.
const maxOpen = 100

// Compile resolves and checks a decoded procedure and makes it ready to run.
// at is the file's root. What it refers to in other procedures is checked by
// Link. With problems the procedure cannot be used.
func Compile(p *Procedure, at source.Node, names Names) (problems, warnings source.Problems) {
	c := &compiler{Procedure: p, at: at, names: names}
	c.resolve()
	if len(c.problems) == 0 {
		c.compile()
	}
	if len(c.problems) == 0 {
		c.check()
	}
	return c.problems, c.warnings
}

// idForm is that of CEL's identifiers, in lower case.
var idForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// reserved are the names expressions and templates have for other things. A
// state is never a variable, so it may bear them.
var reserved = []string{New, "state", "since", "today", "now", "given", "times", "clock", "children", "entry", "serving", "area", "answers", "each", "nth", "item",
	"number", "deadline", "open"}

func (c *compiler) add(at source.Node, zh, en string, args ...any) {
	c.problems.Add(at.Pos(), zh, en, args...)
}

// number indexes a list by id, which must be well-formed, not reserved and
// unique within it.
func number[T any](c *compiler, list []T, key string, id func(T) string) map[string]int {
	out := map[string]int{}
	for i, v := range list {
		at := c.at.Field(key).Item(i).Field("id")
		switch name := id(v); {
		case name == "": // reported as missing
		case !idForm.MatchString(name):
			c.add(at, "编号“%s”应由小写字母、数字和下划线组成，以字母开头", "the id %q should be lower-case letters, digits and underscores, beginning with a letter", name)
		case name == New, key != "states" && (slices.Contains(reserved, name) || guard.Reserved(name)), key == "parties" && (name == string(Public) || name == string(Program)):
			c.add(at, "“%s”另有含义，不能作编号", "%q means something else and cannot be an id", name)
		default:
			if _, twice := out[name]; twice {
				c.add(at, "编号“%s”重复", "duplicate id %q", name)
			}
			out[name] = i
		}
	}
	return out
}

// resolve indexes everything and checks that every name leads somewhere.
func (c *compiler) resolve() {
	c.index = index{
		fields:   number(c, c.Fields, "fields", func(f Field) string { return f.ID }),
		parties:  number(c, c.Parties, "parties", func(p Party) string { return p.ID }),
		states:   number(c, c.States, "states", func(s State) string { return s.ID }),
		actions:  number(c, c.Actions, "actions", func(a Action) string { return a.ID }),
		clocks:   number(c, c.Clocks, "clocks", func(k Clock) string { return k.ID }),
		children: number(c, c.Children, "children", func(k Child) string { return k.ID }),
		letters:  number(c, c.Letters, "letters", func(l Letter) string { return l.ID }),
		measures: number(c, c.Measures, "measures", func(m Measure) string { return m.ID }),
	}
	number(c, c.Precedents, "precedents", func(r Precedent) string { return r.ID })
	number(c, c.Colours, "colours", func(k Colour) string { return k.ID })
	if c.Language != 0 && c.Language != guard.Language {
		c.add(c.at.Field("language"), "本程序只认识第 %d 版表达式语言", "this program knows version %d of the expression language only", guard.Language)
	}
	c.typed(c.at.Field("subject"), c.Subject, TextField)
	if c.field(c.Subject).Sealed {
		c.add(c.at.Field("subject"), "列表要显示的字段不能密封", "the field that names a case in lists cannot be sealed")
	}
	if c.Unit != "" {
		c.typed(c.at.Field("unit"), c.Unit, UnitField, UnitsField)
	}
	c.facets(c.at.Field("facets"), c.Facets)
	c.each(c.at.Field("publish"), c.Publish, c.index.states, "状态", "state")
	c.each(c.at.Field("quiet"), c.Quiet, c.index.states, "状态", "state")
	for i, s := range c.Quiet {
		if slices.Contains(c.Publish, s) {
			c.add(c.at.Field("quiet").Item(i), "状态“%s”既公开又保密", "the state %q is both published and quiet", s)
		}
	}
	c.optional(c.at.Field("due"), c.Due, c.index.clocks, "时钟", "clock")
	if c.Under != "" {
		c.typed(c.at.Field("under"), c.Under, TextField)
	}
	for i, k := range c.Children {
		c.each(c.at.Field("children").Item(i).Field("at"), k.At, c.index.states, "状态", "state")
	}
	c.each(c.at.Field("comments"), c.Comments, c.index.parties, "关系人", "party")
	for i := range c.Fields {
		c.Fields[i].list = c.names.Lists[c.Fields[i].Of]
	}
	for i, f := range c.Fields {
		c.resolveField(c.at.Field("fields").Item(i), f)
	}
	for i, p := range c.Parties {
		c.resolveWho(c.at.Field("parties").Item(i).Field("who"), p)
	}
	for i := range c.Actions {
		c.resolveAction(c.at.Field("actions").Item(i), &c.Actions[i])
	}
	for i, k := range c.Clocks {
		c.resolveClock(c.at.Field("clocks").Item(i), k)
	}
	for i, m := range c.Measures {
		c.resolveMeasure(c.at.Field("measures").Item(i), m)
	}
	c.resolveFigures()
	for i, s := range c.States { // clocks name both
		if _, both := c.index.actions[s.ID]; both && len(c.Clocks) > 0 {
			c.add(c.at.Field("states").Item(i), "“%s”既是状态又是动作", "%q is both a state and an action", s.ID)
		}
	}
	if c.Series != nil {
		c.resolveSeries(c.at.Field("series"), c.Series)
	}
	for i, r := range c.Precedents {
		c.resolvePrecedent(c.at.Field("precedents").Item(i), r)
	}
	if c.Intake != nil {
		c.resolveIntake(c.at.Field("intake"), c.Intake)
	}
	if c.Similar != nil {
		c.resolveSimilar(c.at.Field("similar"), c.Similar)
	}
	if c.Covers != nil {
		c.resolveCovers(c.at.Field("covers"), c.Covers)
	}
	if c.Earns != nil {
		c.resolveEarns(c.at.Field("earns"), c.Earns)
	}
	if it := c.Items; it != nil {
		at := c.at.Field("items")
		if it.Scope != "" && !slices.Contains([]string{"task", "indicator", "project"}, it.Scope) {
			c.add(at.Field("scope"), "scope 应为 task、indicator 或 project", "scope should be task, indicator or project")
		}
		for i, s := range it.With {
			c.oneOf(at.Field("with").Item(i).Field("field"), s.Field, c.index.fields, "字段", "field")
		}
	}
	if (c.Items != nil || c.Series != nil) && c.SystemBegin() == "" {
		c.add(c.at.Field("actions"), "没有由系统开始案件的动作（at: [new]，没有 by）", "no action lets the system begin a case (at: [new], no by)")
	}
}

func (c *compiler) resolveWho(at source.Node, p Party) {
	for _, t := range slices.Concat(p.Who.Plus, p.Who.Minus) {
		switch t.Kind {
		case Post:
			switch {
			case t.Unit.ID != "":
				c.refer(at, t.Unit.ID, c.names.Units, "单位", "unit")
			case t.Unit.Area != "":
				c.typed(at, t.Unit.Area, AreaField)
			default:
				c.typed(at, t.Unit.Field, UnitField, UnitsField, AreaField)
			}
			if t.Role != "" {
				c.refer(at, t.Role, c.names.Roles, "角色", "role")
			}
		case Holds:
			c.typed(at, t.Name, PostField, PostsField)
		case Person:
			c.typed(at, t.Name, PersonField, PersonsField)
		case Holder:
			c.typed(at, t.Name, ContactField, SubjectField)
		case Did:
			c.oneOf(at, t.Name, c.index.actions, "动作", "action")
		case Among:
			c.oneOf(at, t.Name, c.index.parties, "关系人", "party")
		}
	}
	for _, t := range p.Who.Minus {
		if t.Kind == Holder { // a holder is known by what they show, not as a person
			c.add(at, "不能排除联系方式的主人：系统不知道他是谁", "the holder of a contact cannot be taken away: nobody knows which person it is")
		}
	}
}

func (c *compiler) resolveAction(at source.Node, a *Action) {
	if slices.Equal(a.At, []string{"*"}) { // every state in which the case has not ended
		a.At = nil
		for _, s := range c.States {
			if !s.Kind.Ended() {
				a.At = append(a.At, s.ID)
			}
		}
	} else {
		for i, s := range a.At {
			if s != New {
				c.oneOf(at.Field("at").Item(i), s, c.index.states, "状态", "state")
			}
		}
		if slices.Contains(a.At, New) && (len(a.At) > 1 || a.To == "") {
			c.add(at.Field("at"), "开始案件的动作只能在 new，并应有 to", "an action that begins a case is at new alone and has a to")
		}
		if slices.Contains(a.At, New) && (len(a.Approve) > 0 || a.Together != nil || a.Extend != nil) {
			c.add(at, "案件还没有开始，不能要人同意、几人同做或延长时钟", "before a case exists nobody can agree, join or extend a clock")
		}
	}
	c.optional(at.Field("to"), a.To, c.index.states, "状态", "state")
	c.each(at.Field("by"), a.By, c.index.parties, "关系人", "party")
	c.each(at.Field("approve"), a.Approve, c.index.parties, "关系人", "party")
	c.each(at.Field("notify"), a.Notify, c.index.parties, "关系人", "party")
	c.each(at.Field("clear"), a.Clear, c.index.fields, "字段", "field")
	c.each(at.Field("unseal"), a.Unseal, c.index.fields, "字段", "field")
	c.optional(at.Field("letter"), a.Letter, c.index.letters, "文书", "letter")
	for i, f := range a.Unseal {
		if _, ok := c.index.fields[f]; ok && !c.field(f).Sealed {
			c.add(at.Field("unseal").Item(i), "字段“%s”没有密封", "the field %q is not sealed", f)
		}
	}
	for i, ask := range a.Asks {
		n := at.Field("asks").Item(i)
		if slices.ContainsFunc(a.Asks[:i], func(b Ask) bool { return b.Field == ask.Field && b.Field != "" }) {
			c.add(n, "“%s”重复", "%q is listed twice", ask.Field)
		}
		if c.oneOf(n, ask.Field, c.index.fields, "字段", "field"); c.field(ask.Field).Value != "" {
			c.add(n, "字段“%s”由公式得出，不能填写", "the field %q is worked out and cannot be filled in", ask.Field)
		}
	}
	c.resolveSuggest(at, a)
	c.resolveSite(at, a)
	for i, s := range a.Set {
		c.oneOf(at.Field("set").Item(i).Field("field"), s.Field, c.index.fields, "字段", "field")
	}
	if t := a.Together; t != nil {
		c.each(at.Field("together").Field("of"), t.Of, c.index.parties, "关系人", "party")
		if most := t.most(); t.Need < 2 || t.Need > most {
			c.add(at.Field("together").Field("need"), "need 应在 2 到 %d 之间", "need should be from 2 to %d", most)
		}
	}
	if e := a.Extend; e != nil {
		c.oneOf(at.Field("extend").Field("clock"), e.Clock, c.index.clocks, "时钟", "clock")
		if count(e.Field != "", e.By.N > 0, e.Part != 0) != 1 {
			c.add(at.Field("extend"), "延长应写 by、field、part 之一", "an extension has exactly one of by, field, part")
		}
		if e.Part < 0 || e.Part > 1000 {
			c.add(at.Field("extend").Field("part"), "part 应为 1 到 1000 的百分数", "part is a per cent from 1 to 1000")
		}
		if e.Field != "" {
			c.typed(at.Field("extend").Field("field"), e.Field, IntegerField)
		}
	}
	for i, o := range a.Open {
		n := at.Field("open").Item(i)
		c.oneOf(n.Field("child"), o.Child, c.index.children, "子案", "sub-case")
		if o.Each != "" {
			c.typed(n.Field("each"), o.Each, UnitsField)
		}
		if o.Times != "" {
			c.typed(n.Field("times"), o.Times, IntegerField)
			if f := c.field(o.Times); f.Max == nil || *f.Max > maxOpen {
				c.add(n.Field("times"), "字段“%[1]s”应有不超过 %[2]d 的 max", "the field %[1]q should have a max of %[2]d at most", o.Times, maxOpen)
			}
		}
		if o.Each != "" && o.Times != "" {
			c.add(n, "each 与 times 只能用一个", "each and times exclude each other")
		}
	}
	if a.Merge != "" {
		c.typed(at.Field("merge"), a.Merge, CaseField)
	}
	c.resolveAuto(at, a)
}

func (c *compiler) resolveAuto(at source.Node, a *Action) {
	if a.Auto == nil {
		if len(a.By) == 0 && a.Together == nil && !slices.Contains(a.At, New) { // a parent or a series begins a case too
			c.add(at, "动作应有 by、together 或 auto：没有人能做", "an action has by, together or auto: nobody can do this one")
		}
		return
	}
	n := at.Field("auto")
	if count(a.Auto.After.N > 0, a.Auto.At != "", a.Auto.Late != "", a.Auto.When != "") != 1 {
		c.add(n, "auto 应写 after、at、late、when 之一", "auto has exactly one of after, at, late, when")
	}
	if a.Auto.At != "" {
		c.typed(n.Field("at"), a.Auto.At, DateField, InstantField)
	}
	c.optional(n.Field("late"), a.Auto.Late, c.index.clocks, "时钟", "clock")
	if slices.Contains(a.At, New) || len(a.Approve) > 0 || a.Together != nil {
		c.add(n, "开始案件、要人同意或要几人同做的动作不能自动", "an action that begins a case or needs several persons is not done by itself")
	}
	for i, ask := range a.Asks {
		if ask.Required {
			c.add(at.Field("asks").Item(i), "自动动作不能要求填写字段", "an action done by itself cannot ask for a field")
		}
	}
	if a.Auto.When != "" && (a.To == "" || slices.Contains(a.At, a.To)) {
		c.add(n.Field("when"), "按条件自动的动作应离开当前状态，否则会一直重复", "an action done on a condition leaves its state, or it would be done for ever")
	}
}

// count is how many of some things are true.
func count(things ...bool) (n int) {
	for _, is := range things {
		if is {
			n++
		}
	}
	return n
}

// oneOf reports a name that is in no index.
func (c *compiler) oneOf(at source.Node, name string, in map[string]int, zh, en string) {
	if _, ok := in[name]; ok || name == "" {
		return
	}
	known := make([]string, 0, len(in))
	for k := range in {
		known = append(known, k)
	}
	slices.Sort(known)
	c.refer(at, name, known, zh, en)
}

func (c *compiler) optional(at source.Node, name string, in map[string]int, zh, en string) {
	if name != "" {
		c.oneOf(at, name, in, zh, en)
	}
}

func (c *compiler) each(at source.Node, names []string, in map[string]int, zh, en string) {
	for i, n := range names {
		if c.oneOf(at.Item(i), n, in, zh, en); slices.Contains(names[:i], n) {
			c.add(at.Item(i), "“%s”重复", "%q is listed twice", n)
		}
	}
}

func (c *compiler) refer(at source.Node, name string, known []string, zh, en string) {
	if name != "" && !slices.Contains(known, name) {
		c.problems.AddGuess(at.Pos(), source.Suggest(name, known), "没有%[2]s“%[1]s”", "there is no %[3]s %[1]q", name, zh, en)
	}
}

// typed reports a name that is no field of one of the types.
func (c *compiler) typed(at source.Node, name string, types ...FieldType) {
	i, ok := c.index.fields[name]
	if !ok {
		c.oneOf(at, name, c.index.fields, "字段", "field")
		return
	}
	if f := c.Fields[i]; f.Type != "" && !slices.Contains(types, f.Type) {
		c.add(at, "字段“%[1]s”应为 %[2]s 类型，现在是 %[3]s", "the field %[1]q should be of type %[2]s, not %[3]s", name, string(types[0]), string(f.Type))
	}
}

func (c *compiler) field(id string) Field {
	if i, ok := c.index.fields[id]; ok {
		return c.Fields[i]
	}
	return Field{}
}

// SystemBegin is the action by which the system begins a case, for a parent, a
// series or an item of the library; "" if there is none.
func (p *Procedure) SystemBegin() string {
	for _, a := range p.Actions {
		if slices.Contains(a.At, New) && len(a.By) == 0 {
			return a.ID
		}
	}
	return ""
}

// Field is the field with an id.
func (p *Procedure) Field(id string) (*Field, bool) { return pick(p.Fields, p.index.fields, id) }

// Party is the party with an id.
func (p *Procedure) Party(id string) (*Party, bool) { return pick(p.Parties, p.index.parties, id) }

// State is the state with an id.
func (p *Procedure) State(id string) (*State, bool) { return pick(p.States, p.index.states, id) }

// Action is the action with an id.
func (p *Procedure) Action(id string) (*Action, bool) { return pick(p.Actions, p.index.actions, id) }

// Clock is the clock with an id.
func (p *Procedure) Clock(id string) (*Clock, bool) { return pick(p.Clocks, p.index.clocks, id) }

// Child is the kind of sub-case with an id.
func (p *Procedure) Child(id string) (*Child, bool) { return pick(p.Children, p.index.children, id) }

// Letter is the letter with an id.
func (p *Procedure) Letter(id string) (*Letter, bool) { return pick(p.Letters, p.index.letters, id) }

// pick finds an element of a compiled list, which nobody may change.
func pick[T any](list []T, in map[string]int, id string) (*T, bool) {
	i, ok := in[id]
	if !ok {
		return nil, false
	}
	return &list[i], true
}

// Level is who may read the field.
func (f *Field) Level() Openness { return cmp.Or(f.Open, OpenCase) }

// Who is the parties the action is for.
func (a *Action) Who() []string {
	if a.Together != nil {
		return a.Together.Of
	}
	return a.By
}

// List is the list of the pack whose entries an entry field holds, else nil.
func (f *Field) List() *codes.List { return f.list }

// Over is the field with the list its entries are of; other files of a pack have
// fields that are read as those of procedures are.
func (f Field) Over(list *codes.List) *Field {
	f.list = list
	return &f
}

// Kind is how expressions see the field's value; 0 if they may not.
func (f *Field) Kind() guard.Kind { return typeFacts[f.Type].kind }

// Terms is a party with its references to other parties opened: who belongs to
// it, and who is left out.
func (p *Procedure) Terms(party string) (plus, minus []Term) {
	i, ok := p.index.parties[party]
	if !ok {
		return nil, nil
	}
	return p.opened[i][0], p.opened[i][1]
}
