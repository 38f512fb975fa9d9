package procedure

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/source"
)

// Site says that an action is done where its matter is, with a phone: what the
// phone says of time and place is kept with the act and held against it. What does
// not fit is not refused; it is marked for those who check. One of Place and Area is
// given.
type Site struct {
	Place  string   `yaml:"place"`  // the point field it is done at
	Area   string   `yaml:"area"`   // the area field it is done in
	Within int      `yaml:"within"` // so many metres from the point; 0 means 100
	Hours  int      `yaml:"hours"`  // how old a picture of it may be; 0 means 24
	Beside []string `yaml:"beside"` // files fields whose pictures are shown beside those to be taken
}

// The bounds of an action on site.
const (
	usualDistance = 100 // metres: what a phone between houses can be off, and the size of a cell
	usualAge      = 24  // hours
	maxAge        = 30 * 24
)

// Distance is how many metres from the place the act still fits.
func (s *Site) Distance() int {
	if s.Within == 0 {
		return usualDistance
	}
	return s.Within
}

// Age is how many hours old a picture may be.
func (s *Site) Age() int {
	if s.Hours == 0 {
		return usualAge
	}
	return s.Hours
}

// OnSite reports whether cases of the procedure have anything to be done on site.
func (p *Procedure) OnSite() bool {
	for i := range p.Actions {
		if p.Actions[i].Site != nil {
			return true
		}
	}
	return false
}

func (c *compiler) resolveSite(at source.Node, a *Action) {
	s := a.Site
	if s == nil {
		return
	}
	if at = at.Field("site"); s.Place == "" && s.Area == "" {
		c.add(at, "应写明在哪里办：place 或 area", "say where it is done: place or area")
	}
	if len(a.By) == 0 && a.Together == nil {
		c.add(at, "没有人做的动作不会在现场办", "an action nobody does is not done on site")
	}
	if s.Place != "" {
		c.typed(at.Field("place"), s.Place, PointField)
	}
	if s.Area != "" {
		c.typed(at.Field("area"), s.Area, AreaField)
	}
	for _, where := range []struct{ key, field string }{{"place", s.Place}, {"area", s.Area}} {
		if c.field(where.field).Sealed {
			c.add(at.Field(where.key), "字段“%s”是密封的，到不了那里", "the field %q is sealed: nobody can go there", where.field)
		}
	}
	for i, f := range s.Beside {
		c.typed(at.Field("beside").Item(i), f, FilesField)
	}
	if s.Within < 0 || s.Within > maxWithin {
		c.add(at.Field("within"), "within 应为 1 到 %d 米", "within is 1 to %d metres", maxWithin)
	}
	if s.Hours < 0 || s.Hours > maxAge {
		c.add(at.Field("hours"), "hours 应为 1 到 %d 小时", "hours is 1 to %d", maxAge)
	}
}

// Covers says that acts of a case cover ground: each value an area field was given
// is an area that was visited, of those of its level in the area of another field.
type Covers struct {
	Field string `yaml:"field" pack:"required"` // an area field that follows from a point
	Of    string `yaml:"of" pack:"required"`    // the area field that is to be covered
}

// Earns says what whoever a case comes from earns by it: a computed choice says why
// or why not, and each of its options is worth an amount.
type Earns struct {
	Field   string   `yaml:"field" pack:"required"`
	Name    gov.Text `yaml:"name" pack:"required"` // what is earned: volunteer time
	Unit    gov.Text `yaml:"unit" pack:"required"` // in which it is counted
	Amounts []Amount `yaml:"amounts" pack:"required"`
}

// Amount is what an option is worth; one that has none is worth nothing.
type Amount struct {
	Option string `yaml:"option" pack:"required"`
	N      int    `yaml:"n" pack:"required"`
}

// Amount is what an option of the field is worth.
func (x *Earns) Amount(option string) int {
	for _, a := range x.Amounts {
		if a.Option == option {
			return a.N
		}
	}
	return 0
}

func (c *compiler) resolveCovers(at source.Node, x *Covers) {
	c.typed(at.Field("field"), x.Field, AreaField)
	c.typed(at.Field("of"), x.Of, AreaField)
	if f := c.field(x.Field); f.Type == AreaField && f.At == "" {
		c.add(at.Field("field"), "字段“%s”应由位置得出（at）", "the field %q should follow from a point (at)", x.Field)
	}
}

func (c *compiler) resolveEarns(at source.Node, x *Earns) {
	c.typed(at.Field("field"), x.Field, ChoiceField)
	switch f := c.field(x.Field); {
	case f.Type != ChoiceField:
	case f.Value == "":
		c.add(at.Field("field"), "字段“%s”应由表达式算出（value）：得多少由规则决定，不由人填", "the field %q should be computed (value): the rule says what is earned, nobody types it", x.Field)
	case f.Sealed || f.Open == OpenStaff || f.Open == OpenNamed:
		c.add(at.Field("field"), "字段“%s”对得到的人不公开", "the field %q is closed to who earns it", x.Field)
	}
	for i, a := range x.Amounts {
		n := at.Field("amounts").Item(i)
		if f := c.field(x.Field); f.Type == ChoiceField && !slices.ContainsFunc(f.Options, func(o Option) bool { return o.ID == a.Option }) {
			c.add(n.Field("option"), "字段“%[1]s”没有选项“%[2]s”", "the field %[1]q has no option %[2]q", x.Field, a.Option)
		}
		if slices.ContainsFunc(x.Amounts[:i], func(b Amount) bool { return a.Option == b.Option }) {
			c.add(n.Field("option"), "“%s”重复", "%q is listed twice", a.Option)
		}
		if a.N < 1 {
			c.add(n.Field("n"), "n 应大于零", "n is more than zero")
		}
	}
	if !slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Type == ContactField }) {
		c.add(at, "没有联系方式字段，不知道是谁得到", "there is no contact field: nobody can earn anything")
	}
}
