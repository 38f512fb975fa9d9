package casework

import (
	"context"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/atlas"
	"quanxiang/cases/docket"
	"quanxiang/files/photo"
	"quanxiang/gov"
	"quanxiang/library/fulltext"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Staffing is what casework needs to know of persons.
type Staffing interface {
	// Person returns a person with name and unit to whoever is staff.
	Person(ctx context.Context, by people.Standing, id gov.ID) (people.Person, error)

	// Holders returns who holds a role in one of some places now.
	Holders(ctx context.Context, by people.Standing, role string, places ...people.Place) ([]people.Person, error)
}

// Casework shows cases to people and lets them deal with them. Its methods may
// be called by any number of goroutines.
type Casework struct {
	docket *docket.Docket
	packs  docket.Packs
	staff  Staffing
	blobs  Blobs
	dark   *photo.Darkroom
}

// New makes casework over a docket. blobs keeps the files attached to cases.
func New(d *docket.Docket, packs docket.Packs, staff Staffing, blobs Blobs) *Casework {
	return &Casework{docket: d, packs: packs, staff: staff, blobs: blobs, dark: photo.NewDarkroom()}
}

// Pack is the pack in force: what new cases begin under and can be chosen now.
func (w *Casework) Pack() *policy.Pack { return w.packs.Current() }

// Atlas is the same cases as everybody is shown them, by where they are.
func (w *Casework) Atlas() *atlas.Atlas { return atlas.New(w.docket, w.packs) }

// Ground is the atlas of the running cases as somebody in the office sees them.
func (w *Casework) Ground(s people.Standing) (*atlas.Atlas, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	hide := func(ctx context.Context, r *docket.Row) error { return w.hideSubject(ctx, s, r) }
	return atlas.Office(w.docket, w.packs, w.reader(s).All, hide), nil
}

// Sheet is a case as its reader sees it: nothing in it is closed to them.
type Sheet struct {
	ID      gov.ID
	Number  string
	Origin  string // what it was made of, see cases.Case
	Version int64  // how many events it has: what a step on this sheet names
	Parent  gov.ID
	Merged  gov.ID   // the case it was merged into
	Took    []gov.ID // the cases merged into it
	Opened  int64    // Unix ms
	Since   int64    // when it came into its state
	Ended   int64    // 0 while it runs
	Touched int64    // when the last event was

	Under   docket.Under
	State   *procedure.State
	Colour  *procedure.Colour // nil for none
	Subject string            // "" when it is closed to the reader

	Fields    []cases.Shown
	Deadlines []cases.Deadline
	Options   []cases.Option // what the reader may do, and why not the rest
	Pending   []Pending      // what was asked for and waits
	Waits     []cases.Turn   // whose turn it is
	Children  []docket.Row
	Party     bool // the reader is a party of the case
	Remarks   bool // the reader may add a remark
}

// Pending is a request that waits for consent.
type Pending struct {
	cases.Request
	Mine   bool // the reader asked for it and may take it back
	Answer bool // the reader's consent is asked for
}

// Sheet returns a case as somebody sees it.
func (w *Casework) Sheet(ctx context.Context, s people.Standing, id gov.ID) (Sheet, error) {
	if err := Enter(s); err != nil {
		return Sheet{}, err
	}
	f, err := w.docket.File(ctx, id, s.At)
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := w.sheet(w.reader(s), f)
	if err != nil {
		return Sheet{}, err
	}
	return sheet, w.hideSubjects(ctx, s, sheet.Children)
}

// reader is how somebody reads cases now.
func (w *Casework) reader(s people.Standing) cases.Reader { return Reader(w.packs.Current(), s) }

func (w *Casework) sheet(r cases.Reader, f docket.File) (Sheet, error) {
	c, p := f.Case, f.Procedure
	state, _ := p.State(c.State)
	sheet := Sheet{
		ID: c.ID, Number: c.Number, Origin: c.Origin, Version: c.Version, Parent: c.Parent, Merged: c.Merged, Took: c.Absorbed,
		Opened: c.Opened, Since: c.Since, Ended: c.Ended, Touched: c.Touched,
		Under: f.Under, State: state, Colour: cases.Colour(p, c, f.World),
		Fields:   cases.View(p, c, r, f.Pack),
		Options:  cases.Options(p, c, r.Actor, f.World),
		Waits:    cases.Waiting(p, c, f.Pack),
		Children: f.Children,
		Party:    c.Party(p, r, f.Pack),
	}
	var err error
	if sheet.Deadlines, err = cases.Deadlines(p, c, f.World); err != nil {
		return Sheet{}, err
	}
	sheet.Subject = subject(p, c, r, f)
	answers := cases.Requests(p, c, r.Actor, f.World)
	for _, q := range c.Pending {
		sheet.Pending = append(sheet.Pending, Pending{
			Request: cases.RedactRequest(p, c, q, r, f.Pack),
			Mine:    r.Person != "" && q.By.Person == r.Person,
			Answer:  slices.ContainsFunc(answers, func(a cases.Request) bool { return a.Seq == q.Seq }),
		})
	}
	_, err = cases.Comment(p, c, "·", nil, r.Actor, f.World)
	sheet.Remarks = err == nil
	return sheet, nil
}

func subject(p *procedure.Procedure, c cases.Case, r cases.Reader, f docket.File) string {
	field, ok := p.Field(p.Subject)
	if !ok || c.Seen(p, field, r, f.Pack) != cases.Open {
		return ""
	}
	return c.Values.Text(p.Subject)
}

// Entry is an event of a case as its reader sees it.
type Entry struct {
	cases.Event
	State  string  // in which the case stood after it
	Letter *Letter // the letter it made and the reader may read, or nil
}

// History returns what happened in a case, the first event first.
func (w *Casework) History(ctx context.Context, s people.Standing, id gov.ID) ([]Entry, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	return w.history(ctx, w.reader(s), id, s.At)
}

func (w *Casework) history(ctx context.Context, r cases.Reader, id gov.ID, at time.Time) ([]Entry, error) {
	f, err := w.docket.File(ctx, id, at)
	if err != nil {
		return nil, err
	}
	return w.entries(ctx, r, f)
}

// entries are the events of a case as somebody reads them.
func (w *Casework) entries(ctx context.Context, r cases.Reader, f docket.File) ([]Entry, error) {
	events, err := w.docket.History(ctx, f.Case.ID, 0)
	if err != nil {
		return nil, err
	}
	list := make([]Entry, 0, len(events))
	at := f.Case.Begun()
	for _, e := range events {
		if at, err = cases.Apply(f.Procedure, at, e); err != nil {
			return nil, err
		}
		entry := Entry{Event: cases.Redact(f.Procedure, f.Case, e, r, f.Pack), State: at.State}
		if entry.Letter, err = letterOf(f, at, e, r); err != nil {
			return nil, err
		}
		list = append(list, entry)
	}
	return list, nil
}

// Names returns the names of persons by id, for whoever is staff; ids that are
// no person's are left out.
func (w *Casework) Names(ctx context.Context, s people.Standing, ids []string) (map[string]string, error) {
	names := map[string]string{}
	for _, text := range ids {
		id, err := gov.ParseID(text)
		if err != nil || names[text] != "" {
			continue
		}
		p, err := w.staff.Person(ctx, s, id)
		if gov.CodeOf(err) == gov.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		names[text] = p.Name
	}
	return names, nil
}

// Worklist lists the cases that wait for somebody, of those a query means, by
// due time. A page of it may be short and not the last, see docket.List.
func (w *Casework) Worklist(ctx context.Context, s people.Standing, q docket.Query, after docket.Place, limit int) ([]docket.Row, docket.Place, error) {
	if err := Enter(s); err != nil {
		return nil, docket.Place{}, err
	}
	list, next, err := w.docket.Worklist(ctx, Actor(w.packs.Current(), s), q, after, limit)
	if err == nil {
		list, err = w.shown(ctx, s, q, list)
	}
	return list, next, err
}

// List lists the cases a query asks for. Subjects that are closed to the reader
// are left out of the rows. A page of it may be short and not the last, see
// docket.List.
func (w *Casework) List(ctx context.Context, s people.Standing, q docket.Query, after docket.Place, limit int) ([]docket.Row, docket.Place, error) {
	if err := Enter(s); err != nil {
		return nil, docket.Place{}, err
	}
	list, next, err := w.docket.List(ctx, q, after, limit)
	if err == nil {
		list, err = w.shown(ctx, s, q, list)
	}
	return list, next, err
}

// shown hides the subjects of rows that are closed to a reader, and the cases
// that were found by words of such a subject.
func (w *Casework) shown(ctx context.Context, s people.Standing, q docket.Query, list []docket.Row) ([]docket.Row, error) {
	words := fulltext.Parse(q.Words, nil)
	out := list[:0]
	for _, r := range list {
		full := r.Subject
		if err := w.hideSubject(ctx, s, &r); err != nil {
			return nil, err
		}
		if q.Words == "" || r.Subject == full || docket.Says(r, words) {
			out = append(out, r)
		}
	}
	return out, nil
}

// Ended lists up to limit cases of a procedure that ended from one instant on
// and before another, by when they ended; more reports that there are more.
func (w *Casework) Ended(ctx context.Context, s people.Standing, procedureID string, from, to time.Time, limit int) (list []docket.Row, more bool, err error) {
	if err := Enter(s); err != nil {
		return nil, false, err
	}
	if list, more, err = w.docket.Ended(ctx, procedureID, from, to, limit); err != nil {
		return nil, false, err
	}
	return list, more, w.hideSubjects(ctx, s, list)
}

// Subject is the subject of a case as lists show it to somebody: listed is what
// lists know of it, "" comes back when it is closed to them.
func (w *Casework) Subject(ctx context.Context, s people.Standing, id gov.ID, procedureID, listed string) (string, error) {
	if err := Enter(s); err != nil {
		return "", err
	}
	row := docket.Row{ID: id, Procedure: procedureID, Subject: listed}
	err := w.hideSubject(ctx, s, &row)
	return row.Subject, err
}

// hideSubjects empties the subjects of rows that are closed to a reader.
func (w *Casework) hideSubjects(ctx context.Context, s people.Standing, list []docket.Row) error {
	for i := range list {
		if err := w.hideSubject(ctx, s, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

// hideSubject empties the subject of a row when it is closed to a reader. Most
// procedures have a subject all staff may read; of the others each case decides.
func (w *Casework) hideSubject(ctx context.Context, s people.Standing, row *docket.Row) error {
	pack := w.packs.Current()
	r := Reader(pack, s)
	if p, ok := pack.Procedure(row.Procedure); ok {
		f, _ := p.Field(p.Subject)
		if r.All || r.Staff && !p.Hushed(row.State) && (f.Open == procedure.OpenStaff || f.Open == procedure.OpenPublic) {
			return nil
		}
	}
	f, err := w.docket.File(ctx, row.ID, s.At)
	if err != nil {
		return err
	}
	row.Subject = subject(f.Procedure, f.Case, r, f)
	return nil
}

// Tallies counts the cases of a procedure by the values of a field.
func (w *Casework) Tallies(ctx context.Context, s people.Standing, procedureID, field string) ([]docket.Tally, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	return w.docket.Tallies(ctx, procedureID, field)
}

// Start is a way for somebody to begin a case.
type Start struct {
	Procedure *procedure.Procedure
	Action    *procedure.Action
}

// Starts lists the cases somebody may begin in the office, in the order of the
// pack. What everybody may begin they do outside, where it is asked who they are.
func (w *Casework) Starts(s people.Standing) []Start {
	everybody := w.starts(people.Public(s.At))
	return slices.DeleteFunc(w.starts(s), func(a Start) bool { return slices.Contains(everybody, a) })
}

func (w *Casework) starts(s people.Standing) []Start {
	pack := w.packs.Current()
	var list []Start
	for _, p := range pack.Procedures {
		list = append(list, w.startsOf(pack, p, s)...)
	}
	return list
}

func (w *Casework) startsOf(pack *policy.Pack, p *procedure.Procedure, s people.Standing) (list []Start) {
	for _, o := range cases.Options(p, cases.Case{State: procedure.New}, Actor(pack, s), cases.World{Now: s.At, Calendar: w.docket.Calendar(), Dir: pack}) {
		if o.Why == nil {
			list = append(list, Start{p, o.Action})
		}
	}
	return list
}

// Together is that of the docket.
func (w *Casework) Together(ctx context.Context, fn func(ctx context.Context) error) error {
	return w.docket.Together(ctx, fn)
}

// Begin starts a case by an action of Starts under an id its sender made.
func (w *Casework) Begin(ctx context.Context, s people.Standing, id gov.ID, procedureID, action string, values cases.Values, note string) (gov.ID, error) {
	c, err := w.begin(ctx, s, id, procedureID, action, values, note)
	return c.ID, err
}

func (w *Casework) begin(ctx context.Context, s people.Standing, id gov.ID, procedureID, action string, values cases.Values, note string) (cases.Case, error) {
	if err := Enter(s); err != nil {
		return cases.Case{}, err
	}
	if p, ok := w.packs.Current().Procedure(procedureID); ok {
		if err := w.checkFiles(ctx, id, p, values, s.At); err != nil {
			return cases.Case{}, err
		}
	}
	return w.docket.Begin(ctx, id, procedureID, w.input(s, action, values, note))
}

// Act does an action on a case.
func (w *Casework) Act(ctx context.Context, s people.Standing, st docket.Step, action string, values cases.Values, note string) error {
	if err := Enter(s); err != nil {
		return err
	}
	_, p, err := w.docket.Case(ctx, st.Case)
	if err != nil {
		return err
	}
	if err := w.checkFiles(ctx, st.Case, p, values, s.At); err != nil {
		return err
	}
	_, err = w.docket.Act(ctx, st, w.input(s, action, values, note))
	return err
}

// Answer agrees to a request or refuses it; whoever asked may take it back by
// refusing.
func (w *Casework) Answer(ctx context.Context, s people.Standing, st docket.Step, request int64, agree bool, note string) error {
	if err := Enter(s); err != nil {
		return err
	}
	answer := w.docket.Refuse
	if agree {
		answer = w.docket.Agree
	}
	_, err := answer(ctx, st, request, note, Actor(w.packs.Current(), s))
	return err
}

// Remark adds a remark with files to a case.
func (w *Casework) Remark(ctx context.Context, s people.Standing, st docket.Step, note string, files []string) error {
	if err := Enter(s); err != nil {
		return err
	}
	if len(files) > 0 {
		there, err := w.docket.Nameable(ctx, st.Case, s.At)
		if err != nil {
			return err
		}
		for _, key := range files {
			if mistake := accepted("", key, there); mistake != nil {
				return cases.Mistakes{mistake.On("files")}
			}
		}
	}
	_, err := w.docket.Comment(ctx, st, note, files, Actor(w.packs.Current(), s))
	return err
}

func (w *Casework) input(s people.Standing, action string, values cases.Values, note string) cases.Input {
	return cases.Input{Action: action, Values: values, Note: note, Actor: Actor(w.packs.Current(), s)}
}
