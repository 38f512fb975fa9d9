package plans

import (
	"net/http"

	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// joinView is where the office joins proposals into a plan.
type joinView struct {
	Crumbs []ui.Link
	Form   *ui.Form // nil while nothing waits
}

func (k *Pages) showJoin(w http.ResponseWriter, r *http.Request) error {
	return k.renderJoin(w, r, http.StatusOK, nil)
}

func (k *Pages) renderJoin(w http.ResponseWriter, r *http.Request, status int, failed error) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	if err := people.Can(by, policy.LeadInspections, people.Object{}); err != nil {
		return err
	}
	list, err := k.live(r, by)
	if err != nil {
		return err
	}
	out := joinView{Crumbs: crumbs(m, true)}
	today := gov.DateOf(k.Clock())
	f := ui.Form{ID: "join", Action: joinPath, Post: true, Submit: m.T("inspections.join_submit"), Fields: []ui.Field{
		{Name: "title", Kind: "text", Label: m.T("inspections.title"), Required: true},
		{Name: "proposals", Kind: "checks", Label: m.T("inspections.proposals"), Hint: m.T("inspections.proposals_hint"), Required: true},
		{Name: "first", Kind: "date", Label: m.T("inspections.first"), Required: true, Value: today.Add(14).String()},
		{Name: "last", Kind: "date", Label: m.T("inspections.last"), Required: true, Value: today.Add(44).String()},
		{Name: "campaign", Kind: "checks", Label: m.T("inspections.mode"), Hint: m.T("inspections.campaign_hint"), Options: []ui.Option{{Value: "yes", Label: m.T("inspections.campaign")}}},
	}}
	for _, b := range list {
		if b.Plan.IsZero() {
			f.Fields[1].Options = append(f.Fields[1].Options, ui.Option{Value: b.ID.String(), Group: quarter(m, b.Year, b.Quarter),
				Label: k.unit(m, b.Unit) + m.T("registers.dot") + b.Title + m.T("registers.dot") + k.howMany(m, b.Share, b.Count)})
		}
	}
	if len(f.Fields[1].Options) > 0 {
		out.Form = &f
	}
	if failed != nil {
		f.Fill(r.PostForm)
		if !f.Fail(failed, m.Lang()) {
			return failed
		}
	}
	return k.join.Render(w, r, status, frame(m.T("inspections.join")), out)
}

func (k *Pages) sendJoin(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单无法读取", "the form cannot be read").Because(err)
	}
	j := inspections.Joint{Title: r.PostFormValue("title"), Campaign: r.PostFormValue("campaign") != ""}
	for _, text := range r.PostForm["proposals"] {
		id, err := idOf(text)
		if err != nil {
			return err
		}
		j.Proposals = append(j.Proposals, id)
	}
	for name, into := range map[string]*gov.Date{"first": &j.First, "last": &j.Last} {
		day, err := gov.ParseDate(r.PostFormValue(name))
		if err != nil {
			return k.renderJoin(w, r, http.StatusUnprocessableEntity, gov.Errorf(gov.Invalid, "请填写日期", "give a date").On(name))
		}
		*into = day
	}
	id, err := k.Plans.Join(r.Context(), who.Of(r.Context()).Standing, j)
	if code := gov.CodeOf(err); code == gov.Invalid || code == gov.Conflict {
		if code == gov.Conflict { // taken or withdrawn meanwhile
			err = gov.Errorf(gov.Invalid, "%[1]s", "%[2]s", gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN)).On("proposals")
		}
		return k.renderJoin(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, planPath+id.String(), http.StatusSeeOther)
	return nil
}
