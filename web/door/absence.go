package door

import (
	"net/http"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// absenceStep is the page on which somebody names a deputy: from a unit, their
// own at first.
func (d *Door) absenceStep(r *http.Request) (stepView, error) {
	m := d.Engine.For(r)
	visit := who.Of(r.Context())
	unit := r.FormValue("unit")
	if unit == "" {
		p, err := d.Office.Person(r.Context(), visit.Standing, visit.Standing.Person)
		if err != nil {
			return stepView{}, err
		}
		unit = p.Unit
	}
	list, err := d.Office.Colleagues(r.Context(), visit.Standing, unit)
	if err != nil {
		return stepView{}, err
	}
	choice := []ui.Option{{Value: "", Label: m.T("absence.choose")}}
	for _, p := range list {
		if p.ID != visit.Standing.Person {
			choice = append(choice, ui.Option{Value: p.ID.String(), Label: p.Name})
		}
	}
	today := gov.DateOf(d.Clock()).String()
	v := stepView{Crumbs: crumbs(m), Lede: m.T("absence.lede"), Warn: m.T("absence.warn"), Form: ui.Form{ID: "absence", Action: "/account/absence", Post: true, Submit: m.T("absence.go"), Fields: append([]ui.Field{
		{Name: "deputy", Kind: "select", Label: m.T("absence.deputy", "unit", d.unitName(unit, m.Lang())), Hint: m.T("absence.deputy_hint"), Options: choice},
		{Name: "from", Kind: "date", Label: m.T("absence.from"), Value: today},
		{Name: "to", Kind: "date", Label: m.T("absence.to")},
	}, hidden("unit", unit)...)}}
	v.Form.Fill(r.PostForm)
	units := make([]ui.Option, 0, len(d.Pack.Units))
	for _, u := range d.Pack.Units {
		units = append(units, ui.Option{Value: u.ID, Label: u.Name.In(m.Lang())})
	}
	v.Choose = &ui.Form{ID: "unit", Action: "/account/absence", Inline: true, Submit: m.T("absence.show"), Fields: []ui.Field{
		{Name: "unit", Kind: "select", Label: m.T("absence.unit"), Value: unit, Options: units, Wide: true},
	}}
	return v, nil
}

func (d *Door) absencePage(w http.ResponseWriter, r *http.Request) error {
	v, err := d.absenceStep(r)
	if err != nil {
		return err
	}
	return d.step(w, r, d.Engine.For(r).T("absence.title"), v)
}

// enterAbsence names a deputy for some days. The form asks for the last of
// them, as people say it.
func (d *Door) enterAbsence(w http.ResponseWriter, r *http.Request) error {
	a, err := absenceOf(r)
	if err == nil {
		a.Person = who.Of(r.Context()).Standing.Person
		_, err = d.Office.EnterAbsence(r.Context(), who.Of(r.Context()).Standing, a)
	}
	if gov.CodeOf(err) == gov.Unknown {
		return err
	}
	if err != nil {
		v, broken := d.absenceStep(r)
		if broken != nil {
			return broken
		}
		return d.again(w, r, d.Engine.For(r).T("absence.title"), v, "from", err)
	}
	return see(w, r, done("absent"))
}

// absenceOf reads the form of an absence.
func absenceOf(r *http.Request) (a people.Absence, err error) {
	if a.Deputy, err = gov.ParseID(r.PostFormValue("deputy")); err != nil {
		return a, gov.Errorf(gov.Invalid, "请选择代理人。", "Choose a deputy.").On("deputy")
	}
	if a.Period.From, err = formDate(r, "from"); err != nil {
		return a, err
	}
	last, err := formDate(r, "to")
	if err != nil {
		return a, err
	}
	if last.Before(a.Period.From) {
		return a, gov.Errorf(gov.Invalid, "最后一天不能早于第一天。", "The last day cannot come before the first.").On("to")
	}
	a.Period.To = last.Add(1)
	return a, nil
}

func formDate(r *http.Request, name string) (gov.Date, error) {
	day, err := gov.ParseDate(r.PostFormValue(name))
	if err != nil || day.IsZero() {
		return day, gov.Errorf(gov.Invalid, "请填写日期，如 2026-11-30。", "Enter a date such as 2026-11-30.").On(name)
	}
	return day, nil
}

// endAbsence is back from an absence today.
func (d *Door) endAbsence(w http.ResponseWriter, r *http.Request) error {
	id, err := gov.ParseID(r.PostFormValue("id"))
	if err != nil {
		return err
	}
	if err := d.Office.EndAbsence(r.Context(), who.Of(r.Context()).Standing, id, gov.DateOf(d.Clock())); err != nil {
		return err
	}
	return see(w, r, done("back"))
}
