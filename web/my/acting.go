package my

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/support/apply"
	"quanxiang/web/caseform"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// Acting tells for which organisations somebody acts, see package support/apply.
type Acting interface {
	Represents(ctx context.Context, own []gov.ID) (list []apply.Organisation, asked int, err error)
	Acts(o apply.Organisation) casework.Resident
	Openings(o apply.Organisation) []apply.Opening
	BeginMatter(ctx context.Context, o apply.Organisation, id gov.ID, x apply.Opening, values cases.Values) error
}

// holder is as what a case is somebody's: by a contact, or acting for an organisation.
type holder struct {
	residents.Contact // zero of who acts for an organisation
	as                casework.Resident
	acts              *apply.Organisation
}

func actingCrumbs(v *visit) []ui.Link { return []ui.Link{{Href: ApplyRoot, Label: v.T("apply.home")}} }

// crumbs lead from a case to the list it is in.
func (c holder) crumbs(v *visit) []ui.Link {
	if c.acts != nil {
		return actingCrumbs(v)
	}
	return crumbs(v)
}

// maxOwn is how many of somebody's cases are looked through for representations.
const maxOwn = 300

// Organisations are those for which somebody may act today; asked is how many
// representations wait to be approved.
func (k *My) Organisations(ctx context.Context, s residents.Session) (list []apply.Organisation, asked int, err error) {
	if k.Acts == nil {
		return nil, 0, nil
	}
	var own []gov.ID
	page := gov.Page{Limit: 100}
	for len(own) < maxOwn {
		some, err := k.Register.Mine(ctx, s, page)
		if err != nil {
			return nil, 0, err
		}
		for _, c := range some.Items {
			own = append(own, c.Case)
		}
		if some.Next == "" {
			break
		}
		page.After = some.Next
	}
	return k.Acts.Represents(ctx, own)
}

// dueView is a deadline that runs.
type dueView struct {
	Name, Hour, Left, Tone string
	Day                    gov.Date
}

// letterView is a letter to the parties of a case.
type letterView struct {
	Name string
	At   int64
	Body []string
}

// acting adds to a case what whoever acts for an organisation has to know besides: until
// when things are to be done, what the office asked for, and its letters.
func (k *My) acting(v *visit, view *matterView, c holder, s casework.Sheet, history []casework.Entry) {
	view.For, view.About = c.acts.Name, s.Under.Procedure.Title.In(v.Lang())
	words := explain.New(v.Messages, s.Under.Pack, s.Under.Procedure).Clocks()
	for _, d := range s.Deadlines {
		if s.Ended != 0 || d.Paused || !d.Stopped.IsZero() || d.At.IsZero() {
			continue
		}
		due := explain.DueOf(v.Messages, k.Calendar(v.Context()), d.At.UnixMilli(), k.Clock())
		one := dueView{Day: due.Day, Hour: due.Hour, Left: due.Left, Tone: due.Tone}
		if i := slices.IndexFunc(words, func(e explain.Entry) bool { return e.ID == d.Clock }); i >= 0 {
			one.Name = words[i].Name
		}
		view.Due = append(view.Due, one)
	}
	asked := view.Asked
	for _, e := range slices.Backward(history) {
		if e.Letter != nil {
			view.Letters = append(view.Letters, letterView{Name: e.Letter.Name.In(v.Lang()), At: e.At, Body: strings.Split(e.Letter.Body, "\n")})
		}
		if asked && e.Kind == cases.Acted { // the last act: does it say what is wanting?
			view.Why, asked = k.wrote(s.Under.Procedure, e), false
		}
	}
}

// wrote is what an act of the office wrote, line by line: why something was sent back.
func (k *My) wrote(p *procedure.Procedure, e casework.Entry) (lines []string) {
	a, ok := p.Action(e.Action)
	if !ok || e.By.Kind == gov.PublicActor {
		return nil
	}
	for _, ask := range a.Asks {
		f, _ := p.Field(ask.Field)
		if text, ok := e.Set[ask.Field].(string); ok && f.Type == procedure.ParagraphField {
			lines = append(lines, strings.Split(text, "\n")...)
		}
	}
	return lines
}

// opening finds what is to be begun by an address, and for whom.
func (k *My) opening(v *visit) (o apply.Organisation, x apply.Opening, err error) {
	list, _, err := k.Organisations(v.Context(), v.session)
	if err != nil {
		return o, x, err
	}
	for _, o := range list {
		if o.Code != v.PathValue("code") {
			continue
		}
		for _, x := range k.Acts.Openings(o) {
			if x.Procedure.ID == v.PathValue("procedure") && x.Action.ID == v.PathValue("action") {
				return o, x, nil
			}
		}
	}
	return o, x, gov.Errorf(gov.NotFound, "没有这个页面，或者您现在不能代表这个单位。", "There is no such page, or you may not act for this organisation now.")
}

// beginsInput names the case that a form begins.
const beginsInput = "begins"

// OpeningPath is where an organisation begins something.
func OpeningPath(o apply.Organisation, x apply.Opening) string {
	return ActingRoot + "/begin/" + o.Code + "/" + x.Procedure.ID + "/" + x.Action.ID
}

func (k *My) beginPage(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return see(w, v, LoginPath(v.URL.RequestURI()))
	}
	o, x, err := k.opening(v)
	if err != nil {
		return err
	}
	return k.showOpening(w, v, o, x, gov.NewID(k.Clock()), nil, nil, nil)
}

// showOpening shows the form by which an organisation begins a case: who it is the program
// knows.
func (k *My) showOpening(w http.ResponseWriter, v *visit, o apply.Organisation, x apply.Opening, id gov.ID, typed casework.Typed, wrong cases.Mistakes, failed error) error {
	under := docket.Under{Pack: k.Casework.Pack(), Procedure: x.Procedure}
	maker := caseform.Maker{Messages: v.Messages, Pack: under.Pack, Under: under, Day: gov.DateOf(k.Clock())}
	var err error
	if maker.Files, err = k.Casework.ResidentFiles(v.Context(), k.Acts.Acts(o), id); err != nil {
		return err
	}
	fields := slices.DeleteFunc(maker.Fields(x.Action, typed, wrong), func(f ui.Field) bool { return f.Name == caseform.Name(x.Field) })
	form := ui.Form{ID: "step", Action: OpeningPath(o, x), Post: true, File: caseform.Uploads(x.Procedure, x.Action), Submit: x.Action.Name.In(v.Lang()),
		Fields: append(fields, ui.Field{Kind: "hidden", Name: beginsInput, Value: id.String()})}
	view := stepView{Crumbs: actingCrumbs(v), Lede: v.T("my.acting_for", "name", o.Name), Form: form}
	for _, m := range caseform.Mend(view.Form.Fields, wrong, v.Lang()) {
		view.Alert = append(view.Alert, m.Text.In(v.Lang()))
	}
	title := x.Procedure.Title.In(v.Lang())
	if failed == nil && len(wrong) > 0 {
		return k.step.Render(w, v.Request, http.StatusUnprocessableEntity, frame(title), view)
	}
	return k.showStep(w, v, title, view, "", failed)
}

func (k *My) beginNow(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return see(w, v, LoginPath(v.URL.RequestURI()))
	}
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	o, x, err := k.opening(v)
	if err != nil {
		return err
	}
	id, err := gov.ParseID(v.PostFormValue(beginsInput))
	if err != nil {
		return gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.").Because(err)
	}
	under := docket.Under{Pack: k.Casework.Pack(), Procedure: x.Procedure}
	typed := caseform.Maker{Messages: v.Messages, Under: under}.Read(v.PostForm, x.Action)
	typed[x.Field] = []string{o.Code}
	values, wrong, err := k.read(v, k.Acts.Acts(o), id, under, x.Action, typed)
	if err != nil {
		return err
	}
	if len(wrong) == 0 {
		err = k.Acts.BeginMatter(v.Context(), o, id, x, values)
		if err == nil {
			return see(w, v, ui.With(CasePath(id), "done", id.String()))
		}
		if errors.As(err, &wrong) {
			err = nil
		}
	}
	return k.showOpening(w, v, o, x, id, typed, wrong, err)
}

// actingCase leads to a case from what somebody was told of it: they sign in first.
func (k *My) actingCase(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return see(w, v, LoginPath(v.URL.RequestURI()))
	}
	return see(w, v, Root+"/cases/"+v.PathValue("id"))
}
