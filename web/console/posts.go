package console

import (
	"net/url"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web/ui"
)

// assignFields ask for a role, where and for how long.
func (c *Console) assignFields(v visit, o people.Overview) []ui.Field {
	return []ui.Field{
		{Name: "role", Kind: "radio", Label: v.m.T("console.field.role"), Required: true, Options: c.roleOptions(v)},
		{Name: "unit", Kind: "select", Label: v.m.T("console.assign.unit"), Required: true, Value: o.Person.Unit, Options: c.unitOptions(v, v.m.T("console.choose"))},
		{Name: "area", Kind: "select", Label: v.m.T("console.assign.area"), Hint: v.m.T("console.hint.area"), Options: c.areaOptions(v)},
		{Name: "post", Kind: "select", Label: v.m.T("console.assign.post"), Hint: v.m.T("console.hint.post"), Options: c.postOptions(v)},
		{Name: "from", Kind: "date", Label: v.m.T("console.field.from"), Required: true, Value: c.today().String()},
		{Name: "to", Kind: "date", Label: v.m.T("console.assign.last"), Hint: v.m.T("console.hint.last")},
	}
}

func (c *Console) assign(v visit, o people.Overview, q url.Values) error {
	switch {
	case q.Get("role") == "":
		return gov.Errorf(gov.Invalid, "请选择角色", "choose a role").On("role")
	case q.Get("unit") == "":
		return gov.Errorf(gov.Invalid, "请选择单位", "choose a unit").On("unit")
	}
	p, err := periodOf(q)
	if err == nil {
		_, err = c.Office.Assign(v.ctx(), v.by, people.Assignment{Person: o.Person.ID, Role: q.Get("role"), Unit: q.Get("unit"), Post: q.Get("post"), Area: q.Get("area"), Period: p})
	}
	return err
}

// periodOf reads the first and the last day of a form.
func periodOf(q url.Values) (p people.Period, err error) {
	if p.From, err = date(q, "from"); err != nil {
		return p, err
	}
	last, err := date(q, "to")
	if err == nil && !last.IsZero() {
		p.To = last.Add(1)
	}
	return p, err
}

// absenceFields ask who acts instead, and for how long.
func (c *Console) absenceFields(v visit, _ people.Overview) []ui.Field {
	return []ui.Field{
		{Name: "deputy", Kind: "text", Label: v.m.T("console.field.deputy"), Required: true, Hint: v.m.T("console.hint.person")},
		{Name: "from", Kind: "date", Label: v.m.T("console.field.from"), Required: true, Value: c.today().String()},
		{Name: "to", Kind: "date", Label: v.m.T("console.field.last"), Required: true},
	}
}

func (c *Console) absence(v visit, o people.Overview, q url.Values) error {
	deputy, err := c.Office.Find(v.ctx(), v.by, q.Get("deputy"))
	if err != nil {
		return onField(err, "deputy", gov.Invalid, gov.NotFound, gov.Conflict)
	}
	p, err := periodOf(q)
	if err == nil {
		_, err = c.Office.EnterAbsence(v.ctx(), v.by, people.Absence{Person: o.Person.ID, Deputy: deputy.ID, Period: p})
	}
	return err
}

// endFields ask for the first day on which something is over.
func (c *Console) endFields(v visit, _ people.Overview) []ui.Field {
	return []ui.Field{{Name: "to", Kind: "date", Label: v.m.T("console.end.day"), Required: true, Hint: v.m.T("console.hint.end"), Value: c.today().String()}}
}

func (c *Console) end(v visit, _ people.Overview, q url.Values) error {
	return ending(v, q, func(id gov.ID, day gov.Date) error { return c.Office.EndAssignment(v.ctx(), v.by, id, day) })
}

func (c *Console) back(v visit, _ people.Overview, q url.Values) error {
	return ending(v, q, func(id gov.ID, day gov.Date) error { return c.Office.EndAbsence(v.ctx(), v.by, id, day) })
}

// ending reads what ends and when; that the thing is the person's was seen when
// the page was made.
func ending(v visit, q url.Values, end func(gov.ID, gov.Date) error) error {
	id, err := gov.ParseID(v.URL.Query().Get("of"))
	if err != nil {
		return err
	}
	day, err := date(q, "to")
	if err != nil {
		return err
	}
	return end(id, day)
}
