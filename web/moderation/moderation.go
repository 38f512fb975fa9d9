// Package moderation is where those who take reports in look at what should not
// simply go on: reports that look like none, pictures that nobody has released yet,
// texts in which personal numbers stand, and what
// was added to a case by residents and other programs. Each says why it is here, and what may
// be done is what the case's procedure lets its visitor do: the page decides
// nothing by itself, and takes nothing out of the ledger.
package moderation

import (
	"embed"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/privacy"
	"quanxiang/residents"
	"quanxiang/web/desk"
	"quanxiang/web/door"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is the page's address.
const Root = desk.Root + "/moderation"

// atOnce bounds how many cases of a state are looked at for a page: what is not
// public yet waits for minutes, what is public was looked at when it was filed.
const atOnce = 30

// Deps is everything the page stands on.
type Deps struct {
	Engine   *ui.Engine
	Casework *casework.Casework
}

// Moderation answers the page.
type Moderation struct {
	Deps
	page *ui.Template[view]
}

// New parses the template. An error is a mistake in it.
func New(d Deps) (*Moderation, error) {
	k := &Moderation{Deps: d}
	return k, ui.LoadInto(d.Engine, templates, &k.page, "moderation")
}

// Mount adds the routes.
func (k *Moderation) Mount(mux *http.ServeMux) {
	mux.Handle("GET "+Root, k.Engine.Handle(door.Require(k.show)))
	mux.Handle("POST "+Root, k.Engine.Handle(door.Require(k.release)))
}

// view is the page.
type view struct {
	Crumbs   []ui.Link
	Doubtful []item
	Personal []item
	Pictures []item
	Added    []item
}

// item is a case somebody should look at.
type item struct {
	ID       string
	Href     string
	Number   string
	Subject  string
	State    string
	Public   bool
	Reasons  []string
	Pictures []picture
	Actions  []ui.Link
}

// picture is one that nobody has released.
type picture struct {
	N                int // counts them for readers of screens
	Key, Thumb, Mask string
}

func (k *Moderation) show(w http.ResponseWriter, r *http.Request) error {
	by := who.Of(r.Context()).Standing
	if !residents.ServesCallers(by) {
		return gov.Errorf(gov.Forbidden, "内容审核由受理人员办理。", "Moderation is for those who take reports in.")
	}
	m := k.Engine.For(r)
	v := view{Crumbs: []ui.Link{{Href: desk.Root, Label: m.T("desk.title")}}}
	for _, s := range k.Casework.PublicStarts(by.At) {
		for _, state := range s.Procedure.States {
			if state.Kind == procedure.DoneState || state.Kind == procedure.VoidState {
				continue
			}
			rows, _, err := k.Casework.List(r.Context(), by, docket.Query{Procedure: s.Procedure.ID, State: state.ID}, docket.Place{}, atOnce)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if err := k.look(r, m, &v, row.ID, s.Procedure.Published(state.ID)); err != nil {
					return err
				}
			}
		}
	}
	return k.page.Render(w, r, http.StatusOK, ui.Frame{Section: "desk", Title: m.T("moderation.title"), NoIndex: true}, v)
}

// look puts a case where it belongs, if it should be looked at at all.
func (k *Moderation) look(r *http.Request, m *ui.Messages, v *view, id gov.ID, public bool) error {
	by := who.Of(r.Context()).Standing
	sheet, err := k.Casework.Sheet(r.Context(), by, id)
	if gov.CodeOf(err) == gov.NotFound {
		return nil // merged or dropped meanwhile
	}
	if err != nil {
		return err
	}
	one := item{ID: id.String(), Href: desk.CasePath(id), Number: sheet.Number, Subject: sheet.Subject, State: sheet.State.Name.In(m.Lang()), Public: public}
	for _, o := range sheet.Options {
		if o.Why == nil {
			one.Actions = append(one.Actions, ui.Link{Href: desk.CasePath(id) + "/do/" + o.Action.ID, Label: o.Action.Name.In(m.Lang())})
		}
	}
	if doubts := doubted(m, sheet.Fields); len(doubts) > 0 && !public {
		doubtful := one
		doubtful.Reasons = doubts
		v.Doubtful = append(v.Doubtful, doubtful)
	}
	if found := personal(m, sheet.Fields); len(found) > 0 {
		texts := one
		texts.Reasons = found
		v.Personal = append(v.Personal, texts)
	}
	if text, err := k.added(r, sheet); err != nil {
		return err
	} else if text != "" {
		said := one
		said.Reasons = strings.Split(text, "\n")
		v.Added = append(v.Added, said)
	}
	if !public {
		return nil
	}
	list, err := k.Casework.Attachments(r.Context(), by, id)
	if err != nil {
		return err
	}
	if one.Pictures = unreleased(id, sheet.Fields, list); len(one.Pictures) > 0 {
		v.Pictures = append(v.Pictures, one)
	}
	return nil
}

// doubted says why a report looks like none.
func doubted(m *ui.Messages, fields []cases.Shown) (why []string) {
	for _, f := range fields {
		switch n, isNumber := f.Value.(int64); {
		case f.Sealed:
		case f.Field.ID == procedure.DoubtField && isNumber && n > 0:
			why = slices.Insert(why, 0, m.T("moderation.score", "n", strconv.FormatInt(n, 10)))
		case f.Field.ID == procedure.DoubtWhyField:
			if text, ok := f.Value.(string); ok && text != "" {
				why = append(why, strings.Split(text, "\n")...)
			}
		}
	}
	return why
}

// added is what somebody outside added to a case and nobody has looked at, "" for
// nothing.
func (k *Moderation) added(r *http.Request, sheet casework.Sheet) (string, error) {
	o := k.Casework.Pack().Open311
	if o == nil || o.Updates == nil || o.Procedure != sheet.Under.Procedure.ID {
		return "", nil
	}
	i := slices.IndexFunc(sheet.Fields, func(f cases.Shown) bool { return f.Field.ID == o.Updates.Remark.Text && !f.Sealed })
	if i < 0 {
		return "", nil
	}
	text, _ := sheet.Fields[i].Value.(string)
	if text == "" {
		return "", nil
	}
	history, err := k.Casework.History(r.Context(), who.Of(r.Context()).Standing, sheet.ID)
	if err != nil {
		return "", err
	}
	var waiting []string
	for _, e := range history {
		switch said, _ := e.Set[o.Updates.Remark.Text].(string); {
		case e.Action == o.Updates.Remark.Action && said != "":
			waiting = append(waiting, said)
		case slices.Contains(o.Updates.Reviews, e.Action):
			waiting = nil
		}
	}
	return strings.Join(waiting, "\n"), nil
}

// personal says which texts hold personal numbers, and whether everybody reads
// them. The numbers themselves are not repeated.
func personal(m *ui.Messages, fields []cases.Shown) (found []string) {
	for _, f := range fields {
		text, ok := f.Value.(string)
		if !ok || f.Sealed || f.Field.Type != procedure.TextField && f.Field.Type != procedure.ParagraphField {
			continue
		}
		for _, kind := range privacy.Spot(text) {
			field, what := f.Field.Label.In(m.Lang()), m.Of("moderation.kind.", kind)
			if f.Field.Level() == procedure.OpenPublic {
				found = append(found, m.T("moderation.in_public", "field", field, "what", what))
			} else {
				found = append(found, m.T("moderation.in_office", "field", field, "what", what))
			}
		}
	}
	return found
}

// unreleased are the pictures everybody would be shown if somebody had found them
// fit. Those with a masked copy that is fit are done.
func unreleased(id gov.ID, fields []cases.Shown, list []docket.Attachment) (out []picture) {
	wanted := map[string]bool{}
	for _, f := range fields {
		if keys, ok := f.Value.([]string); ok && !f.Sealed && f.Field.Type == procedure.FilesField && f.Field.Level() == procedure.OpenPublic {
			for _, key := range keys {
				wanted[key] = true
			}
		}
	}
	for _, a := range list {
		if a.Picture == nil || !wanted[string(a.Key)] || a.Picture.Fit != 0 ||
			slices.ContainsFunc(list, func(c docket.Attachment) bool { return c.Picture != nil && c.Picture.Of == a.Key && c.Picture.Fit != 0 }) {
			continue
		}
		at := desk.CasePath(id) + "/files/" + string(a.Key)
		out = append(out, picture{N: len(out) + 1, Key: string(a.Key), Thumb: at + "/small", Mask: at + "/mask"})
	}
	return out
}

// release notes that a picture may be shown to everybody as it is.
func (k *Moderation) release(w http.ResponseWriter, r *http.Request) error {
	id, err := gov.ParseID(r.PostFormValue("case"))
	if err != nil {
		return gov.Errorf(gov.NotFound, "没有这件案件。", "There is no such case.")
	}
	if err := k.Casework.FitPicture(r.Context(), who.Of(r.Context()).Standing, id, r.PostFormValue("picture"), true); err != nil {
		return err
	}
	http.Redirect(w, r, Root+"#pictures", http.StatusSeeOther)
	return nil
}
