package my

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/caseform"
	"quanxiang/web/ui"
)

// reportView is the form of a report: where it is first, then what it is, then
// who reports it. Of a procedure that asks for no point it begins with what.
type reportView struct {
	Lede    string
	Alert   []string
	Form    ui.Form // all fields, for the summary of mistakes; they stand in the parts
	Place   *placeView
	Told    bool // the place is known, or need not be: the rest is shown
	Matter  []matterField
	Words   bool // some of it can be suggested from the words
	Contact []ui.Field
	Open    bool // the contact is unfolded
	Hidden  []ui.Field
	Rules   []string
	Script  string // for the script, JSON
}

// placeView is where a report is.
type placeView struct {
	Map    string // options of the map, JSON; "" without one
	Point  ui.Field
	System ui.Field // hidden: in which the point was picked
	Fields []ui.Field
	Said   string // the place in words, once it is told
	Rows   []nearRow
}

// matterField is a field with what is suggested for it.
type matterField struct {
	ui.Field
	Suggested *ui.Field // radio buttons, nil without a list
}

// scriptOptions are what the script of the form has to know.
type scriptOptions struct {
	Near    string            `json:"near"`
	Classes string            `json:"classes"`
	Form    string            `json:"form"` // where another form is given
	System  geo.System        `json:"system"`
	MaxFile int64             `json:"maxFile"`
	Words   map[string]string `json:"words"`
}

// scriptWords are the messages the script says.
var scriptWords = []string{
	"locating", "locate_failed", "locate_denied", "near_failed", "near_none", "near_join", "near_look", "marked", "next",
	"photo_small", "photo_bad", "photo_large", "photo_left", "keep_offline", "kept", "kept_title", "kept_sending", "kept_sent", "kept_failed", "kept_delete", "kept_send", "kept_open", "kept_where",
	"pin", "unpin",
}

// showReport shows a report with what was typed. An error nobody can mend there
// goes on.
func (k *My) showReport(w http.ResponseWriter, s *sheet, status int, failed error) error {
	view, err := k.reportView(s)
	if err != nil {
		return err
	}
	if failed != nil {
		e, ok := errors.AsType[*gov.Error](failed)
		if !ok {
			return failed
		}
		switch e.Code {
		case gov.Invalid, gov.Forbidden, gov.Conflict, gov.NotFound:
			status = http.StatusUnprocessableEntity
		case gov.Unavailable:
			status = http.StatusTooManyRequests
		default:
			return failed
		}
		view.Alert = append(view.Alert, e.Text.In(s.Lang()))
	}
	f := frame(s.start.Action.Name.In(s.Lang()))
	if len(k.Casework.PublicStarts(k.Clock())) == 1 {
		f.Title = s.T("my.report")
	}
	f.Script, f.Extra = "report.js", ui.Extra{Fetch: true}
	if k.Map != nil && view.Place != nil {
		f.Extra = k.Map.Extra()
	}
	f.Extra.Libraries = append(slices.Clone(f.Extra.Libraries), "kept.js", "follow.js")
	w.Header().Set("Permissions-Policy", "camera=(), geolocation=(self), microphone=(), payment=()")
	return k.reporting.Render(w, s.Request, status, f, view)
}

func (k *My) reportView(s *sheet) (reportView, error) {
	maker := caseform.Maker{Messages: s.Messages, Pack: s.under.Pack, Under: s.under, Day: gov.DateOf(k.Clock())}
	var err error
	if maker.Files, err = k.Casework.ResidentFiles(s.Context(), k.sender(s.id), s.id); err != nil {
		return reportView{}, err
	}
	path := reportPath(s.start)
	view := reportView{Lede: s.start.Action.Help.In(s.Lang()),
		Form:    ui.Form{ID: "report", Action: path, File: caseform.Uploads(s.under.Procedure, s.start.Action), Submit: s.T("my.report_go")},
		Rules:   []string{s.T("my.report_rule_contact"), s.T("my.report_rule_use", "n", k.Register.Keep), s.T("my.report_rule_prove")},
		Contact: k.contactFields(s.visit), Hidden: []ui.Field{{Kind: "hidden", Name: formInput, Value: s.token}}}
	fields := slices.DeleteFunc(maker.Fields(s.start.Action, s.typed, s.wrong), func(x ui.Field) bool { return x.Kind == "fixed" })
	for _, m := range caseform.Mend(append(fields, view.Contact...), s.wrong, s.Lang()) {
		view.Alert = append(view.Alert, m.Text.In(s.Lang()))
	}
	for i := range view.Contact {
		x := &view.Contact[i]
		for _, m := range s.wrong {
			if m.Field == x.Name {
				x.Error = m.Text.In(s.Lang())
			}
		}
		view.Open = view.Open || x.Value != "" && x.Kind != "checks" || x.Error != ""
	}
	if view.Place, err = k.placeView(s, fields); err != nil {
		return reportView{}, err
	}
	view.Told = view.Place == nil || s.typed != nil && k.told(s)
	for _, x := range fields {
		if !s.ofPlace(x.Name) {
			view.Matter = append(view.Matter, k.matterField(s, x))
		}
	}
	view.Words = slices.ContainsFunc(view.Matter, func(x matterField) bool { return x.Suggested != nil })
	view.Form.Fields = append(slices.Clone(fields), view.Contact...)
	options := scriptOptions{Near: path + "/near", Classes: path + "/classes", Form: path + "/form", System: k.mapSystem(), MaxFile: MaxBody, Words: map[string]string{}}
	for _, name := range scriptWords {
		options.Words[name] = s.Of("my.script.", name)
	}
	text, err := json.Marshal(options)
	if err != nil {
		return reportView{}, fmt.Errorf("options of a form: %w", err)
	}
	view.Script = string(text)
	return view, nil
}

// told reports that a place was told and nothing is wrong with it.
func (k *My) told(s *sheet) bool {
	point, some := s.point(), false
	for _, f := range s.places(point) {
		some = some || len(s.typed[f.ID]) > 0
		if slices.ContainsFunc(s.wrong, func(m *gov.Error) bool { return m.Field == f.ID }) {
			return false
		}
	}
	return some || s.step == "" // somebody who sends it all at once sees it all
}

// ofPlace reports that an input tells the place.
func (s *sheet) ofPlace(input string) bool {
	return slices.ContainsFunc(s.places(s.point()), func(f *procedure.Field) bool { return caseform.Name(f.ID) == input })
}

func (k *My) placeView(s *sheet, fields []ui.Field) (*placeView, error) {
	point := s.point()
	if point == nil {
		return nil, nil
	}
	p := &placeView{System: ui.Field{Kind: "hidden", Name: caseform.Name(point.ID) + systemSuffix}}
	var selects []ui.Field
	for _, x := range fields {
		switch {
		case !s.ofPlace(x.Name):
		case x.Name == caseform.Name(point.ID):
			p.Point = x
		case x.Kind == "select": // the map or the list: that one follows from the other goes without saying
			x.Hint = ""
			selects = append(selects, x)
		default:
			p.Fields = append(p.Fields, x)
		}
	}
	p.Fields = append(p.Fields, selects...)
	var err error
	if k.Map != nil {
		if p.Map, err = k.Map.Live(s.Messages, "streets"); err != nil {
			return nil, err
		}
	}
	if s.typed == nil || !k.told(s) {
		return p, nil
	}
	p.Said = k.said(s)
	p.Rows, err = k.nearRows(s)
	return p, err
}

// areaAt is the area in a field: where the point lies, else what was chosen.
func (k *My) areaAt(s *sheet, f *procedure.Field) (string, bool) {
	if f.Type != procedure.AreaField {
		return "", false
	}
	if typed := s.typed[f.At]; len(typed) > 0 {
		if p, err := geo.ParsePoint(typed[0]); err == nil {
			if a, ok := s.under.Pack.AreaAt(p, policy.AreaLevel(f.Size)); ok {
				return a.Code, true
			}
		}
	}
	if typed := s.typed[f.ID]; len(typed) > 0 {
		a, ok := s.under.Pack.Area(typed[0])
		return a.Code, ok
	}
	return "", false
}

// matterField is a field of what is reported. An entry of a list is suggested
// from what was written in the fields of prose.
func (k *My) matterField(s *sheet, x ui.Field) matterField {
	m := matterField{Field: x}
	i := slices.IndexFunc(s.start.Action.Asks, func(a procedure.Ask) bool { return caseform.Name(a.Field) == x.Name })
	if i < 0 {
		return m
	}
	f, _ := s.under.Procedure.Field(s.start.Action.Asks[i].Field)
	if f.Type != procedure.EntryField {
		return m
	}
	for i := range m.Options { // codes are for the office
		if e, ok := f.List().Entry(m.Options[i].Value); ok {
			m.Options[i].Label = e.Name.In(s.Lang())
			if above, ok := f.List().Entry(f.List().Above(e.Code)); ok {
				m.Options[i].Group = above.Name.In(s.Lang())
				if kind, ok := f.List().Entry(f.List().Above(above.Code)); ok { // both kinds have a group of that name
					m.Options[i].Group = kind.Name.In(s.Lang()) + " · " + m.Options[i].Group
				}
			}
		}
	}
	pick := ui.Field{Name: x.Name + suggestedSuffix, Kind: "radio", Label: s.T("my.suggested"), Options: k.suggestedEntries(s, f, s.prose())}
	if slices.ContainsFunc(pick.Options, func(o ui.Option) bool { return o.Value == x.Value }) {
		pick.Value = x.Value
	}
	if len(pick.Options) > 0 {
		pick.Options = append(pick.Options, ui.Option{Label: s.T("my.suggested_other")})
	}
	m.Suggested = &pick
	return m
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

// sendJSON answers the script of a page.
func sendJSON(w http.ResponseWriter, v *visit, answer any) error {
	text, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("answer a script: %w", err)
	}
	return ui.Send(w, v.Request, "application/json; charset=utf-8", text)
}

// formPage gives the script of a page another form: a report that waited for the
// network is sent under it.
func (k *My) formPage(w http.ResponseWriter, v *visit) error {
	if _, _, err := k.way(v); err != nil {
		return err
	}
	k.device(w, v)
	_, token := k.Register.Form()
	return sendJSON(w, v, map[string]string{"form": token})
}
