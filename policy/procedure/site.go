package procedure

import (
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
