package register

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"quanxiang/gov"
	"quanxiang/policy/codes"
	"quanxiang/policy/procedure"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// Names says what registers may refer to in the rest of the pack.
type Names struct {
	Units      []string
	Lists      map[string]*codes.List
	Procedures map[string]*procedure.Procedure
}

// types are the types of fields that registers have: what one cell of a table
// can say.
var types = []procedure.FieldType{procedure.TextField, procedure.ParagraphField, procedure.IntegerField, procedure.MoneyField, procedure.BoolField,
	procedure.DateField, procedure.ChoiceField, procedure.UnitField, procedure.AreaField, procedure.EntryField, procedure.PointField}

// The names of columns that tables of entries and of records have without declaring
// them.
var (
	ownOfEntries = []string{"key"}
	ownOfRecords = []string{"key", "subject", "basis", "unit", "kind"}
)

var (
	idForm    = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	fieldForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// Compile checks a decoded register. at is the root of its file.
func Compile(r *Register, at source.Node, names Names) (problems, warnings source.Problems) {
	c := &compiler{Register: r, at: at, names: names}
	if r.ID != "" && !idForm.MatchString(r.ID) {
		c.badID(at.Field("register"), r.ID)
	}
	r.fields = c.fields(at.Field("fields"), r.Fields, ownOfEntries)
	c.entry()
	r.kinds = map[string]int{}
	for i := range r.Kinds {
		k, at := &r.Kinds[i], at.Field("records").Item(i)
		if _, twice := r.kinds[k.ID]; twice {
			c.add(at.Field("id"), "记录类型“%s”重复", "duplicate kind of record %q", k.ID)
		} else if k.ID != "" && !idForm.MatchString(k.ID) {
			c.badID(at.Field("id"), k.ID)
		}
		r.kinds[k.ID] = i
		c.kind(at, k)
	}
	c.objection()
	if r.Credit != nil {
		c.credit(at.Field("credit"), r.Credit)
	}
	if r.Data != nil && !r.Public() {
		c.add(at.Field("data"), "条目名称不向社会公开，不能作为开放数据", "the names of entries are not public: there is no open data")
	}
	if r.Limits != nil {
		c.restrictions(at.Field("restrictions"), r.Limits)
	}
	for i, o := range r.Looks {
		if slices.ContainsFunc(r.Looks[:i], func(b Option) bool { return b.ID == o.ID }) {
			c.add(at.Field("purposes").Item(i), "选项“%s”重复", "duplicate option %q", o.ID)
		}
	}
	c.english()
	return c.problems, c.warnings
}

type compiler struct {
	*Register
	at       source.Node
	names    Names
	problems source.Problems
	warnings source.Problems
}

func (c *compiler) add(at source.Node, zh, en string, args ...any) {
	c.problems.Add(at.Pos(), zh, en, args...)
}

func (c *compiler) badID(at source.Node, id string) {
	c.add(at, "编号“%s”应由小写字母、数字和连字符组成，以字母开头", "id %q should be lower-case letters, digits and hyphens, beginning with a letter", id)
}

func (c *compiler) refer(at source.Node, name string, known []string, zh, en string) bool {
	if name == "" || slices.Contains(known, name) {
		return name != ""
	}
	c.problems.AddGuess(at.Pos(), source.Suggest(name, known), "没有%[2]s“%[1]s”", "there is no %[3]s %[1]q", name, zh, en)
	return false
}

func (c *compiler) units(at source.Node, list []string) {
	for i, u := range list {
		if slices.Contains(list[:i], u) {
			c.add(at.Item(i), "单位“%s”重复", "the unit %q is listed twice", u)
		}
		c.refer(at.Item(i), u, c.names.Units, "单位", "unit")
	}
}

// fields checks fields by themselves and indexes them. own are names they must not take.
func (c *compiler) fields(at source.Node, list []Field, own []string) map[string]int {
	index := map[string]int{}
	for i := range list {
		f, at := &list[i], at.Item(i)
		switch _, twice := index[f.ID]; {
		case f.ID == "": // reported as missing
		case twice:
			c.add(at.Field("id"), "字段“%s”重复", "duplicate field %q", f.ID)
		case !fieldForm.MatchString(f.ID):
			c.add(at.Field("id"), "字段“%s”应由小写字母、数字和下划线组成，以字母开头", "the field %q should be lower-case letters, digits and underscores, beginning with a letter", f.ID)
		case slices.Contains(own, f.ID) || guard.Reserved(f.ID):
			c.add(at.Field("id"), "“%s”另有含义，不能作字段名", "%q means something else and cannot name a field", f.ID)
		}
		index[f.ID] = i
		if f.Type != "" && !slices.Contains(types, f.Type) && slices.Contains(f.Type.Values(), string(f.Type)) {
			c.add(at.Field("type"), "名录的字段不能是 %s 类型", "a field of a register is never of type %s", string(f.Type))
		}
		if (f.Type == procedure.ChoiceField) != (len(f.Options) > 0) {
			c.add(at, "choice 类型的字段应有 options，其他类型没有", "a field of type choice has options, others have none")
		}
		for j, o := range f.Options {
			if slices.ContainsFunc(f.Options[:j], func(b Option) bool { return b.ID == o.ID }) {
				c.add(at.Field("options").Item(j), "选项“%s”重复", "duplicate option %q", o.ID)
			}
		}
		if (f.Type == procedure.EntryField) != (f.Of != "") {
			c.add(at, "entry 类型的字段应有 of，其他类型没有", "a field of type entry has of, others have none")
		}
		if f.Of != "" {
			c.refer(at.Field("of"), f.Of, slices.Sorted(maps.Keys(c.names.Lists)), "代码表", "list")
		}
		if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
			c.add(at.Field("min"), "min 大于 max", "min is more than max")
		}
		if (f.Min != nil || f.Max != nil) && !f.Type.IsNumber() && !f.Type.IsText() {
			c.add(at, "%s 类型的字段没有 min 和 max", "a field of type %s has no min and max", string(f.Type))
		}
		if f.Unit != "" && f.Type != procedure.IntegerField {
			c.add(at.Field("unit"), "unit 只用于 integer 类型的字段", "unit is for fields of type integer only")
		}
		form := procedure.Field{ID: f.ID, Type: f.Type, Label: f.Label, Help: f.Help, Unit: f.Unit, Min: f.Min, Max: f.Max, Options: f.Options, Of: f.Of}
		f.form = form.Over(c.names.Lists[f.Of])
	}
	return index
}

// typed checks that a field is there and of a type.
func (c *compiler) typed(at source.Node, list []Field, index map[string]int, id string, want ...procedure.FieldType) *Field {
	if id == "" {
		return nil
	}
	f, ok := pick(list, index, id)
	if !ok {
		c.refer(at, id, slices.Sorted(maps.Keys(index)), "字段", "field")
		return nil
	}
	if !slices.Contains(want, f.Type) {
		c.add(at, "字段“%[1]s”应为 %[2]s 类型，现在是 %[3]s", "the field %[1]q should be of type %[2]s, not %[3]s", id, string(want[0]), string(f.Type))
		return nil
	}
	return f
}

// entry checks what the register says of its entries.
func (c *compiler) entry() {
	at, r := c.at, c.Register
	if f := c.typed(at.Field("name"), r.Fields, r.fields, r.Name, procedure.TextField); f != nil && (!f.Required || f.Level() == OpenPurpose) {
		c.add(at.Field("name"), "字段“%s”是条目的名称，应必填，且向社会或工作人员公开", "the field %q names entries: it is required, and open to the public or the staff", r.Name)
	}
	for i, id := range r.Aliases {
		c.typed(at.Field("aliases").Item(i), r.Fields, r.fields, id, procedure.TextField)
	}
	c.typed(at.Field("facet"), r.Fields, r.fields, r.Facet, procedure.ChoiceField)
	if f, ok := r.Field(r.Facet); ok {
		for i, id := range r.Shows {
			if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.ID == id }) {
				c.add(at.Field("shows").Item(i), "“%[1]s”没有选项“%[2]s”", "%[1]q has no option %[2]q", f.ID, id)
			}
		}
	} else if len(r.Shows) > 0 {
		c.add(at.Field("shows"), "shows 应有 facet：向社会公开哪些选项的条目", "shows goes with facet: it names options of it")
	}
	c.typed(at.Field("area"), r.Fields, r.fields, r.Area, procedure.AreaField)
	c.typed(at.Field("since"), r.Fields, r.fields, r.Since, procedure.DateField)
	c.typed(at.Field("until"), r.Fields, r.fields, r.Until, procedure.DateField)
	c.units(at.Field("writers"), r.Writers)
}

// kind checks a kind of record.
func (c *compiler) kind(at source.Node, k *Kind) {
	k.fields = c.fields(at.Field("fields"), k.Fields, ownOfRecords)
	c.units(at.Field("units"), k.Units)
	for i, id := range k.Key {
		if id == subjectKey && len(k.Key) > 1 {
			continue
		}
		f := c.typed(at.Field("key").Item(i), k.Fields, k.fields, id, procedure.TextField, procedure.DateField, procedure.IntegerField, procedure.ChoiceField)
		if f != nil && !f.Required {
			c.add(at.Field("key").Item(i), "字段“%s”用来识别记录，应必填", "the field %q tells records apart: it is required", id)
		}
	}
	if f := c.typed(at.Field("on"), k.Fields, k.fields, k.On, procedure.DateField); f != nil && !f.Required {
		c.add(at.Field("on"), "字段“%s”说明何时发生，应必填", "the field %q says when it happened: it is required", k.On)
	}
	c.typed(at.Field("until"), k.Fields, k.fields, k.Until, procedure.DateField)
	c.typed(at.Field("says"), k.Fields, k.fields, k.Text, procedure.TextField, procedure.ParagraphField, procedure.ChoiceField)
	if k.List != nil && (k.Public.IsZero() || k.Until == "") {
		c.add(at.Field("list"), "成为名单的记录应向社会公开，并有 until", "records that make a list are public and have until")
	}
	if k.Public.IsZero() {
		for i, f := range k.Fields {
			if f.Level() == OpenPublic {
				c.add(at.Field("fields").Item(i).Field("open"), "这类记录不向社会公开，字段“%s”也不能", "records of this kind are not public: neither is the field %q", f.ID)
			}
		}
	} else if !c.Public() {
		c.add(at.Field("public"), "条目名称不向社会公开，记录也不能", "the names of entries are not public: neither are records")
	}
}

// objection checks the procedure by which somebody says that a record is wrong.
func (c *compiler) objection() {
	if (c.Objects == "") != (c.About == "") {
		c.add(c.at, "objection 与 about 应同时使用", "objection and about go together")
		return
	}
	if c.Objects == "" || !c.refer(c.at.Field("objection"), c.Objects, slices.Sorted(maps.Keys(c.names.Procedures)), "程序", "procedure") {
		return
	}
	p := c.names.Procedures[c.Objects]
	if f, ok := p.Field(c.About); !ok || f.Type != procedure.TextField {
		c.add(c.at.Field("about"), "程序“%[1]s”没有 text 字段“%[2]s”", "the procedure %[1]q has no text field %[2]q", p.ID, c.About)
	}
	if f, ok := p.Field(c.Names); c.Names != "" && (!ok || f.Type != procedure.TextField) {
		c.add(c.at.Field("names"), "程序“%[1]s”没有 text 字段“%[2]s”", "the procedure %[1]q has no text field %[2]q", p.ID, c.Names)
	}
}

// credit checks the rule table.
func (c *compiler) credit(at source.Node, t *Credit) {
	for i, k := range t.Classes {
		at := at.Field("classes").Item(i)
		switch last := i == len(t.Classes)-1; {
		case slices.ContainsFunc(t.Classes[:i], func(b Class) bool { return b.ID == k.ID }):
			c.add(at.Field("id"), "等级“%s”重复", "duplicate class %q", k.ID)
		case last != (k.From == nil):
			c.add(at, "除最后一级外，每一级都应有 from", "every class but the last has from")
		case i > 0 && k.From != nil && t.Classes[i-1].From != nil && *k.From >= *t.Classes[i-1].From:
			c.add(at.Field("from"), "等级应由好到差排列，分数递减", "classes stand from the best to the worst, with fewer points")
		}
	}
	seen := map[string]bool{}
	once := func(at source.Node, id string) {
		if seen[id] {
			c.add(at.Field("id"), "规则“%s”重复", "duplicate rule %q", id)
		}
		seen[id] = true
	}
	for i := range t.Rules {
		r, at := &t.Rules[i], at.Field("rules").Item(i)
		once(at, r.ID)
		r.test = c.test(at, r.Kind, r.When)
		if r.Full.Days+r.Ends.Days > 0 || r.Full.Always || r.Ends.Always {
			c.add(at, "full 和 ends 以月或年计", "full and ends are in months or years")
		}
		if !r.Ends.IsZero() && r.Full.Months > r.Ends.Months || !r.Full.IsZero() && r.Ends.IsZero() {
			c.add(at, "ends 不应早于 full", "ends is not before full")
		}
		if r.Most != 0 && (r.Most < 0) != (r.Points < 0) {
			c.add(at.Field("most"), "most 与 points 应同为加分或减分", "most and points both add or both take")
		}
	}
	var classes []string
	for _, k := range t.Classes {
		classes = append(classes, k.ID)
	}
	for i := range t.Triggers {
		g, at := &t.Triggers[i], at.Field("triggers").Item(i)
		once(at, g.ID)
		g.test = c.test(at, g.Kind, g.When)
		c.refer(at.Field("class"), g.Class, classes, "等级", "class")
	}
}

// test compiles the condition of a rule about records of a kind.
func (c *compiler) test(at source.Node, kind, when string) *guard.Expr {
	if !c.refer(at.Field("kind"), kind, slices.Sorted(maps.Keys(c.kinds)), "记录类型", "kind of record") || when == "" {
		return nil
	}
	k, _ := c.Kind(kind)
	var vars []guard.Var
	for i := range k.Fields {
		if f := &k.Fields[i]; f.form.Kind() != 0 && f.ID != "" {
			vars = append(vars, guard.Var{Name: f.ID, Kind: f.form.Kind()})
		}
	}
	env, err := guard.NewEnv(vars)
	if err != nil {
		return nil // a field with such a name was reported
	}
	x, wrong := env.Compile(when, guard.Bool)
	if wrong != nil {
		c.problems.AddGuess(at.Field("when").Pos(), source.Suggest(wrong.Unknown, env.Names()), escape(wrong.Text.ZH), escape(wrong.Text.EN))
	}
	return x
}

// escape protects text that becomes a format.
func escape(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// warn warns of a text without English.
func (c *compiler) warn(at source.Node, t gov.Text) {
	if t.EN == "" && strings.ContainsFunc(t.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		c.warnings.Add(at.Pos(), "缺少英文", "the English text is missing")
	}
}

// english warns of texts without English.
func (c *compiler) english() {
	warn := c.warn
	fields := func(at source.Node, list []Field) {
		for i, f := range list {
			warn(at.Item(i).Field("label"), f.Label)
			for j, o := range f.Options {
				warn(at.Item(i).Field("options").Item(j).Field("name"), o.Name)
			}
		}
	}
	warn(c.at.Field("title"), c.Title)
	warn(c.at.Field("entry"), c.Entry)
	warn(c.at.Field("key").Field("label"), c.Key.Label)
	fields(c.at.Field("fields"), c.Fields)
	for i, k := range c.Kinds {
		at := c.at.Field("records").Item(i)
		warn(at.Field("title"), k.Title)
		if k.List != nil {
			warn(at.Field("list").Field("about"), k.List.About)
			warn(at.Field("list").Field("repair"), k.List.Repair)
		}
		fields(at.Field("fields"), k.Fields)
	}
	if c.Data != nil {
		warn(c.at.Field("data").Field("licence"), c.Data.Licence)
	}
	if c.Credit == nil {
		return
	}
	at := c.at.Field("credit")
	for i, k := range c.Credit.Classes {
		warn(at.Field("classes").Item(i).Field("name"), k.Name)
	}
	for i, r := range c.Credit.Rules {
		warn(at.Field("rules").Item(i).Field("name"), r.Name)
	}
	for i, g := range c.Credit.Triggers {
		warn(at.Field("triggers").Item(i).Field("name"), g.Name)
	}
}
