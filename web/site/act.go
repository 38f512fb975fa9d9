package site

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/stamp"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
	"quanxiang/web/desk"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// Inputs of the forms besides the fields of the procedure. Those of a stamp are
// filled in by the script.
const (
	versionInput  = "version" // of the case as it was seen
	keyInput      = "key"     // names the step, or the case that is begun
	aheadInput    = "ahead"   // the form is taken along before it can be sent
	asInput       = "as"      // whose form it is: a telephone may have changed hands before it is sent
	didInput      = "stamp-did"
	placeInput    = "stamp-place"
	accuracyInput = "stamp-accuracy"
	fixedInput    = "stamp-fixed"
	keptInput     = "outbox-kept" // see outbox.js
	sentInput     = "outbox-sent"
)

// actView is the page of one act on site: its form, or why it cannot be done any
// more with what was filled in.
type actView struct {
	Back    string
	Title   string
	Help    string
	Number  string // "" for a case yet to be begun
	Subject string
	Case    string // address of its page
	Where   string
	Place   string // for the script
	Due     string
	Late    bool
	Alert   []string
	News    []string // what happened since the form was opened
	Covered []string // of the ground the case is to cover
	Doubts  []doubt  // of what was done on site before
	Ahead   bool     // it cannot be sent yet
	Form    *ui.Form
	Typed   []typedValue
	Outbox  ui.Outbox
}

// doubt is something that does not fit in an earlier act.
type doubt struct {
	What string
	At   int64
	List []string
}

type typedValue struct{ Label, Text string }

// subject is what a page is about: a case that is there or one yet to be begun.
type subject struct {
	under   docket.Under
	action  *procedure.Action
	id      gov.ID
	sheet   *casework.Sheet // nil of a case yet to be begun
	history []casework.Entry
	files   []docket.Attachment
	path    string
	ahead   bool // taken along: it cannot be sent yet
}

// load reads a case for an act on site.
func (k *Site) load(v *visit) (*subject, error) {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil {
		return nil, errNoPage
	}
	sheet, err := k.Work.Sheet(v.Context(), v.Standing, id)
	if err != nil {
		return nil, err
	}
	a, ok := sheet.Under.Procedure.Action(v.PathValue("action"))
	if !ok || a.Site == nil {
		return nil, errNoPage
	}
	s := &subject{under: sheet.Under, action: a, id: id, sheet: &sheet, path: actPath(id, a.ID)}
	if s.history, err = k.Work.History(v.Context(), v.Standing, id); err != nil {
		return nil, err
	}
	s.files, err = k.Work.Attachments(v.Context(), v.Standing, id)
	return s, err
}

// start finds the way to begin a case on site that an address names.
func (k *Site) start(v *visit, id gov.ID) (*subject, error) {
	for _, s := range k.Work.Starts(v.Standing) {
		if s.Procedure.ID != v.PathValue("procedure") || s.Action.ID != v.PathValue("action") || s.Action.Site == nil {
			continue
		}
		files, err := k.Work.Attachments(v.Context(), v.Standing, id)
		return &subject{under: docket.Under{Pack: k.Work.Pack(), Procedure: s.Procedure}, action: s.Action, id: id, files: files,
			path: Root + "/new/" + s.Procedure.ID + "/" + s.Action.ID}, err
	}
	return nil, errNoPage
}

var errNoPage = gov.Errorf(gov.NotFound, "没有这个页面，或者您不能在现场这样办理。", "There is no such page, or you cannot do this on site.")

func (k *Site) actForm(w http.ResponseWriter, v *visit) error {
	s, err := k.load(v)
	if err != nil {
		return err
	}
	if err := k.Work.May(v.Context(), v.Standing, s.id, s.action.ID); err != nil {
		if v.URL.Query().Get(aheadInput) == "" || gov.CodeOf(err) != gov.Conflict || !s.sheet.Party {
			return k.refused(w, v, s, nil, err)
		}
		s.ahead = true
	}
	return k.show(w, v, s, http.StatusOK, nil, nil, nil)
}

func (k *Site) beginForm(w http.ResponseWriter, v *visit) error {
	s, err := k.start(v, gov.NewID(k.Clock()))
	if err != nil {
		return err
	}
	return k.show(w, v, s, http.StatusOK, nil, nil, nil)
}

// show shows the form, again with what was typed and what is wrong with it.
func (k *Site) show(w http.ResponseWriter, v *visit, s *subject, status int, typed casework.Typed, wrong cases.Mistakes, alert []string) error {
	form, err := k.form(v, s, typed, wrong)
	if err != nil {
		return err
	}
	for _, m := range caseform.Mend(form.Fields, wrong, v.Lang()) {
		alert = append(alert, m.Text.In(v.Lang()))
	}
	view := k.view(v, s)
	view.Form, view.Alert, view.Ahead = form, alert, s.ahead
	if seen, err := strconv.ParseInt(v.PostForm.Get(versionInput), 10, 64); err == nil && s.sheet != nil {
		view.News = s.news(v, seen)
	}
	return k.act.Render(w, v.Request, status, frame(view.Title), view)
}

// view is the page but for its form.
func (k *Site) view(v *visit, s *subject) actView {
	view := actView{Back: Root, Title: s.action.Name.In(v.Lang()), Help: s.action.Help.In(v.Lang()), Outbox: v.outbox()}
	if s.sheet == nil {
		return view
	}
	e := k.Work.ErrandOf(v.Standing, *s.sheet, s.action)
	view.Number, view.Subject, view.Case, view.Where = e.Number, e.Subject, desk.CasePath(e.ID), where(v, k.Work.Pack(), e)
	if e.Place != nil {
		view.Place = e.Place.String()
	}
	view.Due, view.Late = due(v, e.Due)
	view.Doubts = k.doubts(v, s)
	if c, ok := k.Work.Covered(*s.sheet, s.history); ok {
		view.Covered = explain.Coverage(v.Messages, c)
	}
	return view
}

// doubts are what does not fit in what was done on site before: who checks is to
// look at it.
func (k *Site) doubts(v *visit, s *subject) (list []doubt) {
	words := explain.New(v.Messages, s.under.Pack, s.under.Procedure)
	for _, x := range k.Work.Visits(*s.sheet, v.Standing, s.history) {
		if !x.Doubtful() {
			continue
		}
		e := s.history[slices.IndexFunc(s.history, func(e casework.Entry) bool { return e.Seq == x.Seq })]
		d := doubt{What: words.Event(e.Event), At: e.At}
		for _, f := range explain.Findings(v.Messages, x.Findings, s.picture) {
			if f.Doubt {
				d.List = append(d.List, f.Text)
			}
		}
		list = append(list, d)
	}
	return list
}

// picture is the name of a picture of the case.
func (s *subject) picture(key string) string {
	for _, a := range s.files {
		if string(a.Key) == key {
			return a.Name
		}
	}
	return ""
}

// news is what happened in the case since a version.
func (s *subject) news(v *visit, seen int64) (list []string) {
	words := explain.New(v.Messages, s.under.Pack, s.under.Procedure)
	for _, e := range s.history {
		if e.Seq > seen {
			list = append(list, v.Instant(e.At)+" "+words.Event(e.Event))
		}
	}
	return list
}

// form is the form of an act on site: pictures are taken with the camera, beside
// those they are to be compared with.
func (k *Site) form(v *visit, s *subject, typed casework.Typed, wrong cases.Mistakes) (*ui.Form, error) {
	maker := caseform.Maker{Messages: v.Messages, Pack: k.Work.Pack(), Under: s.under, Files: s.files, Day: gov.DateOf(v.At), People: map[string][]people.Person{}}
	title, version, of := s.action.Name.In(v.Lang()), int64(0), gov.ID{}
	if s.sheet != nil {
		maker.Shown, version, title, of = s.sheet.Fields, s.sheet.Version, title+" "+s.sheet.Number, s.id
	}
	for _, ask := range s.action.Asks {
		f, _ := s.under.Procedure.Field(ask.Field)
		if !f.Type.IsPerson() {
			continue
		}
		list, err := k.Work.Among(v.Context(), v.Standing, of, s.under.Procedure, f)
		if err != nil {
			return nil, err
		}
		maker.People[f.ID] = list
	}
	if s.sheet != nil {
		var err error
		if maker.Suggested, err = k.Work.Suggestions(v.Context(), v.Standing, s.id, s.action); err != nil {
			return nil, err
		}
	}
	f := &ui.Form{ID: "step", Post: true, File: true, Action: s.path, Submit: s.action.Name.In(v.Lang()), Danger: s.action.Danger, Outbox: title, OutboxKey: keyInput}
	f.Fields = maker.Fields(s.action, typed, wrong)
	for i, ask := range s.action.Asks {
		field, _ := s.under.Procedure.Field(ask.Field)
		switch {
		case field.Type == procedure.FilesField && field.Accept == "image":
			f.Fields[i].Kind, f.Fields[i].Shots = "camera", s.shots(v)
			f.Fields[i].Hint = field.Help.In(v.Lang()) // of the camera nobody chooses types and sizes
		case field.Type == procedure.PointField:
			f.Fields[i].Here = true
		}
	}
	key := gov.NewID(k.Clock())
	if s.sheet == nil {
		key = s.id
	}
	hidden := [][2]string{{versionInput, strconv.FormatInt(version, 10)}, {keyInput, key.String()}, {asInput, v.Person.String()}, {didInput, ""}, {placeInput, ""}, {accuracyInput, ""}, {fixedInput, ""}}
	for _, h := range hidden {
		if h[0] != versionInput && v.PostForm.Get(h[0]) != "" {
			h[1] = v.PostForm.Get(h[0]) // the same act, on the case as it is by now
		}
		f.Fields = append(f.Fields, ui.Field{Kind: "hidden", Name: h[0], Value: h[1]})
	}
	return f, nil
}

// shots are the pictures that those to be taken are compared with.
func (s *subject) shots(v *visit) (list []ui.Shot) {
	if s.sheet == nil {
		return nil
	}
	for _, id := range s.action.Site.Beside {
		for _, f := range s.sheet.Fields {
			keys, ok := f.Value.([]string)
			if f.Field.ID != id || !ok || f.Sealed {
				continue
			}
			for _, a := range s.files {
				if a.Picture != nil && slices.Contains(keys, string(a.Key)) {
					href := desk.CasePath(s.id) + "/files/" + string(a.Key)
					list = append(list, ui.Shot{Href: href, Thumb: href + "/small", Label: f.Field.Label.In(v.Lang())})
				}
			}
		}
	}
	return list
}

// sent is a form that came back.
type sent struct {
	typed  casework.Typed
	values cases.Values
	wrong  cases.Mistakes
	stamp  stamp.Stamp
	key    gov.ID
}

// read reads a form and attaches the pictures that came with it.
func (k *Site) read(v *visit, s *subject) (x sent, err error) {
	if v.PostForm.Get(asInput) != v.Person.String() {
		return x, gov.Errorf(gov.Conflict, "这张表单是另一位同事打开的，请由本人登录后提交。", "Somebody else opened this form; it is for them to send.")
	}
	if x.key, err = gov.ParseID(v.PostForm.Get(keyInput)); err != nil {
		return x, errNotWhole
	}
	maker := caseform.Maker{Messages: v.Messages, Under: s.under}
	if s.sheet != nil {
		maker.Shown = s.sheet.Fields
	}
	x.typed = maker.Read(v.PostForm, s.action)
	attach := func(name string, file io.ReaderAt, size int64, wish ...casework.Keep) (docket.Attachment, error) {
		return k.Work.Attach(v.Context(), v.Standing, s.id, name, file, size, wish...)
	}
	if x.wrong, err = caseform.AttachAll(v.Request, s.under.Procedure, s.action, x.typed, attach); err != nil {
		return x, err
	}
	values, mistakes, err := k.Work.Values(v.Context(), v.Standing, s.under, s.action, x.typed)
	x.values, x.wrong = values, append(x.wrong, mistakes...)
	did := v.PostForm.Get(keptInput)
	if did == "" {
		did = v.PostForm.Get(didInput)
	}
	x.stamp = stamp.Read(stamp.Raw{Did: did, Sent: v.PostForm.Get(sentInput), Place: v.PostForm.Get(placeInput), Accuracy: v.PostForm.Get(accuracyInput), Fixed: v.PostForm.Get(fixedInput)})
	return x, err
}

var errNotWhole = gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.")

func (k *Site) doAct(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, desk.MaxBody); err != nil {
		return err
	}
	s, err := k.load(v)
	if err != nil {
		return err
	}
	x, err := k.read(v, s)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(v.PostForm.Get(versionInput), 10, 64)
	if err != nil || version < 1 {
		return errNotWhole
	}
	possible := k.Work.May(v.Context(), v.Standing, s.id, s.action.ID) == nil // what is sent again may be done already
	if len(x.wrong) == 0 || !possible {
		err = k.Work.ActOnSite(v.Context(), v.Standing, docket.Step{Case: s.id, Version: version, Key: x.key}, s.action.ID, x.values, x.stamp)
		if err == nil {
			http.Redirect(w, v.Request, Root+"?"+doneInput+"="+s.id.String(), http.StatusSeeOther)
			return nil
		}
	}
	if s, failed := k.load(v); failed != nil { // with the files that came
		return failed
	} else if more := (cases.Mistakes)(nil); errors.As(err, &more) || err == nil {
		return k.show(w, v, s, http.StatusUnprocessableEntity, x.typed, append(x.wrong, more...), nil)
	} else {
		return k.refused(w, v, s, x.typed, err)
	}
}

// refused says why an act cannot be done: with its form, if it still may be on the
// case as it is by now, else with what was filled in.
func (k *Site) refused(w http.ResponseWriter, v *visit, s *subject, typed casework.Typed, why error) error {
	code := gov.CodeOf(why)
	if code != gov.Conflict && code != gov.Forbidden && code != gov.Invalid {
		return why
	}
	alert := []string{gov.TextOf(why, v.Lang())}
	now := k.Work.May(v.Context(), v.Standing, s.id, s.action.ID)
	if now == nil {
		return k.show(w, v, s, ui.Status(code), typed, nil, append(alert, v.T("onsite.still")))
	}
	if text := gov.TextOf(now, v.Lang()); !slices.Contains(alert, text) {
		alert = append(alert, text)
	}
	view := k.view(v, s)
	view.Alert = alert
	if seen, err := strconv.ParseInt(v.PostForm.Get(versionInput), 10, 64); err == nil {
		view.News = s.news(v, seen)
	}
	for _, ask := range s.action.Asks {
		f, _ := s.under.Procedure.Field(ask.Field)
		for _, text := range typed[f.ID] {
			if text != "" && f.Type != procedure.FilesField {
				view.Typed = append(view.Typed, typedValue{f.Label.In(v.Lang()), text})
			}
		}
	}
	return k.act.Render(w, v.Request, ui.Status(code), frame(view.Title), view)
}

func (k *Site) doBegin(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, desk.MaxBody); err != nil {
		return err
	}
	id, err := gov.ParseID(v.PostForm.Get(keyInput))
	if err != nil {
		return errNotWhole
	}
	s, err := k.start(v, id)
	if err != nil {
		return err
	}
	x, err := k.read(v, s)
	if err != nil {
		return err
	}
	if len(x.wrong) == 0 {
		err = k.Work.BeginOnSite(v.Context(), v.Standing, id, s.under.Procedure.ID, s.action.ID, x.values, x.stamp)
		if err == nil {
			http.Redirect(w, v.Request, Root+"?"+doneInput+"="+id.String(), http.StatusSeeOther)
			return nil
		}
	}
	more := cases.Mistakes{}
	code := gov.CodeOf(err)
	if s, failed := k.start(v, id); failed != nil {
		return failed
	} else if errors.As(err, &more) || err == nil {
		return k.show(w, v, s, http.StatusUnprocessableEntity, x.typed, append(x.wrong, more...), nil)
	} else if code == gov.Conflict || code == gov.Forbidden || code == gov.Invalid {
		return k.show(w, v, s, ui.Status(code), x.typed, nil, []string{gov.TextOf(err, v.Lang())})
	}
	return err
}
