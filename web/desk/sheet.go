package desk

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// headView is the head of every page of a case.
type headView struct {
	Crumbs    []ui.Link
	Number    string
	Subject   string
	Procedure ui.Link
	Chips     []ui.Chip // state and colour
	Due       explain.Due
	Href      string
}

// sheetView is the page of a case.
type sheetView struct {
	Head     headView
	Flash    string
	Alert    *alert
	Merged   *ui.Link
	Waits    []string
	Pending  []pendingView
	Form     *ui.Form // of the next step
	Next     string   // what it is called
	Others   []step   // what else may be done
	Barred   []step   // what may not be done now, and why
	Fields   []value
	Clocks   []clockView // the one that matters now before the others
	Children ui.Table
	Took     []ui.Link
	Entered  []enteredView
	Beside   []ui.Link // pages of other rooms
	Pictures []pictureView
	Remark   *ui.Form
	Timeline []entry
}

// step is an action as a case offers it.
type step struct {
	Name   string
	Href   string
	Help   string
	Why    string
	Danger bool
}

// pendingView is a request that waits for consent.
type pendingView struct {
	Seq     int64
	Action  string
	Who, As string
	At      int64
	Note    string
	Values  []value
	Joined  []string
	Asks    string // who still has to agree
	Mine    bool
	Answer  bool
	Href    string
	Version int64
	Key     string
	Typed   string // a reason that was typed and could not be taken
	Error   string
}

// clockView is a clock of a case, explained.
type clockView struct {
	Name  string
	Day   gov.Date
	Hour  string // within the day, "" for its end
	Text  string
	Tone  string
	Facts []explain.Fact
}

// alert is what a page has to say before anything else.
type alert struct {
	Title string
	Lines []string
	Tone  string
}

// open is a case with what its pages need.
type open struct {
	casework.Sheet
	history  []casework.Entry
	attached []docket.Attachment // as they came
	lexicon
	at string
}

// load reads a case as a visitor sees it.
func (k *Desk) load(v *visit) (*open, error) {
	id, err := caseID(v)
	if err != nil {
		return nil, err
	}
	o := &open{at: CasePath(id)}
	ctx := v.Context()
	if o.Sheet, err = k.Work.Sheet(ctx, v.Standing, id); err != nil {
		return nil, err
	}
	if o.history, err = k.Work.History(ctx, v.Standing, id); err != nil {
		return nil, err
	}
	o.lexicon = lexicon{at: o.at, origin: item(o.Origin), files: map[string]docket.Attachment{}}
	if o.names, err = k.people(v, o.Sheet, o.history); err != nil {
		return nil, err
	}
	if o.entries, err = k.entryNames(v, o.Fields); err != nil {
		return nil, err
	}
	list, err := k.Work.Attachments(ctx, v.Standing, id)
	if err != nil {
		return nil, err
	}
	o.attached = list
	for _, a := range list {
		o.files[string(a.Key)] = a
	}
	o.numbers, err = k.Work.Numbers(ctx, v.Standing, o.relatives())
	return o, err
}

// item is the place in the library a case was made of, "" for none.
func item(origin string) string {
	place, ok := strings.CutPrefix(origin, "item/")
	if !ok {
		return ""
	}
	return place
}

// relatives are the cases a case names.
func (o *open) relatives() []string {
	var ids []string
	for _, id := range append([]gov.ID{o.Parent, o.Merged}, o.Took...) {
		if !id.IsZero() {
			ids = append(ids, id.String())
		}
	}
	for _, s := range o.Fields {
		if id, ok := s.Value.(string); ok && s.Field.Type == procedure.CaseField {
			ids = append(ids, id)
		}
	}
	for _, e := range o.history {
		if !e.Merge.IsZero() {
			ids = append(ids, e.Merge.String())
		}
	}
	return ids
}

func (k *Desk) head(v *visit, o *open) headView {
	p := o.Under.Procedure
	h := headView{
		Crumbs: []ui.Link{{Href: Root, Label: v.T("desk.title")}}, Number: o.Number, Subject: o.Subject, Href: o.at,
		Procedure: ui.Link{Href: "/procedures/" + p.ID + "#states", Label: p.Title.In(v.Lang())},
		Chips:     []ui.Chip{{Label: o.State.Name.In(v.Lang()), Tone: stateTone(o.State.Kind)}},
	}
	if h.Subject == "" {
		h.Subject = v.T("desk.closed_subject")
	}
	if !o.Parent.IsZero() {
		h.Crumbs = append(h.Crumbs, ui.Link{Href: CasePath(o.Parent), Label: o.numbers[o.Parent.String()]})
	}
	row := docket.Row{Ended: o.Ended}
	row.Time(p, o.Deadlines)
	h.Due = explain.RowDue(v.Messages, k.Calendar(v.Context()), p, row, v.At)
	if o.Colour != nil {
		h.Chips = ui.Chips(h.Chips[0], explain.Beside(ui.Chip{Label: o.Colour.Name.In(v.Lang()), Tone: tones[o.Colour.Tone]}, h.Due.Late()))
	}
	return h
}

// sheet shows a case. People, and the mails they get, name cases by their
// numbers: one leads to the case's address.
func (k *Desk) sheet(w http.ResponseWriter, v *visit) error {
	if _, err := gov.ParseID(v.PathValue("id")); err != nil {
		id, err := k.Work.Find(v.Context(), v.Standing, v.PathValue("id"))
		if gov.CodeOf(err) == gov.NotFound {
			return errNoCase
		}
		if err != nil {
			return err
		}
		http.Redirect(w, v.Request, CasePath(id), http.StatusSeeOther)
		return nil
	}
	o, err := k.load(v)
	if err != nil {
		return err
	}
	return k.showSheet(w, v, o, http.StatusOK, func(*sheetView) {})
}

// showSheet shows a case; change may add what a step that failed has to say.
func (k *Desk) showSheet(w http.ResponseWriter, v *visit, o *open, status int, change func(*sheetView)) error {
	m := v.Messages
	view := sheetView{Head: k.head(v, o), Waits: turns(m, o.Under, o.Waits, o.names), Timeline: k.stamps(v, o, timeline(m, o.Sheet, o.history, o.lexicon))}
	if k.Beside != nil {
		view.Beside = k.Beside(m, o.Sheet)
	}
	if done := v.URL.Query().Get("done"); done != "" && status == http.StatusOK {
		view.Flash = flash(v, o, done)
	}
	if !o.Merged.IsZero() {
		view.Merged = &ui.Link{Href: CasePath(o.Merged), Label: o.numbers[o.Merged.String()]}
	}
	for _, id := range o.Took {
		view.Took = append(view.Took, ui.Link{Href: CasePath(id), Label: o.numbers[id.String()]})
	}
	if err := k.steps(v, o, &view); err != nil {
		return err
	}
	for _, q := range o.Pending {
		view.Pending = append(view.Pending, k.pending(v, o, q))
	}
	for _, s := range o.Fields {
		if s.Field.ID == o.Under.Procedure.Subject {
			continue
		}
		if s.Sealed {
			view.Fields = append(view.Fields, value{Label: s.Field.Label.In(m.Lang()), Texts: []string{m.T("desk.sealed")}})
		} else if entered.Given(s.Value) {
			view.Fields = append(view.Fields, o.say(m, o.Under, s.Field, s.Value))
		}
	}
	if c, ok := k.Work.Covered(o.Sheet, o.history); ok {
		view.Fields = append(view.Fields, value{Label: m.T("onsite.coverage"), Texts: explain.Coverage(m, c), Prose: true})
	}
	view.Clocks = k.clocks(v, o)
	view.Children = k.children(v, o)
	pictures, err := k.pictures(v, o)
	if err != nil {
		return err
	}
	view.Pictures = pictures
	if view.Entered, err = k.entered(v, o); err != nil {
		return err
	}
	if o.Remarks {
		view.Remark = remarkForm(v, o)
	}
	change(&view)
	return k.pages.sheet.Render(w, v.Request, status, frame(o.Number+" "+view.Head.Subject), view)
}

// flash says what the visitor just did: their first event since the one an
// address names.
func flash(v *visit, o *open, done string) string {
	since, err := strconv.ParseInt(done, 10, 64)
	if err != nil {
		return ""
	}
	for _, e := range o.history {
		if e.Seq >= since && e.By.Person == v.Person.String() {
			return v.T("desk.done", "what", explain.New(v.Messages, o.Under.Pack, o.Under.Procedure).Event(e.Event))
		}
	}
	return ""
}

// steps sorts what may be done: the next step with its form, the others, and
// those something is against.
func (k *Desk) steps(v *visit, o *open, view *sheetView) error {
	l := v.Lang()
	for _, opt := range o.Options {
		s := step{Name: opt.Action.Name.In(l), Help: opt.Action.Help.In(l), Href: o.at + "/do/" + opt.Action.ID, Danger: opt.Action.Danger}
		switch {
		case opt.Why != nil:
			s.Why = gov.TextOf(opt.Why, l)
			view.Barred = append(view.Barred, s)
		case view.Form == nil && !opt.Action.Aside && !opt.Action.Danger:
			form, err := k.form(v, o, opt.Action, nil, nil)
			if err != nil {
				return err
			}
			view.Form, view.Next = form, s.Name
		default:
			view.Others = append(view.Others, s)
		}
	}
	return nil
}

func (k *Desk) pending(v *visit, o *open, q casework.Pending) pendingView {
	m, p := v.Messages, o.Under.Procedure
	out := pendingView{Seq: q.Seq, At: q.At, Note: q.Note, Mine: q.Mine, Answer: q.Answer,
		Href: o.at + "/requests/" + strconv.FormatInt(q.Seq, 10), Version: o.Version, Key: k.key()}
	out.Who, out.As = actor(m, o.Under, q.By, o.names)
	if a, ok := p.Action(q.Action); ok {
		out.Action = a.Name.In(m.Lang())
		out.Asks = parties(m, p, a.Approve)
		if a.Together != nil {
			out.Asks = parties(m, p, a.Together.Of)
		}
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		if x, ok := q.Values[f.ID]; ok && entered.Given(x) {
			out.Values = append(out.Values, o.say(m, o.Under, f, x))
		}
	}
	for _, j := range q.Joined {
		name, as := actor(m, o.Under, j.By, o.names)
		out.Joined = append(out.Joined, strings.TrimSpace(name+" "+as))
	}
	return out
}

// key is a name for a step, so that a form that is sent twice does it once.
func (k *Desk) key() string { return gov.NewID(k.Clock()).String() }

// pressing puts the clock that matters before the others: of those that run the one
// that ends first, or else the one by which cases are listed.
func pressing(p *procedure.Procedure, list []cases.Deadline) []cases.Deadline {
	list = slices.Clone(list)
	first := func(d cases.Deadline) int {
		switch {
		case d.Stopped.IsZero() && !d.Paused && !d.At.IsZero():
			return 0
		case d.Stopped.IsZero():
			return 1
		case d.Clock == p.Due:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(list, func(a, b cases.Deadline) int {
		if n := cmp.Compare(first(a), first(b)); n != 0 || first(a) > 0 {
			return n
		}
		return a.At.Compare(b.At)
	})
	return list
}

// clocks says where each clock of a case stands, and how it runs.
func (k *Desk) clocks(v *visit, o *open) []clockView {
	m, p := v.Messages, o.Under.Procedure
	words := explain.New(m, o.Under.Pack, p).Clocks()
	list := make([]clockView, 0, len(o.Deadlines))
	for _, d := range pressing(p, o.Deadlines) {
		clock, _ := p.Clock(d.Clock)
		c := clockView{Name: clock.Name.In(m.Lang())}
		if i := slices.IndexFunc(words, func(e explain.Entry) bool { return e.ID == d.Clock }); i >= 0 {
			c.Facts = words[i].Facts
		}
		if !d.At.IsZero() {
			c.Day, c.Hour = d.LastDay(), explain.Hour(d.At)
		}
		switch {
		case d.Paused:
			c.Text = m.T("desk.clock.paused")
		case d.Stopped.IsZero() && o.Ended == 0 && !d.At.IsZero():
			due := explain.DueOf(m, k.Calendar(v.Context()), d.At.UnixMilli(), v.At)
			c.Text, c.Tone = due.Left, due.Tone
		case d.Late(v.At):
			c.Text, c.Tone = m.T("desk.clock.late", "day", gov.DateOf(d.Stopped)), "bad"
		case !d.Stopped.IsZero():
			c.Text, c.Tone = m.T("desk.clock.kept", "day", gov.DateOf(d.Stopped)), "good"
		}
		list = append(list, c)
	}
	return list
}

func (k *Desk) children(v *visit, o *open) ui.Table {
	m := v.Messages
	t := ui.Table{Caption: m.T("desk.children"), Columns: []ui.Column{
		{Label: m.T("desk.number"), Lead: true, Narrow: true}, {Label: m.T("desk.subject"), Main: true}, {Label: m.T("desk.units")},
		{Label: m.T("desk.state"), Narrow: true}, {Label: m.T("desk.due"), Narrow: true},
	}}
	cal := k.Calendar(v.Context())
	for _, r := range o.Children {
		row := k.row(v, r, cal)
		subject := ui.TextCell(row.Subject)
		subject.Text, subject.Links = "", []ui.Link{{Href: row.Href, Label: row.Subject}}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(row.Number), subject, ui.TextCell(row.Units), {Chips: row.Chips()}, dueCell(row),
		}})
	}
	return t
}

func dueCell(r row) ui.Cell {
	c := ui.Cell{Date: r.Due.Day}
	if r.Due.Left != "" {
		c.Chips = []ui.Chip{{Label: r.Due.Long, Tone: cmp.Or(r.Due.Tone, "quiet")}}
	}
	return c
}
