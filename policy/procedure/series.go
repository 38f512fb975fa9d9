package procedure

import (
	"slices"
	"strings"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/source"
)

// Series makes a case come back by itself, one for every unit or area and period.
type Series struct {
	Every  Period         `yaml:"every" pack:"required"`
	For    string         `yaml:"for" pack:"required"`    // a unit or group of the pack, or areas(LEVEL)
	Unit   string         `yaml:"unit" pack:"required"`   // the unit field it fills, or the area field
	Period string         `yaml:"period" pack:"required"` // the text field it fills: 2016-10-31, 2016-W44, 2016-10, 2016-Q4, 2016
	Due    string         `yaml:"due" pack:"required"`    // the date field it fills: the last day to hand in,
	Within calendar.Limit `yaml:"within" pack:"required"` // counted from the last day of the period or, ahead, the day before its first
	Since  gov.Date       `yaml:"since" pack:"required"`  // periods that ended before are none of it
	Ahead  bool           `yaml:"ahead"`                  // a case begins with its period, not after it
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
	} else {
		c.refer(at.Field("for"), s.For, c.names.Units, "单位", "unit")
		c.typed(at.Field("unit"), s.Unit, UnitField)
	}
	c.typed(at.Field("period"), s.Period, TextField)
	c.typed(at.Field("due"), s.Due, DateField)
	if slices.Contains([]calendar.Unit{calendar.Minutes, calendar.Hours, calendar.WorkHours, calendar.Workdays}, s.Within.Unit) {
		c.add(at.Field("within"), "期末日之后的期限应按整日计，如 5wd-end", "the limit after a period is in whole days, such as 5wd-end")
	}
}
