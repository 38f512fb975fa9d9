package my

import (
	"errors"
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
	"quanxiang/web/ui"
)

const reportPattern = ReportRoot + "/{procedure}/{action}"

// Inputs of a report besides the fields of its procedure.
const (
	formInput     = "form" // names the report, see residents.Form
	nameInput     = "name"
	mobileInput   = "mobile"
	emailInput    = "email"
	channelInput  = "channel"
	withheldInput = "withheld"
)

// startsView lists what can be reported.
type startsView struct{ Rows []ui.Row }

func (k *My) showStarts(w http.ResponseWriter, v *visit) error {
	var view startsView
	for _, s := range k.Casework.PublicStarts(k.Clock()) {
		view.Rows = append(view.Rows, ui.Row{Href: ReportRoot + "/" + s.Procedure.ID + "/" + s.Action.ID,
			Title: s.Action.Name.In(v.Lang()), Lead: s.Procedure.Title.In(v.Lang())})
	}
	if len(view.Rows) == 1 {
		return see(w, v, view.Rows[0].Href)
	}
	return k.starts.Render(w, v.Request, http.StatusOK, frame(v.T("my.report")), view)
}

// way finds what is to be reported by an address.
func (k *My) way(v *visit) (casework.Start, docket.Under, error) {
	for _, s := range k.Casework.PublicStarts(k.Clock()) {
		if s.Procedure.ID == v.PathValue("procedure") && s.Action.ID == v.PathValue("action") {
			return s, docket.Under{Pack: k.Casework.Pack(), Procedure: s.Procedure}, nil
		}
	}
	return casework.Start{}, docket.Under{}, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
}

// sender is who fills in a form: files of a report yet to be begun are its own.
func (k *My) sender(id gov.ID) casework.Resident {
	return casework.Resident{At: k.Clock(), Contacts: []string{id.String()}}
}

func (k *My) reportPage(w http.ResponseWriter, v *visit) error {
	s, u, err := k.way(v)
	if err != nil {
		return err
	}
	k.device(w, v)
	id, token := k.Register.Form()
	view, err := k.reportStep(v, s, u, id, token, nil, nil)
	if err != nil {
		return err
	}
	return k.showStep(w, v, s.Action.Name.In(v.Lang()), view, "", nil)
}

// reportStep is the form of a report: what it is about, then who reports it.
func (k *My) reportStep(v *visit, s casework.Start, u docket.Under, id gov.ID, token string, typed casework.Typed, wrong cases.Mistakes) (stepView, error) {
	maker := caseform.Maker{Messages: v.Messages, Pack: u.Pack, Under: u}
	var err error
	if maker.Files, err = k.Casework.ResidentFiles(v.Context(), k.sender(id), id); err != nil {
		return stepView{}, err
	}
	fields := slices.DeleteFunc(maker.Fields(s.Action, typed, wrong), func(x ui.Field) bool { return x.Kind == "fixed" })
	fields = append(fields, k.contactFields(v)...)
	fields = append(fields, ui.Field{Kind: "hidden", Name: formInput, Value: token})
	view := stepView{Lede: s.Action.Help.In(v.Lang()), Rules: []string{v.T("my.report_rule_contact"), v.T("my.report_rule_use", "n", k.Register.Keep), v.T("my.report_rule_prove")},
		Form: ui.Form{ID: "report", Action: ReportRoot + "/" + s.Procedure.ID + "/" + s.Action.ID, Post: true,
			File: caseform.Uploads(s.Procedure, s.Action), Submit: v.T("my.report_go"), Fields: fields}}
	for _, m := range caseform.Mend(view.Form.Fields, wrong, v.Lang()) {
		view.Alert = append(view.Alert, m.Text.In(v.Lang()))
	}
	return view, nil
}

// contactFields ask who reports. Whoever signed in is offered what they signed in
// with.
func (k *My) contactFields(v *visit) []ui.Field {
	mobile, email := "", ""
	if v.signed && v.session.Address.Channel == residents.SMS {
		mobile = v.session.Address.Value
	} else if v.signed {
		email = v.session.Address.Value
	}
	fields := []ui.Field{
		{Name: nameInput, Kind: "text", Label: v.T("my.name"), Hint: v.T("my.name_hint"), Autocomplete: "name"},
		{Name: mobileInput, Kind: "text", Label: v.T("my.mobile"), Autocomplete: "tel", Value: mobile},
		{Name: emailInput, Kind: "text", Label: v.T("my.email"), Autocomplete: "email", Value: email},
		{Name: channelInput, Kind: "radio", Label: v.T("my.channel"), Options: []ui.Option{
			{Value: "", Label: v.T("my.channel_none")}, {Value: string(residents.SMS), Label: v.T("my.channel_sms")}, {Value: string(residents.Email), Label: v.T("my.channel_email")}}},
		{Name: withheldInput, Kind: "checks", Label: v.T("my.withheld"), Hint: v.T("my.withheld_hint"), Options: []ui.Option{{Value: "1", Label: v.T("my.withheld_yes")}}},
	}
	form := ui.Form{Fields: fields}
	form.Fill(v.PostForm)
	return form.Fields
}

func draft(v *visit) residents.Draft {
	return residents.Draft{Name: v.PostFormValue(nameInput), Mobile: v.PostFormValue(mobileInput), Email: v.PostFormValue(emailInput),
		Channel: residents.Channel(v.PostFormValue(channelInput)), Lang: v.Lang(), Withheld: v.PostFormValue(withheldInput) != ""}
}

// report takes a report. A form that is sent twice begins its case once, and
// leads to it again.
func (k *My) report(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	s, u, err := k.way(v)
	if err != nil {
		return err
	}
	typed := caseform.Maker{Messages: v.Messages, Under: u}.Read(v.PostForm, s.Action)
	id, opened, err := k.Register.ReadForm(v.PostFormValue(formInput))
	if err != nil { // what was typed is shown in a form that is good
		fresh, token := k.Register.Form()
		view, failed := k.reportStep(v, s, u, fresh, token, typed, nil)
		if failed != nil {
			return failed
		}
		return k.showStep(w, v, s.Action.Name.In(v.Lang()), view, "", err)
	}
	values, wrong, err := k.read(v, k.sender(id), id, u, s.Action, typed)
	if err != nil {
		return err
	}
	d, mistake := draft(v).Normal()
	if e, ok := errors.AsType[*gov.Error](mistake); ok {
		wrong = append(wrong, e)
	}
	// All mistakes at once: what could not be read is not missing besides.
	err = k.Casework.TryPublicBegin(v.Context(), k.sender(id), id, s.Procedure.ID, s.Action.ID, values)
	if more, ok := errors.AsType[cases.Mistakes](err); ok {
		for _, m := range more {
			if !slices.ContainsFunc(wrong, func(w *gov.Error) bool { return w.Field == m.Field }) {
				wrong = append(wrong, m)
			}
		}
		err = nil
	}
	if len(wrong) == 0 && err == nil {
		if err = k.begin(w, v, s, id, opened, d, values, typed); err == nil {
			return see(w, v, casePath(id)+"?reported=1")
		}
	}
	view, failed := k.reportStep(v, s, u, id, v.PostFormValue(formInput), typed, wrong)
	if failed != nil {
		return failed
	}
	if err != nil {
		return k.showStep(w, v, s.Action.Name.In(v.Lang()), view, "", err)
	}
	return k.step.Render(w, v.Request, http.StatusUnprocessableEntity, frame(s.Action.Name.In(v.Lang())), view)
}

// begin counts a report, keeps who sent it and begins its case.
func (k *My) begin(w http.ResponseWriter, v *visit, s casework.Start, id gov.ID, opened time.Time, d residents.Draft, values cases.Values, typed casework.Typed) error {
	begun, err := k.Register.Begun(v.Context(), id)
	if err != nil {
		return err
	}
	doubt := casework.Doubt{}
	if !begun {
		verdict, err := k.Register.Count(v.Context(), k.visitor(v.Request), d, prose(s, typed), opened)
		if err != nil {
			return err
		}
		doubt = casework.Doubt{Score: verdict.Score, Why: verdict.Why(gov.ZH)}
	}
	var shown []residents.Address
	if v.signed {
		shown = append(shown, v.session.Address)
	}
	contact, secret, err := k.Register.Open(v.Context(), id, d, shown...)
	if err != nil {
		return err
	}
	if _, err = k.Casework.PublicBegin(v.Context(), k.resident(contact), id, s.Procedure.ID, s.Action.ID, contact.ID.String(), values, doubt); err != nil {
		return err
	}
	k.keepLink(w, v.Request, secret)
	return nil
}

// prose is what was written in a report, in the order of its fields.
func prose(s casework.Start, typed casework.Typed) string {
	var lines []string
	for _, ask := range s.Action.Asks {
		f, _ := s.Procedure.Field(ask.Field)
		if f.Type == procedure.TextField || f.Type == procedure.ParagraphField {
			lines = append(lines, typed[f.ID]...)
		}
	}
	return strings.Join(lines, "\n")
}
