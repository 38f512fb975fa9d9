package apply

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/residents"
	"quanxiang/rules/ir"
	"quanxiang/support/apply"
	"quanxiang/web/factform"
	"quanxiang/web/my"
	"quanxiang/web/ui"
)

// Inputs of the step besides what the calculator carries.
const (
	organisationInput = "organisation"
	caseInput         = "case"
	keyInput          = "key"
	versionInput      = "version"
)

// asked is what the calculator carries: for whom, for what and what was typed.
type asked struct {
	*factform.Asker
	docs, benefits []string
}

func (k *Apply) asked(q url.Values) asked {
	rules := k.Pack.Rules
	a := asked{Asker: &factform.Asker{Own: true, Rules: rules, Input: rules.Input(q.Get("for")), Q: q}, docs: q["p"], benefits: q["b"]}
	if a.Year, _ = strconv.Atoi(q.Get("year")); a.Year < 1990 || a.Year > 2100 {
		a.Year = gov.DateOf(k.Clock()).Year
	}
	return a
}

// facts are those typed, by name.
func (a asked) facts() (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	for i := range a.Rules.Fields {
		f := &a.Rules.Fields[i]
		if f.Input != a.Input || f.Column != ir.None || !a.Given(f) {
			continue
		}
		v, err := a.Read(int32(i))
		if err != nil {
			return nil, err
		}
		if len(v) > 0 {
			out[f.Name] = v
		}
	}
	return out, nil
}

// typed are the inputs the calculator was given, as they were typed.
func (a asked) typed(v *visit) (list []typedView) {
	for i := range a.Rules.Fields {
		f := &a.Rules.Fields[i]
		if f.Input != a.Input || f.Column != ir.None || f.By != "" || !a.Given(f) {
			continue
		}
		for _, x := range a.Inputs(v.Messages, int32(i), make([]bool, len(a.Rules.Benefits))) {
			if x.Value == "" {
				continue
			}
			value := x.Value
			if j := slices.IndexFunc(x.Options, func(o ui.Option) bool { return o.Value == x.Value }); j >= 0 {
				value = x.Options[j].Label
			}
			list = append(list, typedView{x.Label, value + x.Suffix})
		}
	}
	return list
}

func (k *Apply) beginPage(w http.ResponseWriter, v *visit) error {
	return k.showBegin(w, v, v.URL.Query(), http.StatusOK, nil)
}

// showBegin shows what would be kept, before anything is.
func (k *Apply) showBegin(w http.ResponseWriter, v *visit, q url.Values, status int, failed error) error {
	a := k.asked(q)
	if a.Input == ir.None {
		return gov.Errorf(gov.NotFound, "请先在测算页面选择要申请的内容。", "Choose what to apply for on the page of the calculator first.")
	}
	view := beginView{Crumbs: crumbs(v), Signed: v.signed, SignIn: my.LoginPath(Root + "/new?" + q.Encode()), Represent: k.representPath(), Waiting: v.asked, Typed: a.typed(v)}
	view.About = append(view.About, a.Rules.Inputs[a.Input]+" · "+strconv.Itoa(a.Year))
	view.About = append(view.About, a.docs...)
	view.About = append(view.About, a.benefits...)
	if len(v.for_) > 0 {
		view.Form = ui.Form{ID: "begin", Action: Root + "/new", Post: true, Submit: v.T("apply.keep")}
		who := ui.Field{Name: organisationInput, Kind: "radio", Label: v.T("apply.for"), Value: v.PostFormValue(organisationInput), Required: true}
		for _, o := range v.for_ {
			who.Options = append(who.Options, ui.Option{Value: o.Code, Label: o.Name, Note: o.Code})
		}
		if len(v.for_) == 1 && who.Value == "" {
			who.Value = v.for_[0].Code
		}
		id := v.PostFormValue(caseInput)
		if id == "" {
			id = gov.NewID(k.Clock()).String()
		}
		view.Form.Fields = append(view.Form.Fields, who, ui.Field{Name: caseInput, Kind: "hidden", Value: id})
		for name, list := range q {
			for _, value := range list {
				if name != organisationInput && name != caseInput {
					view.Form.Fields = append(view.Form.Fields, ui.Field{Name: name, Kind: "hidden", Value: value})
				}
			}
		}
		slices.SortStableFunc(view.Form.Fields[2:], func(x, y ui.Field) int { return compare(x.Name, y.Name) })
	}
	if failed != nil {
		var err error
		if view.Alert, err = said(v, failed); err != nil {
			return err
		}
	}
	return k.begin.Render(w, v.Request, status, frame(v.T("apply.new")), view)
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// said is a mistake of the visitor's in words; any other error goes on.
func said(v *visit, err error) (string, error) {
	if list, ok := errors.AsType[problems.List](err); ok && len(list) > 0 {
		return list[0].Text.In(v.Lang()), nil
	}
	e, ok := errors.AsType[*gov.Error](err)
	if !ok || !slices.Contains([]gov.Code{gov.Invalid, gov.Conflict, gov.Forbidden, gov.TooLarge, gov.Unsupported, gov.Unavailable}, e.Code) {
		return "", err
	}
	return e.Text.In(v.Lang()), nil
}

// beginNow keeps a draft: the first moment at which anything is.
func (k *Apply) beginNow(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	if !v.signed {
		return signIn(w, v)
	}
	i := slices.IndexFunc(v.for_, func(o apply.Organisation) bool { return o.Code == v.PostFormValue(organisationInput) })
	id, err := gov.ParseID(v.PostFormValue(caseInput))
	if i < 0 || err != nil {
		return k.showBegin(w, v, v.PostForm, http.StatusUnprocessableEntity, gov.Errorf(gov.Invalid, "请选择代表哪个单位申请", "choose for which organisation you apply"))
	}
	a := k.asked(v.PostForm)
	facts, err := a.facts()
	if err == nil {
		err = k.keep(v, v.for_[i], id, a, facts)
	}
	if err != nil {
		return k.showBegin(w, v, v.PostForm, http.StatusUnprocessableEntity, err)
	}
	return see(w, v, path(id))
}

// keep begins a draft with the contact whom news go to, all or nothing.
func (k *Apply) keep(v *visit, o apply.Organisation, id gov.ID, a asked, facts map[string]json.RawMessage) error {
	if a.Input == ir.None {
		return gov.Errorf(gov.Invalid, "请选择申报者", "choose an applicant")
	}
	d := residents.Draft{Lang: v.Lang(), Channel: v.session.Address.Channel}
	if d.Channel == residents.Email {
		d.Email = v.session.Address.Value
	} else {
		d.Mobile = v.session.Address.Value
	}
	return k.Casework.Together(v.Context(), func(ctx context.Context) error {
		if begun, err := k.Register.Begun(ctx, id); err != nil || begun {
			return err
		}
		contact, _, err := k.Register.Open(ctx, id, d, v.session.Address)
		if err != nil {
			return err
		}
		return k.Support.Begin(ctx, o, apply.Start{ID: id, Applicant: a.Rules.Inputs[a.Input], Year: a.Year, Documents: a.docs, Benefits: a.benefits, Facts: facts, Contact: contact.ID.String()})
	})
}
