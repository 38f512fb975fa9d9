package cases

import (
	"strings"

	"quanxiang/calendar"
	"quanxiang/cases/entered"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/codes"
	"quanxiang/policy/procedure"
)

// place works out the areas that follow from points, where what is given
// touches either. The ground decides; where it is not known an area stands as
// it was chosen, but not one that belonged to another point.
func (s *step) place(given Values) error {
	for i := range s.p.Fields {
		f := &s.p.Fields[i]
		at, moved := given[f.At]
		_, chosen := given[f.ID]
		if f.At == "" || f.Type != procedure.AreaField || !moved && !chosen {
			continue
		}
		before := s.res.Case.Values[f.At]
		if !moved {
			at = before
		}
		text, _ := at.(string)
		if text == "" {
			continue
		}
		pt, err := geo.ParsePoint(text)
		if err != nil {
			return err
		}
		if area, ok := s.w.Dir.AreaAt(pt, policy.AreaLevel(f.Size)); ok {
			given[f.ID] = area.Code
		} else if !chosen && !entered.Same(at, before) && s.res.Case.Values[f.ID] != nil {
			given[f.ID] = nil
		}
	}
	return nil
}

// ofEntry is what "FIELD.COLUMN" says of the entry in a field, the zero value
// of the column without one.
func (s scope) ofEntry(name string) any {
	field, column, _ := strings.Cut(name, ".")
	f, _ := s.p.Field(field)
	e, _ := f.List().Entry(s.c.Values.Text(field))
	if column == "name" {
		return e.Name.ZH
	}
	if col, _ := f.List().Column(column); col.Type == codes.IntegerColumn {
		return e.Int(column)
	}
	return e.Text(column)
}

// ofArea is the name of the area in a field, or the code of the area of a level
// that it is or lies in, "" if there is none.
func (s scope) ofArea(name string) any {
	field, what, _ := strings.Cut(name, ".")
	for a, ok := s.w.Dir.Area(s.c.Values.Text(field)); ok; a, ok = s.w.Dir.Area(a.Parent) {
		if what == "name" {
			return a.Name.ZH
		}
		if string(a.Level) == what {
			return a.Code
		}
	}
	return ""
}

// limit is how long a clock may run that starts now, zero for one that ends on
// a date.
func (s scope) limit(def *procedure.Clock) (calendar.Limit, error) {
	if field, column, ok := strings.Cut(def.LimitOf, "."); ok {
		f, _ := s.p.Field(field)
		e, _ := f.List().Entry(s.c.Values.Text(field))
		if limit, ok := e.Limit(column); ok {
			return limit, nil
		}
		return calendar.Limit{}, gov.Errorf(gov.Conflict, "“%[1]s”没有说明“%[2]s”的长短，不能开始计时", "%[3]q does not say how long %[4]q is: the clock cannot start",
			f.Label.ZH, def.Name.ZH, f.Label.In(gov.EN), def.Name.In(gov.EN))
	}
	for i := range def.Limits {
		l := &def.Limits[i]
		if l.Test() != nil {
			if yes, err := l.Test().Holds(s.value); err != nil {
				return calendar.Limit{}, err
			} else if !yes {
				continue
			}
		}
		return l.Limit, nil
	}
	return def.Limit, nil
}
