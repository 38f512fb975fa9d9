package inspection

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"quanxiang/draw/design"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// Names says what the file may refer to in the rest of the pack.
type Names struct {
	Units      []string
	Procedures map[string]*procedure.Procedure
	Registers  map[string]*register.Register
}

var (
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	numberForm = regexp.MustCompile(`^[A-Za-z0-9.]{1,20}$`)
)

// The fields that registers of items and inspectors have, and the kinds of records
// about inspectors: what the program reads of them. docs/spec/inspections.md says what
// each means.
var (
	itemFields = map[string]procedure.FieldType{"title": procedure.TextField, "unit": procedure.UnitField, "subject": procedure.ChoiceField, "mode": procedure.ChoiceField,
		"share": procedure.IntegerField, "times": procedure.IntegerField, "from": procedure.DateField, "until": procedure.DateField}
	inspectorFields = map[string]procedure.FieldType{"name": procedure.TextField, "unit": procedure.UnitField, "login": procedure.TextField, "issued": procedure.DateField,
		"expires": procedure.DateField, "street": procedure.AreaField, "district": procedure.BoolField}
	inspectorKinds = map[string]map[string]procedure.FieldType{
		"qualification": {"item": procedure.TextField},
		"leave":         {"from": procedure.DateField, "to": procedure.DateField},
		"conflict":      {"firm": procedure.TextField},
	}
)

// The fields and acts of the procedure by which visits run: what the program fills in,
// reads and does of them.
var (
	visitFields = map[string][]procedure.FieldType{"subject_name": {procedure.TextField}, "subject": {procedure.TextField, procedure.SubjectField}, "uid": {procedure.TextField},
		"plan": {procedure.TextField}, "street": {procedure.AreaField}, "unit": {procedure.UnitField}, "units": {procedure.UnitsField}, "team": {procedure.PersonsField},
		"leader": {procedure.PersonField}, "from": {procedure.DateField}, "until": {procedure.DateField}, "checks": {procedure.ChecklistField}, "outcome": {procedure.ChoiceField},
		"door": {procedure.ContactField}, "remarks": {procedure.ParagraphField}, "complaint": {procedure.ParagraphField}}
	visitActs = []string{"check_in", "record", "fail", "publish", "replace", "call_off", "say", "complain"}
)

// Compile checks a decoded file. at is its root.
func Compile(r *Rules, at source.Node, names Names) (problems, warnings source.Problems) {
	c := &compiler{Rules: r, at: at, names: names}
	if r.Number != "" && !numberForm.MatchString(r.Number) {
		c.add(at.Field("number"), "number 应由字母、数字和点组成，至多 20 个", "number is letters, digits and dots, at most 20")
	}
	c.refer(at.Field("office"), r.Office, names.Units, "单位", "unit")
	c.visit()
	c.departments()
	c.registers()
	c.limits()
	if r.subjects != nil {
		c.expressions()
	}
	c.english()
	return c.problems, c.warnings
}

type compiler struct {
	*Rules
	at       source.Node
	names    Names
	problems source.Problems
	warnings source.Problems
}

func (c *compiler) add(at source.Node, zh, en string, args ...any) {
	c.problems.Add(at.Pos(), zh, en, args...)
}

func (c *compiler) refer(at source.Node, name string, known []string, zh, en string) {
	if name != "" && !slices.Contains(known, name) {
		c.problems.AddGuess(at.Pos(), source.Suggest(name, known), "没有%[2]s“%[1]s”", "there is no %[3]s %[1]q", name, zh, en)
	}
}

// visit checks that the procedure of visits has what the program reads and does.
func (c *compiler) visit() {
	at := c.at.Field("procedure")
	p, ok := c.names.Procedures[c.Procedure]
	if !ok {
		c.refer(at, c.Procedure, slices.Sorted(maps.Keys(c.names.Procedures)), "程序", "procedure")
		return
	}
	for _, id := range slices.Sorted(maps.Keys(visitFields)) {
		if f, ok := p.Field(id); !ok || !slices.Contains(visitFields[id], f.Type) {
			c.add(at, "程序“%[1]s”应有 %[3]s 类型的字段“%[2]s”", "the procedure %[1]q has no field %[2]q of type %[3]s", p.ID, id, string(visitFields[id][0]))
		}
	}
	for _, id := range visitActs {
		if _, ok := p.Action(id); !ok {
			c.add(at, "程序“%[1]s”应有操作“%[2]s”", "the procedure %[1]q has no action %[2]q", p.ID, id)
		}
	}
}

func (c *compiler) departments() {
	for i, d := range c.Departments {
		at := c.at.Field("departments").Item(i)
		c.refer(at.Field("unit"), d.Unit, c.names.Units, "单位", "unit")
		if d.Number < 0 {
			c.add(at.Field("number"), "编号应为正整数", "a number is a positive integer")
		}
		if slices.ContainsFunc(c.Departments[:i], func(b Department) bool { return b.Unit == d.Unit || b.Number == d.Number }) {
			c.add(at, "部门或编号重复", "the department or its number is listed twice")
		}
	}
}

// register finds a register and looks for the fields it must have.
func (c *compiler) register(key, id string, fields map[string]procedure.FieldType) *register.Register {
	r, ok := c.names.Registers[id]
	if !ok {
		c.refer(c.at.Field(key), id, slices.Sorted(maps.Keys(c.names.Registers)), "名录", "register")
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if f, ok := r.Field(name); !ok || f.Type != fields[name] {
			c.add(c.at.Field(key), "名录“%[1]s”应有 %[3]s 类型的字段“%[2]s”", "the register %[1]q has no field %[2]q of type %[3]s", id, name, string(fields[name]))
		}
	}
	return r
}

func (c *compiler) registers() {
	c.subjects = c.register("subjects", c.Subjects, nil)
	if r := c.subjects; r != nil && (r.Key.Scheme != register.CreditCode || !r.Public()) {
		c.add(c.at.Field("subjects"), "检查对象名录“%s”应以统一社会信用代码为键，名称向社会公开", "the register of subjects %q has unified social credit codes for keys and names open to the public", r.ID)
	}
	items := c.register("items", c.Items, itemFields)
	if items != nil && c.subjects != nil {
		c.subjectKinds(items)
	}
	inspectors := c.register("inspectors", c.Inspectors, inspectorFields)
	if inspectors == nil {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(inspectorKinds)) {
		k, ok := inspectors.Kind(id)
		if !ok {
			c.add(c.at.Field("inspectors"), "名录“%[1]s”应有记录类型“%[2]s”", "the register %[1]q has no kind of record %[2]q", inspectors.ID, id)
			continue
		}
		for name, t := range inspectorKinds[id] {
			if f, ok := k.Field(name); !ok || f.Type != t {
				c.add(c.at.Field("inspectors"), "记录类型“%[1]s”应有 %[3]s 类型的字段“%[2]s”", "the kind of record %[1]q has no field %[2]q of type %[3]s", id, name, string(t))
			}
		}
	}
}

// AnySubject is the option of an item that any kind of subject may be inspected for; the
// others are those of the facet of the register of subjects.
const AnySubject = "any"

// subjectKinds checks that items name kinds of subjects which there are.
func (c *compiler) subjectKinds(items *register.Register) {
	f, ok := items.Field("subject")
	if !ok {
		return // reported
	}
	facet, _ := c.subjects.Field(c.subjects.Facet)
	for _, o := range f.Options {
		if o.ID != AnySubject && (facet == nil || !slices.ContainsFunc(facet.Options, func(k register.Option) bool { return k.ID == o.ID })) {
			c.add(c.at.Field("items"), "检查对象名录没有“%s”这一类", "the register of subjects has no kind %q", o.ID)
		}
	}
}

// limits checks the numbers that the draw bounds.
func (c *compiler) limits() {
	within := func(at source.Node, n, low, high int) {
		if n != 0 && (n < low || n > high) {
			c.add(at, "应在 %[1]d 到 %[2]d 之间", "it is from %[1]d to %[2]d", low, high)
		}
	}
	team, due := c.at.Field("team"), c.at.Field("due")
	within(team.Field("size"), c.Team.Size, 2, 8)
	within(team.Field("recent"), c.Team.Recent, 0, 100)
	within(team.Field("load"), c.Team.Load, 1, 10_000)
	within(c.at.Field("minimum"), c.MinStratum, 1, 1_000_000)
	within(c.at.Field("again"), c.Again, 1, 100)
	within(c.at.Field("expiry"), c.Expiry, 1, 3650)
	for key, n := range map[string]int{"release": c.Due.Release, "result": c.Due.Result, "publish": c.Due.Publish} {
		within(due.Field(key), n, 1, 3650)
	}
	for i, s := range c.Strata {
		at := c.at.Field("strata").Item(i)
		within(at.Field("ppm"), s.PPM, 1, 1_000_000)
		if i > 0 && c.Strata[i-1].ID >= s.ID || s.ID < 0 {
			c.add(at.Field("id"), "分层编号应为递增的正整数", "the ids of strata are positive and ascend")
		}
		if (i == len(c.Strata)-1) != (s.When == "") {
			c.add(at, "除最后一层外，每一层都应有 when", "every stratum but the last has when")
		}
		if s.Design == Design(design.Census) && s.PPM != 1_000_000 {
			c.add(at.Field("ppm"), "全部检查的分层 ppm 应为 1000000", "the ppm of a census is 1000000")
		}
	}
	for i, e := range c.Exempt {
		at := c.at.Field("exempt").Item(i)
		within(at.Field("reason"), e.Reason, 1, 4)
		if slices.ContainsFunc(c.Exempt[:i], func(b Exemption) bool { return b.Reason == e.Reason }) {
			c.add(at.Field("reason"), "理由 %d 重复", "the reason %d is listed twice", e.Reason)
		}
	}
}

// expressions compiles what is worked out for each subject.
func (c *compiler) expressions() {
	var public, all []guard.Var
	for i := range c.subjects.Fields {
		f := &c.subjects.Fields[i]
		if f.Form() == nil || f.Form().Kind() == 0 {
			continue
		}
		v := guard.Var{Name: f.ID, Kind: f.Form().Kind()}
		all = append(all, v)
		if open(f) {
			public = append(public, v)
		}
	}
	seen := guard.Var{Name: Visited, Kind: guard.Text}
	public = append(public, seen)
	all = append(all, seen, guard.Var{Name: Again, Kind: guard.Bool}, guard.Var{Name: Class, Kind: guard.Text}, guard.Var{Name: Campaign, Kind: guard.Bool}, guard.Var{Name: Visits, Kind: guard.Int}, guard.Var{Name: Cap, Kind: guard.Int})
	for i := range c.Counts {
		k, at := &c.Counts[i], c.at.Field("counts").Item(i)
		taken := slices.ContainsFunc(all, func(v guard.Var) bool { return v.Name == k.ID })
		if k.ID != "" && (taken || !nameForm.MatchString(k.ID) || guard.Reserved(k.ID)) {
			c.add(at.Field("id"), "“%s”不能作名称，或已另有所指", "%q cannot be a name, or means something else already", k.ID)
			continue
		}
		all = append(all, guard.Var{Name: k.ID, Kind: guard.Int})
		kind, ok := c.subjects.Kind(k.Kind)
		if !ok {
			var known []string
			for _, x := range c.subjects.Kinds {
				known = append(known, x.ID)
			}
			c.refer(at.Field("kind"), k.Kind, known, "记录类型", "kind of record")
			continue
		}
		if k.Open && kind.Until == "" {
			c.add(at.Field("open"), "这类记录没有终止日期", "records of this kind have no day on which they end")
		}
		if k.When != "" {
			var vars []guard.Var
			for _, f := range kind.Fields {
				if f.Form() != nil && f.Form().Kind() != 0 {
					vars = append(vars, guard.Var{Name: f.ID, Kind: f.Form().Kind()})
				}
			}
			k.test = c.compile(at.Field("when"), c.env(vars), k.When, guard.Bool)
		}
	}
	c.open = c.env(public)
	whole := c.env(all)
	if c.open == nil || whole == nil {
		return
	}
	if c.Keeps != "" {
		c.keeps = c.compile(c.at.Field("keeps"), c.open, c.Keeps, guard.Bool)
	}
	if c.Balls != "" {
		c.balls = c.compile(c.at.Field("balls"), whole, c.Balls, guard.Int)
	}
	for i := range c.Exempt {
		c.Exempt[i].test = c.compile(c.at.Field("exempt").Item(i).Field("when"), whole, c.Exempt[i].When, guard.Bool)
	}
	for i := range c.Strata {
		s, at := &c.Strata[i], c.at.Field("strata").Item(i).Field("when")
		if s.When == "" {
			continue
		}
		s.test = c.compile(at, whole, s.When, guard.Bool)
		// One stratum holds for all departments, whatever they inspect.
		if ofItems(s.test) {
			c.add(at, "分层不能取决于检查事项", "a stratum does not depend on what is inspected")
		}
	}
	if ofItems(c.balls) {
		c.add(c.at.Field("balls"), "球数不能取决于检查事项", "balls do not depend on what is inspected")
	}
}

// ofItems reports that an expression reads what differs between the proposals of a plan.
func ofItems(x *guard.Expr) bool {
	return x != nil && slices.ContainsFunc([]string{Visits, Cap, Visited, Again}, func(name string) bool { return slices.Contains(x.Uses(), name) })
}

func (c *compiler) env(vars []guard.Var) *guard.Env {
	env, err := guard.NewEnv(vars)
	if err != nil {
		return nil // a field with such a name was reported with its register
	}
	return env
}

func (c *compiler) compile(at source.Node, env *guard.Env, text string, want guard.Kind) *guard.Expr {
	if env == nil || text == "" {
		return nil
	}
	x, wrong := env.Compile(text, want)
	if wrong != nil {
		c.problems.AddGuess(at.Pos(), source.Suggest(wrong.Unknown, env.Names()), strings.ReplaceAll(wrong.Text.ZH, "%", "%%"), strings.ReplaceAll(wrong.Text.EN, "%", "%%"))
	}
	return x
}

// english warns of texts without English.
func (c *compiler) english() {
	warn := func(at source.Node, t gov.Text) {
		if t.EN == "" && strings.ContainsFunc(t.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			c.warnings.Add(at.Field("name").Pos(), "缺少英文", "the English text is missing")
		}
	}
	for i, k := range c.Counts {
		warn(c.at.Field("counts").Item(i), k.Name)
	}
	for i, e := range c.Exempt {
		warn(c.at.Field("exempt").Item(i), e.Name)
	}
	for i, s := range c.Strata {
		warn(c.at.Field("strata").Item(i), s.Name)
	}
}
