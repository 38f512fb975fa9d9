package desk

import (
	"errors"
	"net/http"
	"slices"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/caseform"
	"quanxiang/web/ui"
)

// startsView lists the cases somebody may begin.
type startsView struct {
	Rows  []startRow
	Empty string
}

// startRow is a way to begin one case, or many from a table.
type startRow struct {
	ui.Row
	Import string
}

func (k *Desk) starts(w http.ResponseWriter, v *visit) error {
	var view startsView
	for _, s := range k.Work.Starts(v.Standing) {
		way := s.Procedure.ID + "/" + s.Action.ID
		view.Rows = append(view.Rows, startRow{Import: Root + "/import/" + way, Row: ui.Row{
			Href: Root + "/new/" + way, Title: s.Action.Name.In(v.Lang()), Lead: s.Procedure.Title.In(v.Lang()),
			Meta: []string{v.T("desk.by_clause", "cite", s.Procedure.Cite)},
		}})
	}
	if len(view.Rows) == 0 {
		view.Empty = v.T("desk.no_starts")
	}
	return k.pages.starts.Render(w, v.Request, http.StatusOK, newFrame(v.T("desk.new")), view)
}

// bar leads on from the lists of cases.
func (k *Desk) bar(v *visit) (b bar) {
	b.Moderate = residents.ServesCallers(v.Standing)
	for _, s := range k.Work.Starts(v.Standing) {
		b.New = true
		call := ui.Link{Href: CallsPath(s.Procedure.ID), Label: v.T("desk.calls")}
		if k.Calls && s.Procedure.Intake != nil && slices.Contains(s.Procedure.Intake.Actions, s.Action.ID) && !slices.Contains(b.Calls, call) {
			b.Calls = append(b.Calls, call)
		}
	}
	return b
}

// start finds the way to begin a case that an address names.
func (k *Desk) start(v *visit) (docket.Under, *procedure.Action, error) {
	for _, s := range k.Work.Starts(v.Standing) {
		if s.Procedure.ID == v.PathValue("procedure") && s.Action.ID == v.PathValue("action") {
			return docket.Under{Pack: v.pack, Procedure: s.Procedure}, s.Action, nil
		}
	}
	return docket.Under{}, nil, gov.Errorf(gov.NotFound, "没有这个页面，或者您不能这样新建案件。", "There is no such page, or you may not begin cases this way.")
}

// caseInput names the case that is begun: the id is made when the form is shown,
// so that a form that is sent twice begins it once.
const caseInput = "case"

func (k *Desk) beginForm(w http.ResponseWriter, v *visit) error {
	u, a, err := k.start(v)
	if err != nil {
		return err
	}
	return k.showBegin(w, v, http.StatusOK, u, a, gov.NewID(k.Clock()), nil, nil, nil)
}

func (k *Desk) showBegin(w http.ResponseWriter, v *visit, status int, u docket.Under, a *procedure.Action, id gov.ID, typed casework.Typed, wrong cases.Mistakes, why error) error {
	maker := caseform.Maker{Messages: v.Messages, Pack: v.pack, Under: u, Day: gov.DateOf(v.At)}
	var err error
	if maker.People, err = k.among(v, gov.ID{}, u.Procedure, a); err != nil {
		return err
	}
	if maker.Files, err = k.Work.Attachments(v.Context(), v.Standing, id); err != nil {
		return err
	}
	form := actionForm(v, maker, a, typed, wrong)
	form.Action = Root + "/new/" + u.Procedure.ID + "/" + a.ID
	form.Fields = append(form.Fields, ui.Field{Kind: "hidden", Name: caseInput, Value: id.String()})
	view := actView{Title: a.Name.In(v.Lang()), Help: a.Help.In(v.Lang()), Form: form,
		Crumb: []ui.Link{{Href: Root, Label: v.T("desk.title")}, {Href: Root + "/new", Label: v.T("desk.new")}}}
	rest := caseform.Mend(form.Fields, wrong, v.Lang())
	if why != nil || len(rest) > 0 {
		view.Alert = &alert{Tone: "bad", Title: v.T("desk.not_done")}
		if why != nil {
			view.Alert.Lines = append(view.Alert.Lines, gov.TextOf(why, v.Lang()))
		}
		for _, m := range rest {
			view.Alert.Lines = append(view.Alert.Lines, m.Text.In(v.Lang()))
		}
	}
	return k.pages.act.Render(w, v.Request, status, newFrame(view.Title), view)
}

func (k *Desk) begin(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	u, a, err := k.start(v)
	if err != nil {
		return err
	}
	id, err := gov.ParseID(v.PostForm.Get(caseInput))
	if err != nil {
		return gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.")
	}
	typed := caseform.Maker{Messages: v.Messages, Under: u}.Read(v.PostForm, a)
	wrong, err := caseform.AttachAll(v.Request, u.Procedure, a, typed, k.attachTo(v, id))
	if err != nil {
		return err
	}
	values, mistakes, err := k.Work.Values(v.Context(), v.Standing, u, a, typed)
	if err != nil {
		return err
	}
	wrong = append(wrong, mistakes...)
	var refusal error
	if len(wrong) == 0 {
		_, refusal = k.Work.Begin(v.Context(), v.Standing, id, u.Procedure.ID, a.ID, values, "")
		if refusal == nil {
			http.Redirect(w, v.Request, Root+"/cases/"+id.String()+"?done=1", http.StatusSeeOther)
			return nil
		}
		if errors.As(refusal, &wrong) {
			refusal = nil
		}
	}
	if code := gov.CodeOf(refusal); refusal != nil && !slices.Contains([]gov.Code{gov.Conflict, gov.Forbidden, gov.Invalid}, code) {
		return refusal
	}
	status := http.StatusUnprocessableEntity
	if refusal != nil {
		status = ui.Status(gov.CodeOf(refusal))
	}
	return k.showBegin(w, v, status, u, a, id, typed, wrong, refusal)
}
