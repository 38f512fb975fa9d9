package procedure

import (
	"slices"
	"strings"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// Series makes a case come back by itself, one for every unit or area and period.
type Series struct {
	Every  Period         `yaml:"every" pack:"required"`
	For    string         `yaml:"for" pack:"required"`    // a unit or group of the pack, areas(LEVEL) or entries(REGISTER)
	When   string         `yaml:"when"`                   // an expression over an entry: which have a case; "" all that hold in the period
	Unit   string         `yaml:"unit" pack:"required"`   // the unit field it fills, or the area or subject field
	With   []SeriesWith   `yaml:"with"`                   // what a case of an entry begins with besides
	Period string         `yaml:"period" pack:"required"` // the text field it fills: 2016-10-31, 2016-W44, 2016-10, 2016-Q4, 2016-H2, 2016
	Ends   string         `yaml:"ends"`                   // a date field it fills with the last day of the period; "" for none
	Due    string         `yaml:"due" pack:"required"`    // the date field it fills: the last day to hand in,
	Within calendar.Limit `yaml:"within" pack:"required"` // counted from the last day of the period or, ahead, the day before its first
	Since  gov.Date       `yaml:"since" pack:"required"`  // periods that ended before are none of it
	Until  gov.Date       `yaml:"until"`                  // periods that end later are none of it; zero: it goes on
	Ahead  bool           `yaml:"ahead"`                  // a case begins with its period, not after it

	test *guard.Expr
}

// SeriesWith gives a field of a case the value of an expression over its entry.
type SeriesWith struct {
	Field string `yaml:"field" pack:"required"`
	To    string `yaml:"to" pack:"required"`

	expr *guard.Expr
}

// Expr is the compiled value.
func (w *SeriesWith) Expr() *guard.Expr { return w.expr }

// Test is the compiled condition, nil without one.
func (s *Series) Test() *guard.Expr { return s.test }

// Take makes a series of entries ready.
func (s *Series) Take(test *guard.Expr, with []*guard.Expr) {
	s.test = test
	for i := range s.With {
		s.With[i].expr = with[i]
	}
}

// Register is the register whose entries have a case each, "" if units or areas have.
func (s *Series) Register() string {
	id, ok := strings.CutPrefix(s.For, "entries(")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(id, ")")
}

// Level is the level of areas of which each has a case, "" if units have.
func (s *Series) Level() string {
	level, ok := strings.CutPrefix(s.For, "areas(")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(level, ")")
}

func (c *compiler) resolveSeries(at source.Node, s *Series) {
	if level := s.Level(); level != "" {
		c.refer(at.Field("for"), level, c.names.Levels, "级别", "level")
		c.typed(at.Field("unit"), s.Unit, AreaField)
		if f := c.field(s.Unit); f.Size != "" && f.Size != level {
			c.add(at.Field("unit"), "字段“%[1]s”是另一级区域", "the field %[1]q is for areas of another level", s.Unit)
		}
	} else if id := s.Register(); id != "" {
		c.typed(at.Field("unit"), s.Unit, SubjectField)
		if f := c.field(s.Unit); f.Of != "" && f.Of != id {
			c.add(at.Field("unit"), "字段“%s”是另一个名录的", "the field %q is of another register", s.Unit)
		}
	} else {
		c.refer(at.Field("for"), s.For, c.names.Units, "单位", "unit")
		c.typed(at.Field("unit"), s.Unit, UnitField)
	}
	if s.Register() == "" && (s.When != "" || len(s.With) > 0) {
		c.add(at, "when 和 with 用于 entries(名录)", "when and with are for entries(REGISTER)")
	}
	c.typed(at.Field("period"), s.Period, TextField)
	c.typed(at.Field("due"), s.Due, DateField)
	if s.Ends != "" {
		c.typed(at.Field("ends"), s.Ends, DateField)
	}
	if slices.Contains([]calendar.Unit{calendar.Minutes, calendar.Hours, calendar.WorkHours, calendar.Workdays}, s.Within.Unit) {
		c.add(at.Field("within"), "期末日之后的期限应按整日计，如 5wd-end", "the limit after a period is in whole days, such as 5wd-end")
	}
}
