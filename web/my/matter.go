package my

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/caseform"
	"quanxiang/web/progress"
	"quanxiang/web/story"
	"quanxiang/web/ui"
)

// CasePath is where somebody reads a case that is theirs.
func CasePath(id gov.ID) string { return Root + "/cases/" + id.String() }

// Waits reports that a case waits for whoever reads it.
func Waits(s casework.Sheet) bool {
	return s.Ended == 0 && slices.ContainsFunc(s.Options, func(o cases.Option) bool { return o.Why == nil && !o.Action.Aside })
}

// matterView is a case as whoever reported it sees it.
type matterView struct {
	Crumbs   []ui.Link
	Number   string
	Title    string
	Chips    []ui.Chip
	Done     string
	Reported *reportedView // right after it was reported
	Merged   *ui.Link      // the case it went into, if everybody is shown that
	Facts    []story.Fact
	Files    []fileView
	Moments  []story.Moment
	Actions  []ui.Link
	Asked    bool               // one of them is the next step, and waits for the visitor
	Contact  *residents.Contact // masked; nil of who acts for an organisation
	For      string             // the organisation
	About    string             // the title of the procedure
	Due      []dueView          // its deadlines that run
	Why      []string           // what the office wrote last, while it is for the visitor to act
	Letters  []letterView
	Receipt  string      // entry of the ledger of what was just done
	Link     string      // the address that leads here, "" once taken back
	Path     string      // of this page
	Prove    []ui.Option // addresses that can be proven theirs, masked
}

// fileView is a file of a case. Small is the address of a small picture of it, ""
// for what is no picture.
type fileView struct {
	ui.Link
	Small string
}

// reportedView is what is said at the end of a report.
type reportedView struct {
	Number  string
	Link    string
	QR      *ui.QR // of the link, nil without one
	Receipt string // address of the entry in the ledger by which the case began
	File    string // address of its receipt, to keep
	Around  string // where one asks to be told of others near it, or ""
}

// follow takes the secret of a link out of the address, where it would stay in
// the browser's history and in what the browser tells of where it came from.
func (k *My) follow(w http.ResponseWriter, v *visit) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	c, err := k.Register.Followed(v.Context(), v.PathValue("secret"))
	if err != nil {
		return err
	}
	k.keepLink(w, v.Request, v.PathValue("secret"))
	return see(w, v, CasePath(c.Case))
}

// theirs loads the case an address names, if it is the visitor's.
func (k *My) theirs(v *visit) (holder, casework.Sheet, error) {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil {
		return holder{}, casework.Sheet{}, errNotTheirs
	}
	c, err := k.mine(v.Context(), v, id)
	if err != nil {
		return c, casework.Sheet{}, err
	}
	s, err := k.Casework.ResidentSheet(v.Context(), c.as, id)
	return c, s, err
}

// theirContact is theirs for what is about the contact by which the case is theirs.
func (k *My) theirContact(v *visit) (holder, casework.Sheet, error) {
	c, s, err := k.theirs(v)
	if err == nil && c.acts != nil {
		err = errNotTheirs
	}
	return c, s, err
}

func (k *My) show(w http.ResponseWriter, v *visit) error {
	if id, err := gov.ParseID(v.PathValue("id")); err == nil && k.Away != nil {
		if to := k.Away(v.Context(), id); to != "" {
			return see(w, v, to)
		}
	}
	c, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	history, err := k.Casework.ResidentHistory(v.Context(), c.as, s.ID)
	if err != nil {
		return err
	}
	tell := story.New(v.Messages, s, &k.Pack.Gazette)
	view := matterView{Crumbs: c.crumbs(v), Number: s.Number, Title: s.Subject, Path: CasePath(s.ID),
		Chips: []ui.Chip{{Label: s.State.Name.In(v.Lang()), Tone: "info"}}}
	if c.acts == nil {
		masked := c.Masked()
		view.Contact = &masked
	}
	plain := slices.DeleteFunc(slices.Clone(s.Fields), func(f cases.Shown) bool {
		return f.Field.Type == procedure.ContactField || f.Field.Type == procedure.FilesField
	})
	view.Facts = tell.Facts(plain)
	if !s.Merged.IsZero() {
		into, err := k.Casework.PublicSheet(v.Context(), s.Merged, k.Clock())
		if err != nil && gov.CodeOf(err) != gov.NotFound {
			return err
		}
		if err == nil {
			view.Merged = &ui.Link{Href: progress.CasePath(into.Number), Label: into.Number, Note: into.State.Name.In(v.Lang())}
		}
	}
	if view.Files, err = k.files(v, c, s); err != nil {
		return err
	}
	for _, e := range slices.Backward(history) {
		for name := range e.Set {
			if f, ok := s.Under.Procedure.Field(name); ok && (f.Type == procedure.ContactField || f.Type == procedure.FilesField) {
				delete(e.Set, name)
			}
		}
		view.Moments = append(view.Moments, tell.Moment(e))
	}
	for _, o := range s.Options {
		if o.Why == nil {
			view.Asked = view.Asked || !o.Action.Aside
			view.Actions = append(view.Actions, ui.Link{Href: view.Path + "/do/" + o.Action.ID, Label: o.Action.Name.In(v.Lang()), Note: o.Action.Help.In(v.Lang())})
		}
	}
	if c.acts != nil {
		k.acting(v, &view, c, s, history)
	} else if secret, err := k.Register.Link(c.Contact); err == nil {
		view.Link = k.BaseURL + residents.FollowPath + secret
	}
	for _, a := range c.Unproven() {
		view.Prove = append(view.Prove, ui.Option{Value: string(a.Channel), Label: a.Masked()})
	}
	switch q := v.URL.Query(); {
	case q.Get("reported") != "":
		if view.Reported, err = reported(s, view.Link); err != nil {
			return err
		}
		view.Reported.Around = k.around(s)
	case q.Get("done") != "":
		view.Done = v.T("my.done")
		if key, err := gov.ParseID(q.Get("done")); err == nil {
			view.Receipt = "/ledger/events/" + key.String()
		}
	case q.Get("link") != "":
		view.Done = v.T("my.link_changed")
	}
	return k.matter.Render(w, v.Request, http.StatusOK, frame(view.Title), view)
}

// reported is the end of a report: the entry of the ledger by which a case began
// has the id of the case.
func reported(s casework.Sheet, link string) (*reportedView, error) {
	entry := "/ledger/events/" + s.ID.String()
	r := &reportedView{Number: s.Number, Link: link, Receipt: entry, File: entry + "/receipt"}
	if link != "" {
		qr, err := ui.NewQR(link)
		if err != nil {
			return nil, err
		}
		r.QR = &qr
	}
	return r, nil
}

// around is where one asks to be told of what becomes public where a case is.
func (k *My) around(s casework.Sheet) string {
	p := s.Under.Procedure
	spot := docket.SpotField(p)
	if spot == nil || !slices.ContainsFunc(k.Casework.Atlas().Layers(), func(l *procedure.Procedure) bool { return l.ID == p.ID }) {
		return ""
	}
	for _, f := range s.Fields {
		if text, _ := f.Value.(string); f.Field.ID == spot.ID && text != "" {
			return ui.With(progress.SubscribePath, "procedure", p.ID, atInput, text)
		}
	}
	return ui.With(progress.SubscribePath, "procedure", p.ID)
}

// files are the files of a case the visitor may read.
func (k *My) files(v *visit, c holder, s casework.Sheet) (list []fileView, err error) {
	there, err := k.Casework.ResidentFiles(v.Context(), c.as, s.ID)
	for _, a := range there {
		f := fileView{Link: ui.Link{Href: CasePath(s.ID) + "/files/" + string(a.Key), Label: a.Name, Note: caseform.Size(a.Size)}}
		if a.Picture != nil {
			f.Small = f.Href + "/small"
		}
		list = append(list, f)
	}
	return list, err
}

// file sends a file, to be saved and never to be run within the site, or the small
// picture of one.
func (k *My) file(w http.ResponseWriter, v *visit) error {
	c, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	small := strings.HasSuffix(v.URL.Path, "/small")
	open := k.Casework.ResidentOpen
	if small {
		open = k.Casework.ResidentThumb
	}
	a, r, err := open(v.Context(), c.as, s.ID, v.PathValue("sha"))
	if err != nil {
		return err
	}
	defer r.Close()
	h := w.Header()
	h.Set("Content-Type", a.Type)
	if !small {
		h.Set("Content-Length", strconv.FormatInt(a.Size, 10))
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	}
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = io.Copy(w, r) // the reader may leave; what was sent is right
	return nil
}

// link gives the visitor another link, or takes it back for good.
func (k *My) link(w http.ResponseWriter, v *visit) error {
	c, s, err := k.theirContact(v)
	if err != nil {
		return err
	}
	revoke := v.PostFormValue("revoke") != ""
	secret, err := k.Register.Renew(v.Context(), c.ID, revoke)
	if err != nil {
		return err
	}
	if !revoke {
		k.keepLink(w, v.Request, secret)
		return see(w, v, CasePath(s.ID)+"?link=1")
	}
	if v.signed && c.Shown(v.session.Address) {
		return see(w, v, CasePath(s.ID)+"?link=1")
	}
	return k.step.Render(w, v.Request, http.StatusOK, frame(v.T("my.link_gone")), stepView{Done: v.T("my.link_gone_lede", "number", s.Number)})
}

// prove has a code sent to one of the addresses of a contact.
func (k *My) prove(w http.ResponseWriter, v *visit) error {
	c, s, err := k.theirContact(v)
	if err != nil {
		return err
	}
	for _, a := range c.Unproven() {
		if string(a.Channel) != v.PostFormValue("channel") {
			continue
		}
		if err := k.ask(w, v, a, c.ID); err != nil {
			view := stepView{Crumbs: append(crumbs(v), ui.Link{Href: CasePath(s.ID), Label: s.Number})}
			return k.showStep(w, v, v.T("my.prove"), view, "", err)
		}
		return see(w, v, Root+"/code")
	}
	return see(w, v, CasePath(s.ID))
}

// erase erases the contact of a case, for whoever has its link.
func (k *My) erase(w http.ResponseWriter, v *visit) error {
	c, s, err := k.theirContact(v)
	if err != nil {
		return err
	}
	if err := k.Register.Erase(v.Context(), c.ID); err != nil {
		return err
	}
	return k.step.Render(w, v.Request, http.StatusOK, frame(v.T("my.forgotten")), stepView{Done: v.T("my.erased", "number", s.Number)})
}

// Inputs of the forms besides the fields of the procedure.
const (
	versionInput = "version" // of the case the visitor saw
	keyInput     = "key"     // names the step
)

// action is the action of a case that an address names.
func (k *My) action(v *visit, s casework.Sheet) (*procedure.Action, error) {
	a, ok := s.Under.Procedure.Action(v.PathValue("action"))
	if !ok {
		return nil, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	return a, nil
}

// actStep is the form of an action.
func (k *My) actStep(v *visit, c holder, s casework.Sheet, a *procedure.Action, typed casework.Typed, wrong cases.Mistakes) (stepView, error) {
	maker := caseform.Maker{Messages: v.Messages, Pack: k.Casework.Pack(), Under: s.Under, Shown: s.Fields}
	var err error
	if maker.Files, err = k.Casework.ResidentFiles(v.Context(), c.as, s.ID); err != nil {
		return stepView{}, err
	}
	form := ui.Form{ID: "step", Action: CasePath(s.ID) + "/do/" + a.ID, Post: true, File: caseform.Uploads(s.Under.Procedure, a), Danger: a.Danger,
		Submit: a.Name.In(v.Lang()), Fields: maker.Fields(a, typed, wrong)}
	key, version := v.PostFormValue(keyInput), v.PostFormValue(versionInput)
	if key == "" {
		key, version = gov.NewID(k.Clock()).String(), strconv.FormatInt(s.Version, 10)
	}
	form.Fields = append(form.Fields, ui.Field{Kind: "hidden", Name: keyInput, Value: key}, ui.Field{Kind: "hidden", Name: versionInput, Value: version})
	view := stepView{Crumbs: append(c.crumbs(v), ui.Link{Href: CasePath(s.ID), Label: s.Number}), Lede: a.Help.In(v.Lang()), Form: form}
	if c.acts != nil && view.Lede == "" {
		view.Lede = s.Subject
	}
	for _, m := range caseform.Mend(view.Form.Fields, wrong, v.Lang()) {
		view.Alert = append(view.Alert, m.Text.In(v.Lang()))
	}
	return view, nil
}

func (k *My) actPage(w http.ResponseWriter, v *visit) error {
	c, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	a, err := k.action(v, s)
	if err != nil {
		return err
	}
	if err := k.Casework.ResidentMay(v.Context(), c.as, s.ID, a.ID); err != nil {
		return err
	}
	view, err := k.actStep(v, c, s, a, nil, nil)
	if err != nil {
		return err
	}
	return k.showStep(w, v, a.Name.In(v.Lang()), view, "", nil)
}

// act does an action. What cannot be done is shown with what was typed.
func (k *My) act(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	c, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	a, err := k.action(v, s)
	if err != nil {
		return err
	}
	version, bad := strconv.ParseInt(v.PostFormValue(versionInput), 10, 64)
	key, err := gov.ParseID(v.PostFormValue(keyInput))
	if err = errors.Join(err, bad); err != nil {
		return gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.").Because(err)
	}
	typed := caseform.Maker{Messages: v.Messages, Under: s.Under, Shown: s.Fields}.Read(v.PostForm, a)
	values, wrong, err := k.read(v, c.as, s.ID, s.Under, a, typed)
	if err != nil {
		return err
	}
	if len(wrong) == 0 {
		err = k.Casework.ResidentAct(v.Context(), c.as, docket.Step{Case: s.ID, Version: version, Key: key}, a.ID, values)
		if err == nil {
			return see(w, v, ui.With(CasePath(s.ID), "done", key.String()))
		}
		if errors.As(err, &wrong) {
			err = nil
		}
	}
	view, failed := k.actStep(v, c, s, a, typed, wrong)
	if failed != nil {
		return failed
	}
	if err != nil {
		return k.showStep(w, v, a.Name.In(v.Lang()), view, "", err)
	}
	return k.step.Render(w, v.Request, http.StatusUnprocessableEntity, frame(a.Name.In(v.Lang())), view)
}

// read reads what was typed for an action and attaches the files that came with
// it.
func (k *My) read(v *visit, r casework.Resident, id gov.ID, u docket.Under, a *procedure.Action, typed casework.Typed) (cases.Values, cases.Mistakes, error) {
	wrong, err := caseform.AttachAll(v.Request, u.Procedure, a, typed, func(name string, file io.ReaderAt, size int64, wish ...casework.Keep) (docket.Attachment, error) {
		return k.Casework.ResidentAttach(v.Context(), r, id, name, file, size, wish...)
	})
	if err != nil {
		return nil, nil, err
	}
	values, mistakes, err := k.Casework.PublicValues(v.Context(), r, u, a, typed)
	if err != nil {
		return nil, nil, fmt.Errorf("read a form: %w", err)
	}
	return values, append(wrong, mistakes...), nil
}
