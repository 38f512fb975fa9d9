package policy

import (
	"regexp"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy/source"
)

// checker resolves what entries refer to and checks what a single value
// cannot show.
type checker struct {
	*loader
	unitAt map[string]int // by id
	areaAt map[string]int // by code
	docAt  map[string]int // by number
}

var (
	idForm       = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	codeForm     = regexp.MustCompile(`^[0-9]{6,20}$`)
	districtForm = regexp.MustCompile(`^[1-9][0-9]{5}$`)
)

func (c *checker) check(folder string) {
	c.unitAt = unique(c, c.units, "id", "单位编号", "unit id", func(u Unit) string { return u.ID })
	c.areaAt = unique(c, c.areas, "code", "区域代码", "area code", func(a Area) string { return a.Code })
	c.docAt = unique(c, c.documents, "number", "文号", "document number", func(d Document) string { return d.Number })
	unique(c, c.posts, "id", "职务编号", "post id", func(p Post) string { return p.ID })
	c.checkHeader(folder)
	c.checkUnits()
	c.checkAreas()
	c.checkPosts()
	c.checkRoles()
	c.checkSeries()
	c.checkDocuments()
	c.checkLists()
	c.checkProcedures()
	c.checkRegisters()
	c.checkInspections()
	c.checkOpen311()
	c.checkProgrammes()
	c.checkSupply()
	c.checkApplications()
	c.checkJudges()
}

// unique indexes entries by a key and reports a key used twice. Entries
// without the key are left out; that they lack it is already reported.
func unique[T any](c *checker, list []entry[T], field, zh, en string, key func(T) string) map[string]int {
	at := map[string]int{}
	for i, e := range list {
		k := key(e.value)
		if k == "" {
			continue
		}
		if j, ok := at[k]; ok {
			c.problems.Add(e.at.Field(field).Pos(), "%[1]s“%[3]s”重复，%[4]s 已有", "duplicate %[2]s %[3]q, first at %[4]s",
				zh, en, k, list[j].at.Field(field).Pos())
			continue
		}
		at[k] = i
	}
	return at
}

func (c *checker) checkHeader(folder string) {
	h := c.header
	if h.value.ID != "" && !idForm.MatchString(h.value.ID) {
		c.badID(h.at, h.value.ID)
	} else if h.value.ID != "" && folder != "." && h.value.ID != folder {
		c.problems.AddGuess(h.at.Field("id").Pos(), folder, "政策包编号“%[1]s”与文件夹名“%[2]s”不同", "pack id %[1]q differs from the folder's name %[2]q",
			h.value.ID, folder)
	}
	if d := h.value.District; d != "" && !districtForm.MatchString(d) {
		c.problems.Add(h.at.Field("district").Pos(), "“%s”不是六位行政区划代码（GB/T 2260）", "%q is not a six-digit GB/T 2260 code", d)
	}
}

func (c *checker) badID(at source.Node, id string) { c.badIDAt(at.Field("id"), id) }

func (c *checker) badIDAt(at source.Node, id string) {
	c.problems.Add(at.Pos(), "编号“%s”应由小写字母、数字和连字符组成，以字母开头", "id %q should be lower-case letters, digits and hyphens, beginning with a letter", id)
}

// refer checks that a reference has a target.
func (c *checker) refer(at source.Node, ref string, targets map[string]int, zh, en string) bool {
	if _, ok := targets[ref]; ok {
		return true
	}
	if c.broken || c.problems.Full() {
		return false // the target may be in the file that could not be read
	}
	names := make([]string, 0, len(targets))
	for name := range targets {
		names = append(names, name)
	}
	c.problems.AddGuess(at.Pos(), source.Suggest(ref, names), "没有%[1]s“%[3]s”", "there is no %[2]s %[3]q", zh, en, ref)
	return false
}

// checkFormer checks that a unit of earlier packs is no more and went to one
// unit.
func (c *checker) checkFormer(at source.Node, id string, took map[string]gov.Pos) {
	if first, twice := took[id]; twice {
		c.problems.Add(at.Pos(), "单位“%[1]s”的职责在 %[2]s 已由另一单位承接", "the tasks of unit %[1]q went to another unit at %[2]s already", id, first)
	}
	took[id] = at.Pos()
	if i, ok := c.unitAt[id]; ok {
		c.problems.Add(at.Pos(), "单位“%[1]s”仍在政策包中（%[2]s），不能被承接", "unit %[1]q is still in the pack (%[2]s) and cannot be taken over", id, c.units[i].at.Pos())
	}
	if !idForm.MatchString(id) {
		c.badIDAt(at, id)
	}
}

func (c *checker) checkUnits() {
	took := map[string]gov.Pos{}
	for _, e := range c.units {
		u, at := e.value, e.at
		if u.ID != "" && !idForm.MatchString(u.ID) {
			c.badID(at, u.ID)
		}
		if u.Parent != "" {
			c.refer(at.Field("parent"), u.Parent, c.unitAt, "单位", "unit")
		}
		if u.Area != "" {
			c.refer(at.Field("area"), u.Area, c.areaAt, "区域", "area")
		}
		c.checkMembers(e)
		for i, id := range u.Former {
			c.checkFormer(at.Field("former").Item(i), id, took)
		}
	}
	c.checkNames()
	c.cycles("parent", "上级单位成环", "the parents form a cycle", func(u Unit) []string {
		return []string{u.Parent}
	})
	c.cycles("members", "成员互相包含", "the members form a cycle", func(u Unit) []string {
		if u.Kind != Group {
			return nil // a leading group may count among its members one that leads it
		}
		return u.Members
	})
}

func (c *checker) checkMembers(e entry[Unit]) {
	u := e.value
	switch {
	case u.Kind == Group && len(u.Members) == 0 && !u.Open:
		c.problems.Add(e.at.Pos(), "统称“%s”没有成员（members）；成员不固定的写 open: true", "the group %q has no members; if they are not fixed, write open: true", u.Name.ZH)
	case u.Open && len(u.Members) > 0:
		c.problems.Add(e.at.Field("open").Pos(), "列出了成员，就不能再写 open: true", "a group with members listed is not open")
	case u.Kind != "" && u.Kind != Group && u.Open:
		c.problems.Add(e.at.Field("open").Pos(), "只有 group 才能写 open", "only a group can be open")
	case u.Kind != "" && u.Kind != Group && u.Kind != LeadingGroup && u.Kind != Headquarters && len(u.Members) > 0:
		c.problems.Add(e.at.Field("members").Pos(), "只有 group、body 和 headquarters 才能有成员", "only a group, body or headquarters has members")
	}
	for i, id := range u.Members {
		at := e.at.Field("members").Item(i)
		if slices.Contains(u.Members[:i], id) {
			c.problems.Add(at.Pos(), "成员“%s”重复", "the member %q is listed twice", id)
		} else if id != "" {
			c.refer(at, id, c.unitAt, "单位", "unit")
		}
	}
}

// checkNames reports a name that would mean two units.
func (c *checker) checkNames() {
	type owner struct{ unit, line string }
	owners := map[string]owner{}
	claim := func(i int, at source.Node, name string, alias bool) {
		if name == "" {
			return
		}
		u, key := c.units[i].value, fold(name)
		o, taken := owners[key]
		switch {
		case !taken:
			owners[key] = owner{u.ID, at.Pos().String()}
		case o.unit != u.ID:
			c.problems.Add(at.Pos(), "名称“%[1]s”已属于单位“%[2]s”（%[3]s）", "the name %[1]q already belongs to unit %[2]q (%[3]s)", name, o.unit, o.line)
		case alias:
			c.warnings.Add(at.Pos(), "别名“%s”多余：与该单位的另一名称相同", "the alias %q is superfluous: the unit already has that name", name)
		}
	}
	for i, e := range c.units {
		at := e.at.Field("name")
		claim(i, at.Field("zh"), e.value.Name.ZH, false)
	}
	for i, e := range c.units {
		claim(i, e.at.Field("full").Field("zh"), e.value.Full.ZH, false)
		for j, alias := range e.value.Aliases {
			claim(i, e.at.Field("aliases").Item(j), alias, true)
		}
	}
}

// cycles reports every unit that reaches itself by following next, once for
// each cycle.
func (c *checker) cycles(field, zh, en string, next func(Unit) []string) {
	const unseen, open, done = 0, 1, 2
	state := make([]int, len(c.units))
	var trail []string
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		u := c.units[i].value
		trail = append(trail, u.ID)
		for _, id := range next(u) {
			j, ok := c.unitAt[id]
			switch {
			case !ok || state[j] == done:
			case state[j] == open:
				loop := append(slices.Clone(trail[slices.Index(trail, id):]), id)
				c.problems.Add(c.units[i].at.Field(field).Pos(), "%[1]s：%[3]s", "%[2]s: %[3]s", zh, en, strings.Join(loop, " → "))
			default:
				visit(j)
			}
		}
		trail = trail[:len(trail)-1]
		state[i] = done
	}
	for i, e := range c.units {
		if state[i] == unseen && c.unitAt[e.value.ID] == i && e.value.ID != "" {
			visit(i)
		}
	}
}

func (c *checker) checkPosts() {
	for _, e := range c.posts {
		if e.value.ID != "" && !idForm.MatchString(e.value.ID) {
			c.badID(e.at, e.value.ID)
		}
		if e.value.Unit != "" {
			c.refer(e.at.Field("unit"), e.value.Unit, c.unitAt, "单位", "unit")
		}
	}
}
