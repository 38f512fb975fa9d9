package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// Inputs of the forms besides the fields of the procedure.
const (
	versionInput = "version" // of the case the visitor saw
	keyInput     = "key"     // names the step
	sureInput    = "sure"    // the visitor was asked once more
	noteInput    = "note"
	filesInput   = "files"
)

// actView is the page of one step: its form, or why it cannot be done any more
// with what was typed.
type actView struct {
	Head  *headView // nil for a case yet to be begun
	Crumb []ui.Link
	Title string
	Help  string
	Alert *alert
	News  []entry
	Form  *ui.Form
	Typed []value // what was typed, when there is no form to keep it
	Sure  bool    // asks once more
}

// form is the form of an action of a case.
func (k *Desk) form(v *visit, o *open, a *procedure.Action, typed casework.Typed, wrong cases.Mistakes) (*ui.Form, error) {
	maker, err := k.maker(v, o, a)
	if err != nil {
		return nil, err
	}
	f := actionForm(v, maker, a, typed, wrong)
	f.Action = o.at + "/do/" + a.ID
	f.Fields = append(f.Fields,
		ui.Field{Kind: "hidden", Name: versionInput, Value: strconv.FormatInt(o.Version, 10)},
		ui.Field{Kind: "hidden", Name: keyInput, Value: k.key()})
	return f, nil
}

// actionForm is the form of an action without what names the step.
func actionForm(v *visit, maker caseform.Maker, a *procedure.Action, typed casework.Typed, wrong cases.Mistakes) *ui.Form {
	p := maker.Under.Procedure
	f := &ui.Form{ID: "step", Post: true, File: caseform.Uploads(p, a), Submit: a.Name.In(v.Lang()), Danger: a.Danger,
		Fields: maker.Fields(a, typed, wrong)}
	if len(a.Approve) > 0 {
		f.Lines = append(f.Lines, ui.Line{Tone: "warn", Text: v.T("desk.consent_needed", "who", parties(v.Messages, p, a.Approve))})
	}
	if a.Together != nil {
		f.Lines = append(f.Lines, ui.Line{Tone: "warn", Text: v.T("desk.together", "who", parties(v.Messages, p, a.Together.Of), "need", a.Together.Need)})
	}
	if a.Letter != "" {
		if l, ok := p.Letter(a.Letter); ok {
			f.Lines = append(f.Lines, ui.Line{Text: v.T("desk.letter_made", "letter", l.Name)})
		}
	}
	for _, x := range explain.New(v.Messages, maker.Under.Pack, p).WillEnter(a) {
		f.Lines = append(f.Lines, ui.Line{Tone: "info", Text: x.Text})
	}
	if len(a.Notify) > 0 {
		f.Lines = append(f.Lines, ui.Line{Text: v.T("desk.told", "who", parties(v.Messages, p, a.Notify))})
	}
	return f
}

// maker gathers what the form of an action needs.
func (k *Desk) maker(v *visit, o *open, a *procedure.Action) (caseform.Maker, error) {
	maker := caseform.Maker{Messages: v.Messages, Pack: v.pack, Under: o.Under, Shown: o.Fields, Numbers: o.numbers, Day: gov.DateOf(v.At)}
	for _, f := range o.files {
		maker.Files = append(maker.Files, f)
	}
	slices.SortFunc(maker.Files, func(a, b docket.Attachment) int { return int(a.At - b.At) })
	var err error
	if maker.Suggested, err = k.Work.Suggestions(v.Context(), v.Standing, o.ID, a); err != nil {
		return maker, err
	}
	maker.People, err = k.among(v, o.ID, o.Under.Procedure, a)
	return maker, err
}

// among are the persons each field of an action may name.
func (k *Desk) among(v *visit, id gov.ID, p *procedure.Procedure, a *procedure.Action) (map[string][]people.Person, error) {
	all := map[string][]people.Person{}
	for _, ask := range a.Asks {
		f, _ := p.Field(ask.Field)
		if !f.Type.IsPerson() {
			continue
		}
		list, err := k.Work.Among(v.Context(), v.Standing, id, p, f)
		if err != nil {
			return nil, err
		}
		all[f.ID] = list
	}
	return all, nil
}

// actForm shows the form of an action on a page of its own.
func (k *Desk) actForm(w http.ResponseWriter, v *visit) error {
	o, err := k.load(v)
	if err != nil {
		return err
	}
	a, ok := o.Under.Procedure.Action(v.PathValue("action"))
	if !ok {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	if err := k.may(v, o, a); err != nil {
		return k.refused(w, v, a, nil, err)
	}
	view := k.actView(v, o, a)
	if view.Form, err = k.form(v, o, a, nil, nil); err != nil {
		return err
	}
	return k.showAct(w, v, o, http.StatusOK, view)
}

// may tells whether the visitor may do an action now, what is typed aside.
func (k *Desk) may(v *visit, o *open, a *procedure.Action) error {
	return k.Work.May(v.Context(), v.Standing, o.ID, a.ID)
}

func (k *Desk) actView(v *visit, o *open, a *procedure.Action) actView {
	h := k.head(v, o)
	h.Crumbs = append(h.Crumbs, ui.Link{Href: o.at, Label: o.Number})
	return actView{Head: &h, Crumb: h.Crumbs, Title: a.Name.In(v.Lang()), Help: a.Help.In(v.Lang())}
}

func (k *Desk) showAct(w http.ResponseWriter, v *visit, o *open, status int, view actView) error {
	return k.pages.act.Render(w, v.Request, status, frame(view.Title+" "+o.Number), view)
}

// act does an action. What cannot be done is shown with what was typed and with
// what has happened to the case since.
func (k *Desk) act(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	o, err := k.load(v)
	if err != nil {
		return err
	}
	a, ok := o.Under.Procedure.Action(v.PathValue("action"))
	if !ok {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	step, err := readStep(v, o.ID)
	if err != nil {
		return err
	}
	typed, wrong, err := k.typed(v, o, a)
	if err != nil {
		return err
	}
	values, mistakes, err := k.Work.Values(v.Context(), v.Standing, o.Under, a, typed)
	if err != nil {
		return err
	}
	possible := k.may(v, o, a) == nil // a form that is sent again may have done it already
	if wrong = append(wrong, mistakes...); len(wrong) > 0 && possible {
		return k.wrong(w, v, o, a, typed, wrong)
	}
	asks := a.Danger && v.PostForm.Get(sureInput) == "" && possible
	if asks {
		err = k.Work.Try(v.Context(), v.Standing, o.ID, a.ID, values)
	} else {
		err = k.Work.Act(v.Context(), v.Standing, step, a.ID, values, "")
	}
	var more cases.Mistakes
	switch {
	case err == nil && asks:
		return k.askAgain(w, v, o, a, typed)
	case err == nil:
		return seeDone(w, v, o, step)
	case errors.As(err, &more):
		return k.wrong(w, v, o, a, typed, more)
	}
	return k.refused(w, v, a, typed, err)
}

// seeDone leads back to the case and says there what was done.
func seeDone(w http.ResponseWriter, v *visit, o *open, step docket.Step) error {
	http.Redirect(w, v.Request, o.at+"?done="+strconv.FormatInt(step.Version+1, 10), http.StatusSeeOther)
	return nil
}

// wrong shows the form again with the mistakes at their fields.
func (k *Desk) wrong(w http.ResponseWriter, v *visit, o *open, a *procedure.Action, typed casework.Typed, wrong cases.Mistakes) error {
	o, err := k.again(v, o)
	if err != nil {
		return err
	}
	view := k.actView(v, o, a)
	if view.Form, err = k.form(v, o, a, typed, wrong); err != nil {
		return err
	}
	keepStep(v, view.Form)
	if rest := caseform.Mend(view.Form.Fields, wrong, v.Lang()); len(rest) > 0 {
		view.Alert = &alert{Tone: "bad", Title: v.T("desk.not_done")}
		for _, m := range rest {
			view.Alert.Lines = append(view.Alert.Lines, m.Text.In(v.Lang()))
		}
	}
	return k.showAct(w, v, o, http.StatusUnprocessableEntity, view)
}

// again reads a case anew when files have been attached to it meanwhile.
func (k *Desk) again(v *visit, o *open) (*open, error) {
	if v.MultipartForm == nil {
		return o, nil
	}
	return k.load(v)
}

// keepStep keeps what names a step that was not done: the version the visitor
// saw and its key.
func keepStep(v *visit, f *ui.Form) {
	for i, x := range f.Fields {
		if x.Kind == "hidden" && v.PostForm.Has(x.Name) {
			f.Fields[i].Value = v.PostForm.Get(x.Name)
		}
	}
}

// askAgain asks once more before what cannot be taken back.
func (k *Desk) askAgain(w http.ResponseWriter, v *visit, o *open, a *procedure.Action, typed casework.Typed) error {
	view := k.actView(v, o, a)
	view.Sure = true
	form := &ui.Form{ID: "step", Post: true, Action: o.at + "/do/" + a.ID, Danger: true,
		Submit: v.T("desk.sure_do", "action", a.Name), Fields: hidden(v.PostForm)}
	form.Fields = append(form.Fields, ui.Field{Kind: "hidden", Name: sureInput, Value: "1"})
	for field, inputs := range typed {
		if f, _ := o.Under.Procedure.Field(field); f.Type == procedure.FilesField {
			for _, key := range inputs { // those just sent are no inputs of the form
				if !slices.Contains(v.PostForm[caseform.Name(field)], key) {
					form.Fields = append(form.Fields, ui.Field{Kind: "hidden", Name: caseform.Name(field), Value: key})
				}
			}
		}
	}
	view.Typed, view.Form = k.typedWords(v, o, typed), form
	return k.showAct(w, v, o, http.StatusOK, view)
}

// hidden carries what was typed through a page that asks once more.
func hidden(form url.Values) []ui.Field {
	var list []ui.Field
	for name, inputs := range form {
		for _, x := range inputs {
			list = append(list, ui.Field{Kind: "hidden", Name: name, Value: x})
		}
	}
	slices.SortFunc(list, func(a, b ui.Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// refused says why a step cannot be done now: with the form, if the visitor may
// still do it on the case as it is by now, else with what was typed.
func (k *Desk) refused(w http.ResponseWriter, v *visit, a *procedure.Action, typed casework.Typed, why error) error {
	code := gov.CodeOf(why)
	if code != gov.Conflict && code != gov.Forbidden && code != gov.Invalid {
		return why
	}
	seen, _ := strconv.ParseInt(v.PostFormValue(versionInput), 10, 64)
	o, err := k.load(v)
	if err != nil {
		return err
	}
	view := k.actView(v, o, a)
	view.Alert = &alert{Tone: "bad", Title: v.T("desk.not_done"), Lines: []string{gov.TextOf(why, v.Lang())}}
	if seen > 0 && seen < o.Version {
		view.News = timeline(v.Messages, o.Sheet, o.history, o.lexicon)[:o.Version-seen]
	}
	now := k.may(v, o, a)
	if text := gov.TextOf(now, v.Lang()); now != nil && !slices.Contains(view.Alert.Lines, text) {
		view.Alert.Lines = append(view.Alert.Lines, text)
	}
	if now == nil {
		if view.Form, err = k.form(v, o, a, typed, nil); err != nil {
			return err
		}
		if len(view.News) > 0 {
			view.Alert.Lines = append(view.Alert.Lines, v.T("desk.still_possible"))
		}
	} else {
		view.Typed = k.typedWords(v, o, typed)
	}
	return k.showAct(w, v, o, ui.Status(code), view)
}

// typedWords is what was typed in words, so that nobody has to think it up
// again.
func (k *Desk) typedWords(v *visit, o *open, typed casework.Typed) []value {
	var list []value
	for i := range o.Under.Procedure.Fields {
		f := &o.Under.Procedure.Fields[i]
		inputs := typed[f.ID]
		if len(inputs) == 0 || len(inputs) == 1 && inputs[0] == "" {
			continue
		}
		x, mistake := entered.Parse(f, inputs...)
		if mistake != nil || x == nil || f.Type == procedure.CaseField {
			list = append(list, value{Label: f.Label.In(v.Lang()), Texts: inputs})
			continue
		}
		list = append(list, o.say(v.Messages, docket.Under{Pack: v.pack, Procedure: o.Under.Procedure}, f, x))
	}
	return list
}

// readStep reads what names a step.
func readStep(v *visit, id gov.ID) (docket.Step, error) {
	version, err := strconv.ParseInt(v.PostFormValue(versionInput), 10, 64)
	key, bad := gov.ParseID(v.PostFormValue(keyInput))
	if err != nil || bad != nil || version < 1 {
		return docket.Step{}, gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.")
	}
	return docket.Step{Case: id, Version: version, Key: key}, nil
}
