package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
	"quanxiang/web/ui"
)

// maxBulk is how many cases may be dealt with at once.
const maxBulk = pageRows

// bulkView deals with several cases at once: it asks what to do, then with
// which values, then tells for each case what came of it.
type bulkView struct {
	Crumbs  []ui.Link
	Cases   []row
	Choices []ui.Option // what can be done in all of them
	Why     string      // why there is nothing
	Alert   *alert
	Action  string
	Form    *ui.Form
	Own     []ownRow // what each case gets for itself
	Hidden  []ui.Field
	Results *ui.Table
	Summary string
	Back    string
}

// several are the cases of a bulk step.
type several struct {
	sheets []casework.Sheet
	back   string
}

// bulk answers each stage by what the form holds so far. Every case has a key of
// its own from the first stage on, so that what is sent twice is done once.
func (k *Desk) bulk(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	all := several{back: Root}
	if u, ok := listAddress(v.PostForm.Get("back")); ok {
		all.back = u.RequestURI()
	}
	ids := v.PostForm["case"]
	if len(ids) == 0 {
		return k.showBulk(w, v, http.StatusUnprocessableEntity, all, bulkView{Why: v.T("desk.bulk.none")})
	}
	if len(ids) > maxBulk {
		return gov.Errorf(gov.TooLarge, "一次最多批量办理 %d 件。", "At most %d cases at a time.", maxBulk)
	}
	for _, text := range ids {
		id, err := gov.ParseID(text)
		if err != nil {
			return gov.Errorf(gov.NotFound, "没有这件案件。", "There is no such case.")
		}
		sheet, err := k.Work.Sheet(v.Context(), v.Standing, id)
		if err != nil {
			return err
		}
		all.sheets = append(all.sheets, sheet)
	}
	chosen := v.PostForm.Get("action")
	a, ok := all.sheets[0].Under.Procedure.Action(chosen)
	switch {
	case chosen == "":
		return k.chooseBulk(w, v, all)
	case !ok || !all.alike() || unfit(all.sheets[0].Under.Procedure, a):
		return gov.Errorf(gov.Invalid, "这些案件不能这样批量办理。", "These cases cannot be dealt with together this way.")
	case v.PostForm.Get("go") == "":
		return k.bulkForm(w, v, http.StatusOK, all, a, batch{})
	}
	return k.doBulk(w, v, all, a)
}

// alike reports that all cases are of one procedure.
func (s several) alike() bool {
	return !slices.ContainsFunc(s.sheets, func(o casework.Sheet) bool { return o.Under.Procedure.ID != s.sheets[0].Under.Procedure.ID })
}

// unfit tells what is not done to several cases at once: what cannot be taken
// back, and what asks for files or a checklist, which belong to one case each.
func unfit(p *procedure.Procedure, a *procedure.Action) bool {
	return a.Danger || caseform.Asks(p, a, procedure.FilesField, procedure.ChecklistField)
}

func (k *Desk) chooseBulk(w http.ResponseWriter, v *visit, all several) error {
	view := bulkView{}
	if !all.alike() {
		view.Why = v.T("desk.bulk.unlike")
		return k.showBulk(w, v, http.StatusUnprocessableEntity, all, view)
	}
	for _, opt := range all.sheets[0].Options {
		if unfit(all.sheets[0].Under.Procedure, opt.Action) || slices.ContainsFunc(all.sheets, func(s casework.Sheet) bool {
			return !slices.ContainsFunc(s.Options, func(o cases.Option) bool { return o.Action.ID == opt.Action.ID && o.Why == nil })
		}) {
			continue
		}
		view.Choices = append(view.Choices, ui.Option{Value: opt.Action.ID, Label: opt.Action.Name.In(v.Lang())})
	}
	status := http.StatusOK
	if len(view.Choices) == 0 {
		view.Why, status = v.T("desk.bulk.nothing"), http.StatusUnprocessableEntity
	}
	for _, s := range all.sheets {
		view.Hidden = append(view.Hidden, ui.Field{Kind: "hidden", Name: "case", Value: s.ID.String()},
			ui.Field{Kind: "hidden", Name: keyInput + "-" + s.ID.String(), Value: k.key()})
	}
	view.Hidden = append(view.Hidden, ui.Field{Kind: "hidden", Name: "back", Value: all.back})
	return k.showBulk(w, v, status, all, view)
}

func (k *Desk) showBulk(w http.ResponseWriter, v *visit, status int, all several, view bulkView) error {
	view.Back, view.Crumbs = all.back, []ui.Link{{Href: Root, Label: v.T("desk.title")}}
	for _, s := range all.sheets {
		view.Cases = append(view.Cases, row{ID: s.ID.String(), Href: CasePath(s.ID), Number: s.Number, Subject: s.Subject})
	}
	return k.pages.bulk.Render(w, v.Request, status, frame(v.T("desk.bulk.title")), view)
}

// bulkForm asks for the values: those all cases get, and of what is suggested for
// each case its own.
func (k *Desk) bulkForm(w http.ResponseWriter, v *visit, status int, all several, a *procedure.Action, sent batch) error {
	u := all.sheets[0].Under
	maker := caseform.Maker{Messages: v.Messages, Pack: v.pack, Under: u, Day: gov.DateOf(v.At)}
	var err error
	if maker.People, err = k.among(v, all.sheets[0].ID, u.Procedure, a); err != nil {
		return err
	}
	form := actionForm(v, maker, asking(u.Procedure, a, false), sent.shared, sent.wrong)
	form.Action = Root + "/bulk"
	rest := caseform.Mend(form.Fields, sent.wrong, v.Lang())
	for _, s := range all.sheets {
		name := keyInput + "-" + s.ID.String()
		form.Fields = append(form.Fields, ui.Field{Kind: "hidden", Name: "case", Value: s.ID.String()},
			ui.Field{Kind: "hidden", Name: name, Value: v.PostForm.Get(name)})
	}
	form.Fields = append(form.Fields, ui.Field{Kind: "hidden", Name: "back", Value: all.back},
		ui.Field{Kind: "hidden", Name: "action", Value: a.ID}, ui.Field{Kind: "hidden", Name: "go", Value: "1"})
	form.Submit = v.T("desk.bulk.go", "action", a.Name, "n", len(all.sheets))
	view := bulkView{Action: a.Name.In(v.Lang()), Form: form}
	if view.Own, err = k.ownRows(v, all, a, sent); err != nil {
		return err
	}
	if len(rest) > 0 || !sent.right() {
		view.Alert = &alert{Tone: "bad", Title: v.T("desk.not_done")}
		for _, m := range rest {
			view.Alert.Lines = append(view.Alert.Lines, m.Text.In(v.Lang()))
		}
	}
	return k.showBulk(w, v, status, all, view)
}

// doBulk does the step on one case after the other and tells of each whether it
// was done, and if not why. What is wrong with what was typed is said before
// anything is done.
func (k *Desk) doBulk(w http.ResponseWriter, v *visit, all several, a *procedure.Action) error {
	sent, err := k.readBatch(v, all, a)
	if err != nil {
		return err
	}
	if !sent.right() {
		return k.bulkForm(w, v, http.StatusUnprocessableEntity, all, a, sent)
	}
	p := all.sheets[0].Under.Procedure
	t := ui.Table{Caption: v.T("desk.bulk.results"), Columns: []ui.Column{
		{Label: v.T("desk.number"), Lead: true, Narrow: true}, {Label: v.T("desk.subject"), Main: true}}}
	for _, f := range ownFields(p, a) {
		t.Columns = append(t.Columns, ui.Column{Label: f.Label.In(v.Lang())})
	}
	t.Columns = append(t.Columns, ui.Column{Label: v.T("desk.bulk.result")}, ui.Column{Label: v.T("desk.bulk.why")})
	done := 0
	for i, s := range all.sheets {
		result, why := ui.Chip{Label: v.T("desk.bulk.done"), Tone: "good"}, ""
		err := k.oneOfMany(v, s, a, sent.typed[i])
		if err == nil {
			done++
		} else if code := gov.CodeOf(err); code == gov.Internal || code == gov.Unavailable {
			// The others were done or told; this one is told as well.
			k.Log.ErrorContext(v.Context(), "a case of several failed", "request", ui.RequestID(v.Context()), "err", err)
			result, why = ui.Chip{Label: v.T("desk.bulk.failed"), Tone: "bad"}, v.T("desk.bulk.again")
		} else {
			result, why = ui.Chip{Label: v.T("desk.bulk.refused"), Tone: "warn"}, reason(err, v.Lang())
		}
		cells := []ui.Cell{ui.TextCell(s.Number), {Links: []ui.Link{{Href: CasePath(s.ID), Label: s.Subject}}}}
		for _, f := range ownFields(p, a) {
			words := casework.Words(v.pack, f, sent.values[i][f.ID], v.Lang())
			cells = append(cells, ui.TextCell(strings.Join(words, v.T("list.separator"))))
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: append(cells, ui.Cell{Chips: []ui.Chip{result}}, ui.TextCell(why))})
	}
	view := bulkView{Action: a.Name.In(v.Lang()), Results: &t, Summary: v.T("desk.bulk.summary", "done", done, "n", len(all.sheets))}
	all.sheets = nil
	return k.showBulk(w, v, http.StatusOK, all, view)
}

// oneOfMany does the step on one of the cases.
func (k *Desk) oneOfMany(v *visit, s casework.Sheet, a *procedure.Action, typed casework.Typed) error {
	own, ok := s.Under.Procedure.Action(a.ID) // the case may run under an earlier pack
	if !ok {
		return gov.Errorf(gov.Invalid, "这件案件的流程没有“%[1]s”", "the procedure of this case has no %[2]q", a.Name.ZH, a.Name.In(gov.EN))
	}
	values, wrong, err := k.Work.Values(v.Context(), v.Standing, s.Under, own, typed)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return wrong
	}
	key, err := gov.ParseID(v.PostForm.Get(keyInput + "-" + s.ID.String()))
	if err != nil {
		return gov.Errorf(gov.Invalid, "表单内容不完整，请重新选择", "the form is not whole; choose again")
	}
	return k.Work.Act(v.Context(), v.Standing, docket.Step{Case: s.ID, Key: key}, a.ID, values, "")
}

// reason is why a step was refused, with every mistake.
func reason(err error, l gov.Lang) string {
	var wrong cases.Mistakes
	if !errors.As(err, &wrong) {
		return gov.TextOf(err, l)
	}
	texts := make([]string, len(wrong))
	for i, m := range wrong {
		texts[i] = m.Text.In(l)
	}
	return strings.Join(texts, gov.Text{ZH: "；", EN: "; "}.In(l))
}
