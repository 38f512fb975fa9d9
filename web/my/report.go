package my

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/residents"
	"quanxiang/web/caseform"
	"quanxiang/web/ui"
)

const reportPattern = ReportRoot + "/{procedure}/{action}"

// Inputs of a report besides the fields of its procedure.
const (
	formInput     = "form" // names the report, see residents.Form
	stepInput     = "step" // what to do with what was typed, see step
	nameInput     = "name"
	mobileInput   = "mobile"
	emailInput    = "email"
	channelInput  = "channel"
	withheldInput = "withheld"
)

// Steps of a report for those whose browser runs no script: the page is shown
// again with what was typed and what follows from it. Any other value sends it.
const (
	placeStep = "place" // the place is told: what is reported near it?
	wordsStep = "words" // what do the words suggest?
)

// startsView lists what can be reported.
type startsView struct{ Rows []ui.Row }

func (k *My) showStarts(w http.ResponseWriter, v *visit) error {
	var view startsView
	for _, s := range k.Casework.PublicStarts(k.Clock()) {
		if k.objects(s.Procedure.ID) {
			continue // said beside what it is about
		}
		view.Rows = append(view.Rows, ui.Row{Href: reportPath(s), Title: s.Action.Name.In(v.Lang()), Lead: s.Procedure.Title.In(v.Lang())})
	}
	if len(view.Rows) == 1 {
		return see(w, v, view.Rows[0].Href)
	}
	return k.starts.Render(w, v.Request, http.StatusOK, frame(v.T("my.report")), view)
}

// objects reports that by a procedure somebody says that an entry of a register is
// wrong, or that an announced application is, or asks to act for an organisation.
func (k *My) objects(procedure string) bool {
	if a := k.Casework.Pack().Applications; a != nil && (procedure == a.Objection || procedure == a.Representation) {
		return true
	}
	return slices.ContainsFunc(k.Casework.Pack().Registers, func(r *register.Register) bool { return r.Objects == procedure })
}

// given is what the address of a form says of its fields: a page that knows what
// somebody wants to report fills it in for them.
func given(s casework.Start, q url.Values) casework.Typed {
	var typed casework.Typed
	for _, a := range s.Action.Asks {
		if f, _ := s.Procedure.Field(a.Field); q.Get(f.ID) != "" && (f.Type == procedure.TextField || f.Type == procedure.UnitField) {
			if typed == nil {
				typed = casework.Typed{}
			}
			typed[f.ID] = []string{q.Get(f.ID)}
		}
	}
	return typed
}

func reportPath(s casework.Start) string {
	return ReportRoot + "/" + s.Procedure.ID + "/" + s.Action.ID
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

// sheet is a report as it is filled in.
type sheet struct {
	*visit
	start  casework.Start
	under  docket.Under
	id     gov.ID
	token  string
	opened time.Time
	typed  casework.Typed // nil before anything was
	wrong  cases.Mistakes
	step   string
}

func (k *My) reportPage(w http.ResponseWriter, v *visit) error {
	s := &sheet{visit: v}
	var err error
	if s.start, s.under, err = k.way(v); err != nil {
		return err
	}
	k.device(w, v)
	s.id, s.token = k.Register.Form()
	s.typed = given(s.start, v.URL.Query())
	return k.showReport(w, s, http.StatusOK, nil)
}

func draft(v *visit) residents.Draft {
	return residents.Draft{Name: v.PostFormValue(nameInput), Mobile: v.PostFormValue(mobileInput), Email: v.PostFormValue(emailInput),
		Channel: residents.Channel(v.PostFormValue(channelInput)), Lang: v.Lang(), Withheld: v.PostFormValue(withheldInput) != ""}
}

// report takes a report, or shows it again at a step on the way. A form that is
// sent twice begins its case once, and leads to it again.
func (k *My) report(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	s := &sheet{visit: v, step: v.PostFormValue(stepInput), token: v.PostFormValue(formInput)}
	var err error
	if s.start, s.under, err = k.way(v); err != nil {
		return err
	}
	k.device(w, v)
	mistakes := s.read()
	if s.id, s.opened, err = k.Register.ReadForm(s.token); err != nil {
		known, failed := k.late(s)
		if failed != nil {
			return failed
		}
		if !known { // what was typed is shown in a form that is good
			s.id, s.token = k.Register.Form()
			return k.showReport(w, s, http.StatusUnprocessableEntity, err)
		}
	}
	values, wrong, err := k.read(v, k.sender(s.id), s.id, s.under, s.start.Action, s.typed)
	if err != nil {
		return err
	}
	s.wrong = append(mistakes, wrong...)
	if mistake := k.placed(s, values); mistake != nil {
		s.wrong = append(s.wrong, mistake)
	}
	if s.step == placeStep || s.step == wordsStep {
		status := http.StatusOK
		if len(s.wrong) > 0 {
			status = http.StatusUnprocessableEntity
		}
		return k.showReport(w, s, status, nil)
	}
	d, mistake := draft(v).Normal()
	if e, ok := errors.AsType[*gov.Error](mistake); ok {
		s.wrong = append(s.wrong, e)
	}
	// All mistakes at once: what could not be read is not missing besides.
	err = k.Casework.TryPublicBegin(v.Context(), k.sender(s.id), s.id, s.start.Procedure.ID, s.start.Action.ID, values)
	if more, ok := errors.AsType[cases.Mistakes](err); ok {
		for _, m := range more {
			if !slices.ContainsFunc(s.wrong, func(w *gov.Error) bool { return w.Field == m.Field }) {
				s.wrong = append(s.wrong, m)
			}
		}
		err = nil
	}
	if len(s.wrong) == 0 && err == nil {
		if err = k.begin(w, s, d, values); err == nil {
			return see(w, v, CasePath(s.id)+"?reported=1")
		}
	}
	return k.showReport(w, s, http.StatusUnprocessableEntity, err)
}

// late reports that a form which can be taken no more was taken when it could: a
// telephone that never got the answer sends it again, days later.
func (k *My) late(s *sheet) (bool, error) {
	if s.id.IsZero() {
		return false, nil
	}
	return k.Register.Begun(s.Context(), s.id)
}

// begin counts a report, keeps who sent it and begins its case, all or nothing.
func (k *My) begin(w http.ResponseWriter, s *sheet, d residents.Draft, values cases.Values) error {
	visitor, prose := k.visitor(s.Request), s.prose()
	var shown []residents.Address
	if s.signed {
		shown = append(shown, s.session.Address)
	}
	var secret string
	err := k.Casework.Together(s.Context(), func(ctx context.Context) error {
		begun, err := k.Register.Begun(ctx, s.id)
		if err != nil {
			return err
		}
		doubt := casework.Doubt{}
		if !begun {
			verdict, err := k.Register.Count(ctx, s.id, visitor, d, prose, s.opened)
			if err != nil {
				return err
			}
			doubt = casework.Doubt{Score: verdict.Score, Why: verdict.Why(gov.ZH)}
		}
		var contact residents.Contact
		if contact, secret, err = k.Register.Open(ctx, s.id, d, shown...); err != nil {
			return err
		}
		_, err = k.Casework.PublicBegin(ctx, k.resident(contact), s.id, s.start.Procedure.ID, s.start.Action.ID, contact.ID.String(), values, doubt)
		return err
	})
	if err != nil {
		return err
	}
	k.keepLink(w, s.Request, secret)
	return nil
}

// prose is what was written in a report, in the order of its fields.
func (s *sheet) prose() string {
	var lines []string
	for _, ask := range s.start.Action.Asks {
		f, _ := s.under.Procedure.Field(ask.Field)
		if f.Type == procedure.TextField || f.Type == procedure.ParagraphField {
			lines = append(lines, s.typed[f.ID]...)
		}
	}
	return strings.Join(lines, "\n")
}
