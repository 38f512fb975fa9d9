package calls

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/caseform"
	"quanxiang/web/desk"
	"quanxiang/web/ui"
)

// Inputs besides the fields of the procedure.
const (
	formInput   = "form"   // names the case, see residents.Form
	nameInput   = "name"   // of who calls
	mobileInput = "mobile" // they call from
	wayInput    = "way"    // the action that ends the page
	queryInput  = "q"      // key words that are looked for
	lookInput   = "look"   // what is looked for, see look
	doneInput   = "done"   // the case that was begun last
)

// keys are the access keys of inputs and buttons, as they stand on the page. Those
// browsers use with Alt themselves are left out.
const keys = "1234567890qwrtyuiopghjklzxvbnm"

// view is the page.
type view struct {
	Crumbs  []ui.Link
	Done    *ui.Link // the case that was begun last
	State   string   // it is in
	Alert   []string
	Form    ui.Form
	Buttons []button
	Look    string // the key of the button that looks
	Query   ui.Field
	Import  []ui.Link
	Beside  beside
}

// button ends the page.
type button struct {
	Value string
	Label string
	Help  string
	Key   string
	Plain bool
}

func (k *Calls) frame(v *visit) ui.Frame {
	f := ui.Frame{Section: "new", Title: v.T("calls.title", "procedure", v.under.Procedure.Title), NoIndex: true, Script: "calls.js"}
	f.Extra = ui.Extra{Libraries: []string{"follow.js"}, Fetch: true}
	return f
}

func (k *Calls) show(w http.ResponseWriter, v *visit) error {
	_, token := k.Register.Form()
	view := k.view(v, token, nil, nil)
	if id, err := gov.ParseID(v.URL.Query().Get(doneInput)); err == nil {
		s, err := k.Casework.Sheet(v.Context(), v.Standing, id)
		if err != nil && gov.CodeOf(err) != gov.NotFound {
			return err
		}
		if err == nil {
			view.Done, view.State = &ui.Link{Href: desk.CasePath(id), Label: s.Number}, s.State.Name.In(v.Lang())
		}
	}
	return k.page.Render(w, v.Request, http.StatusOK, k.frame(v), view)
}

// view is the page with what was typed, or what a new page is filled in with.
func (k *Calls) view(v *visit, token string, typed casework.Typed, wrong cases.Mistakes) view {
	p := v.under.Procedure
	maker := caseform.Maker{Messages: v.Messages, Pack: v.under.Pack, Under: v.under, Day: gov.DateOf(v.At)}
	if typed == nil {
		typed = k.usual(v)
	}
	view := view{Crumbs: []ui.Link{{Href: desk.Root, Label: v.T("desk.title")}, {Href: desk.Root + "/new", Label: v.T("desk.new")}},
		Form: ui.Form{ID: "call", Action: v.path(), Post: true, File: caseform.Uploads(p, v.asks)}}
	view.Form.Fields = []ui.Field{
		{Name: mobileInput, Kind: "text", Label: v.T("calls.mobile"), Hint: v.T("calls.mobile_hint"), Value: v.PostFormValue(mobileInput), Autocomplete: "off"},
		{Name: nameInput, Kind: "text", Label: v.T("calls.name"), Value: v.PostFormValue(nameInput), Autocomplete: "off"},
	}
	for i, x := range maker.Fields(v.asks, typed, wrong) {
		f, _ := p.Field(v.asks.Asks[i].Field)
		if f.Type == procedure.ContactField {
			continue // made of name and number
		}
		x.Hint = f.Help.In(v.Lang())
		x.Wide = f.Type == procedure.ParagraphField || f.Type == procedure.FilesField || slices.Contains(p.Intake.Words, f.ID)
		view.Form.Fields = append(view.Form.Fields, x)
	}
	next := 0
	key := func() string {
		if next == len(keys) {
			return ""
		}
		next++
		return keys[next-1 : next]
	}
	for i := range view.Form.Fields {
		view.Form.Fields[i].Key = key()
	}
	for i, a := range v.ways {
		b := button{Value: a.ID, Label: a.Name.In(v.Lang()), Help: a.Help.In(v.Lang()), Key: key(), Plain: i > 0}
		view.Buttons = append(view.Buttons, b)
		view.Import = append(view.Import, ui.Link{Href: desk.Root + "/import/" + p.ID + "/" + a.ID, Label: a.Name.In(v.Lang())})
	}
	view.Query = ui.Field{Name: queryInput, Value: v.PostForm.Get(queryInput), Key: key()}
	view.Look = key()
	for _, m := range caseform.Mend(view.Form.Fields, wrong, v.Lang()) {
		view.Alert = append(view.Alert, m.Text.In(v.Lang()))
	}
	view.Form.Fields = append(view.Form.Fields, ui.Field{Kind: "hidden", Name: formInput, Value: token})
	return view
}

// usual is what a new page is filled in with: what the actions suggest.
func (k *Calls) usual(v *visit) casework.Typed {
	typed := casework.Typed{}
	for _, a := range v.ways {
		for _, ask := range a.Asks {
			list := cases.Suggest(v.under.Procedure, cases.Case{State: procedure.New}, a.ID, ask.Field, cases.World{Now: v.At, Dir: v.under.Pack})
			f, _ := v.under.Procedure.Field(ask.Field)
			if len(list) == 0 || typed[ask.Field] != nil {
				continue
			}
			switch value := list[0].Value.(type) {
			case string:
				typed[ask.Field] = []string{value}
			case int64:
				if f.Type == procedure.InstantField {
					typed[ask.Field] = []string{time.UnixMilli(value).In(gov.China).Format("2006-01-02T15:04")}
				}
			}
		}
	}
	return typed
}

// read reads what was typed for an action, and which case it is for.
func (k *Calls) read(w http.ResponseWriter, v *visit, a *procedure.Action) (id gov.ID, typed casework.Typed, err error) {
	if id, _, err = k.Register.ReadForm(v.PostForm.Get(formInput)); err != nil {
		return id, nil, err
	}
	return id, caseform.Maker{Messages: v.Messages, Under: v.under}.Read(v.PostForm, a), nil
}

// send begins the case, or gives the page back with what is to be mended or was
// looked for.
func (k *Calls) send(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, desk.MaxBody); err != nil {
		return err
	}
	id, typed, err := k.read(w, v, v.asks)
	if err != nil {
		return err
	}
	again := func(status int, wrong cases.Mistakes) error {
		view := k.view(v, v.PostForm.Get(formInput), typed, wrong)
		if v.PostForm.Get(lookInput) != "" {
			var err error
			if view.Beside, err = k.besides(v, typed, lookAll); err != nil {
				return err
			}
		}
		return k.page.Render(w, v.Request, status, k.frame(v), view)
	}
	if v.PostForm.Get(lookInput) != "" {
		return again(http.StatusOK, nil)
	}
	i := slices.IndexFunc(v.ways, func(a *procedure.Action) bool { return a.ID == v.PostForm.Get(wayInput) })
	a := v.ways[max(i, 0)]
	wrong, err := caseform.AttachAll(v.Request, v.under.Procedure, a, typed, func(name string, file io.ReaderAt, size int64, wish ...casework.Keep) (docket.Attachment, error) {
		return k.Casework.Attach(v.Context(), v.Standing, id, name, file, size, wish...)
	})
	if err != nil {
		return err
	}
	values, mistakes, err := k.Casework.Values(v.Context(), v.Standing, v.under, a, typed)
	if err != nil {
		return err
	}
	wrong = append(append(wrong, mistakes...), k.left(v, a, typed)...)
	draft, err := residents.Draft{Name: v.PostForm.Get(nameInput), Mobile: v.PostForm.Get(mobileInput), Lang: gov.ZH}.Normal()
	if e, ok := errors.AsType[*gov.Error](err); ok {
		wrong = append(wrong, e)
	}
	if len(wrong) > 0 {
		return again(http.StatusUnprocessableEntity, wrong)
	}
	err = k.Casework.Together(v.Context(), func(ctx context.Context) error {
		if err := k.contact(ctx, v, id, a, draft, values); err != nil {
			return err
		}
		_, err := k.Casework.Begin(ctx, v.Standing, id, v.under.Procedure.ID, a.ID, values, "")
		return err
	})
	if err == nil {
		http.Redirect(w, v.Request, v.path()+"?"+doneInput+"="+id.String(), http.StatusSeeOther)
		return nil
	}
	if errors.As(err, &wrong) {
		return again(http.StatusUnprocessableEntity, wrong)
	}
	if e, ok := errors.AsType[*gov.Error](err); ok && slices.Contains([]gov.Code{gov.Conflict, gov.Forbidden, gov.Invalid}, e.Code) {
		return again(ui.Status(e.Code), cases.Mistakes{e})
	}
	return err
}

// left says what was typed that an action does not ask for: it would be lost.
func (k *Calls) left(v *visit, a *procedure.Action, typed casework.Typed) (wrong cases.Mistakes) {
	for _, ask := range v.asks.Asks {
		said := strings.TrimSpace(strings.Join(typed[ask.Field], ""))
		if said == "" || slices.ContainsFunc(a.Asks, func(x procedure.Ask) bool { return x.Field == ask.Field }) {
			continue
		}
		f, _ := v.under.Procedure.Field(ask.Field)
		wrong = append(wrong, gov.Errorf(gov.Invalid, "“%[1]s”不填写“%[2]s”，请清空或换一种办法", "%[3]q does not ask for %[4]q: empty it or choose another way",
			a.Name.ZH, f.Label.ZH, a.Name.In(gov.EN), f.Label.In(gov.EN)).On(f.ID))
	}
	return wrong
}

// contact keeps who called and lets the contact fields of an action refer to it.
// Nothing is kept of a caller who says nothing of themselves.
func (k *Calls) contact(ctx context.Context, v *visit, id gov.ID, a *procedure.Action, d residents.Draft, values cases.Values) error {
	if strings.TrimSpace(d.Name+d.Mobile) == "" {
		return nil
	}
	for _, ask := range a.Asks {
		if f, _ := v.under.Procedure.Field(ask.Field); f.Type == procedure.ContactField {
			c, _, err := k.Register.Open(ctx, id, d)
			if err != nil {
				return err
			}
			values[f.ID] = c.ID.String()
		}
	}
	return nil
}
