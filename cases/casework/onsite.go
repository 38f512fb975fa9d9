package casework

import (
	"context"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/stamp"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Errand is a case in which somebody can do something on site now.
type Errand struct {
	ID      gov.ID
	Number  string
	Subject string // "" when it is closed to them
	Under   docket.Under
	State   *procedure.State
	Colour  *procedure.Colour // nil for none
	Actions []*procedure.Action
	Confirm []*procedure.Action // on site, asked for by another: they wait for this one
	Place   *geo.Point          // nil when it has none or it is closed to them
	Area    string              // code of the area it lies in, the smallest that is known; "" for none
	Own     bool                // the area is served by a unit of theirs
	Due     int64               // the earliest deadline that runs, Unix ms; 0 for none

	fields []cases.Shown
}

// Text is the value of a text field, "" where it has none or is closed to the reader.
func (e Errand) Text(field string) string {
	for _, s := range e.fields {
		if text, ok := s.Value.(string); ok && s.Field.ID == field && s.Field.Type == procedure.TextField && !s.Sealed {
			return text
		}
	}
	return ""
}

// maxErrands bounds how many cases of a worklist are looked at: more than anybody
// walks to in a day.
const maxErrands = 100

// Errands lists what somebody can do on site of the cases that wait for them, by
// due time as their worklist has it; more reports that there is more than was looked
// at.
func (w *Casework) Errands(ctx context.Context, s people.Standing) (list []Errand, more bool, err error) {
	looked := 0
	for after := (docket.Place{}); ; {
		rows, next, err := w.Worklist(ctx, s, docket.Query{}, after, maxErrands)
		if err != nil {
			return nil, false, err
		}
		for _, r := range rows {
			if !w.siteWork(r) {
				continue
			}
			if looked++; looked > maxErrands {
				return list, true, nil
			}
			e, err := w.errand(ctx, s, r)
			if err != nil {
				return nil, false, err
			}
			if len(e.Actions)+len(e.Confirm) > 0 {
				list = append(list, e)
			}
		}
		if after = next; after.IsZero() {
			return list, false, nil
		}
	}
}

// siteWork reports whether anything is done on site where a case stands, as far as
// the pack in force tells; a case under an older one may know of more.
func (w *Casework) siteWork(r docket.Row) bool {
	p, ok := w.packs.Current().Procedure(r.Procedure)
	return !ok || slices.ContainsFunc(p.Actions, func(a procedure.Action) bool { return a.Site != nil && slices.Contains(a.At, r.State) })
}

func (w *Casework) errand(ctx context.Context, s people.Standing, r docket.Row) (Errand, error) {
	f, err := w.docket.File(ctx, r.ID, s.At)
	if err != nil {
		return Errand{}, err
	}
	sheet, err := w.sheet(w.reader(s), f)
	if err != nil {
		return Errand{}, err
	}
	var can []*procedure.Action
	for _, o := range sheet.Options {
		if o.Action.Site != nil && o.Why == nil {
			can = append(can, o.Action)
		}
	}
	e := w.ErrandOf(s, sheet, can...)
	for _, q := range sheet.Pending {
		if a, ok := sheet.Under.Procedure.Action(q.Action); ok && q.Answer && a.Site != nil {
			e.Confirm = append(e.Confirm, a)
		}
	}
	return e, nil
}

// Ahead lists what can be done on site once an action of the straight way is done: whoever goes where
// there is no network takes its forms along.
func (e Errand) Ahead() (list []*procedure.Action) {
	p := e.Under.Procedure
	for i := range p.Actions {
		b := &p.Actions[i]
		after := slices.ContainsFunc(e.Actions, func(a *procedure.Action) bool { return a.To != "" && !a.Aside && slices.Contains(b.At, a.To) })
		if b.Site != nil && after && !slices.Contains(e.Actions, b) {
			list = append(list, b)
		}
	}
	return list
}

// ErrandOf is a case with actions on site, as the reader of its sheet sees it.
func (w *Casework) ErrandOf(s people.Standing, sheet Sheet, can ...*procedure.Action) Errand {
	e := Errand{ID: sheet.ID, Number: sheet.Number, Subject: sheet.Subject, Under: sheet.Under, State: sheet.State, Colour: sheet.Colour, Actions: can, fields: sheet.Fields}
	if d := cases.Next(sheet.Deadlines); !d.At.IsZero() {
		e.Due = d.At.UnixMilli()
	}
	if len(e.Actions) > 0 {
		e.Place, e.Area = w.scene(sheet, e.Actions[0].Site)
		seats := Actor(w.packs.Current(), s).Seats
		for a, ok := sheet.Under.Pack.Area(e.Area); ok && !e.Own; a, ok = sheet.Under.Pack.Area(a.Parent) {
			e.Own = slices.ContainsFunc(seats, func(t cases.Seat) bool { return t.Area == a.Code })
		}
	}
	return e
}

// scene is where an action is done, as its reader may know it.
func (w *Casework) scene(sheet Sheet, site *procedure.Site) (at *geo.Point, area string) {
	value := func(field string) string {
		for _, s := range sheet.Fields {
			if text, ok := s.Value.(string); ok && s.Field.ID == field && !s.Sealed {
				return text
			}
		}
		return ""
	}
	if p, err := geo.ParsePoint(value(site.Place)); err == nil {
		at = &p
		for _, level := range slices.Backward(policy.AreaLevels()) {
			if a, ok := sheet.Under.Pack.AreaAt(p, level); ok {
				return at, a.Code
			}
		}
	}
	if area = value(site.Area); area != "" || at != nil {
		return at, area
	}
	for _, s := range sheet.Fields { // nobody marked the place: the area that was chosen instead
		if code, ok := s.Value.(string); ok && s.Field.At != "" && s.Field.At == site.Place && !s.Sealed {
			area = code
		}
	}
	return nil, area
}

// ActOnSite does an action on a case on site, with what the phone says.
func (w *Casework) ActOnSite(ctx context.Context, s people.Standing, st docket.Step, action string, values cases.Values, said stamp.Stamp) error {
	if err := Enter(s); err != nil {
		return err
	}
	c, p, err := w.docket.Case(ctx, st.Case)
	if err != nil {
		return err
	}
	if err := w.checkFiles(ctx, st.Case, p, values, s.At); err != nil {
		return err
	}
	if said.Pictures, err = w.told(ctx, st.Case, p, c.Values, values); err != nil {
		return err
	}
	if st.Version, err = w.still(ctx, s, st, c.Version); err != nil {
		return err
	}
	in := w.input(s, action, values, "")
	in.Stamp = &said
	_, err = w.docket.Act(ctx, st, in)
	return err
}

// still is the version a step may go by on a case that has gone on since the actor
// saw it: the newest, if all that happened is that clocks were told of, remarks made
// and acts of their own came before. What was done without a network comes late, and must not be lost for that.
func (w *Casework) still(ctx context.Context, s people.Standing, st docket.Step, now int64) (int64, error) {
	if st.Version == 0 || st.Version >= now {
		return st.Version, nil
	}
	events, err := w.docket.History(ctx, st.Case, st.Version)
	if err != nil {
		return 0, err
	}
	for _, e := range events {
		switch {
		case e.By.Person != "" && e.By.Person == s.Person.String(): // their own, kept before this one and sent before it
		case e.Kind == cases.Warned, e.Kind == cases.Late, e.Kind == cases.Commented, e.Kind == cases.Reckoned:
		case e.Kind == cases.Acted && e.By.Kind == gov.SystemActor && e.From == e.To && len(e.Set) == 0: // a reminder
		default:
			return st.Version, nil
		}
	}
	return st.Version + int64(len(events)), nil
}

// BeginOnSite begins a case on site as Begin does, with what the phone says.
func (w *Casework) BeginOnSite(ctx context.Context, s people.Standing, id gov.ID, procedureID, action string, values cases.Values, said stamp.Stamp) error {
	if err := Enter(s); err != nil {
		return err
	}
	p, ok := w.packs.Current().Procedure(procedureID)
	if !ok {
		return gov.Errorf(gov.NotFound, "没有程序“%s”", "there is no procedure %q", procedureID)
	}
	err := w.checkFiles(ctx, id, p, values, s.At)
	if err == nil {
		said.Pictures, err = w.told(ctx, id, p, nil, values)
	}
	if err != nil {
		return err
	}
	in := w.input(s, action, values, "")
	in.Stamp = &said
	_, err = w.docket.Begin(ctx, id, procedureID, in)
	return err
}

// told is what the pictures tell that an act adds to a case.
func (w *Casework) told(ctx context.Context, id gov.ID, p *procedure.Procedure, before, values cases.Values) (list []stamp.Picture, err error) {
	there, err := w.docket.Attachments(ctx, id)
	if err != nil {
		return nil, err
	}
	for i := range p.Fields { // in the order of the file
		keys, _ := values[p.Fields[i].ID].([]string)
		for _, key := range keys {
			if slices.Contains(before.All(p.Fields[i].ID), key) {
				continue
			}
			for _, a := range there {
				if string(a.Key) == key && a.Picture != nil {
					list = append(list, stamp.Picture{Key: key, Taken: a.Picture.Taken, Place: a.Picture.Place})
					break
				}
			}
		}
	}
	return list, nil
}

// Visit is what was done in a case on site, with what its stamp is worth.
type Visit struct {
	Seq      int64 // of the event
	Stamp    *stamp.Stamp
	Findings []stamp.Finding
}

// Doubtful reports that those who check should look at it.
func (v Visit) Doubtful() bool { return slices.ContainsFunc(v.Findings, stamp.Finding.Doubt) }

// Visits holds what was done on site in a history against the case as it stood
// then. They are for the parties of a case and auditors, as stamps are: of a history
// read by others there are none.
func (w *Casework) Visits(sheet Sheet, s people.Standing, history []Entry) (list []Visit) {
	if r := w.reader(s); !sheet.Party && !r.All {
		return nil
	}
	p, pack, values := sheet.Under.Procedure, sheet.Under.Pack, cases.Values{}
	for _, e := range history {
		a, ok := p.Action(e.Action)
		if ok && a.Site != nil && (e.Kind == cases.Asked || e.Kind == cases.Acted && e.Request == 0) && e.By.Kind != gov.SystemActor {
			list = append(list, Visit{e.Seq, e.Stamp, stamp.Judge(e.Stamp, sceneOf(pack, a.Site, values, e))})
		}
		if e.Kind == cases.Acted || e.Kind == cases.Reckoned {
			for field, v := range e.Set {
				if values[field] = v; v == nil {
					delete(values, field)
				}
			}
		}
	}
	return list
}

// sceneOf is what a stamp is held against: the case before the act, and where that
// did not know the place, what the act says of it.
func sceneOf(pack *policy.Pack, site *procedure.Site, before cases.Values, e Entry) stamp.Scene {
	value := func(field string) string {
		if text := before.Text(field); text != "" {
			return text
		}
		return e.Set.Text(field)
	}
	c := stamp.Scene{Taken: e.At, Within: site.Distance(), Age: time.Duration(site.Age()) * time.Hour}
	if site.Place != "" {
		c.Place = value(site.Place)
	}
	if area, ok := pack.Area(value(site.Area)); ok && len(area.Ground.Shape) > 0 {
		c.Inside = func(at geo.Point) (bool, bool) {
			there, ok := pack.AreaAt(at, area.Level)
			return ok && there.Code == area.Code, true
		}
	}
	return c
}

// Coverage is the ground a case was to cover, as far as its reader may know of it.
type Coverage struct {
	Visited, Missed []policy.Area // by code
}

// Covered tells which of the areas a case is to cover were visited; false for cases
// that cover nothing.
func (w *Casework) Covered(sheet Sheet, history []Entry) (c Coverage, ok bool) {
	x := sheet.Under.Procedure.Covers
	if x == nil {
		return c, false
	}
	field, _ := sheet.Under.Procedure.Field(x.Field)
	been, of := map[string]bool{}, ""
	for _, e := range history {
		if e.Kind == cases.Acted {
			been[e.Set.Text(x.Field)] = true
		}
	}
	for _, f := range sheet.Fields {
		if code, text := f.Value.(string); text && f.Field.ID == x.Of && !f.Sealed {
			of = code
		}
	}
	for _, a := range sheet.Under.Pack.AreasOf(policy.AreaLevel(field.Size)) {
		if !within(sheet.Under.Pack, a, of) {
			continue
		}
		if been[a.Code] {
			c.Visited = append(c.Visited, a)
		} else {
			c.Missed = append(c.Missed, a)
		}
	}
	return c, len(c.Visited)+len(c.Missed) > 0
}

// within reports that an area is another one or lies in it.
func within(pack *policy.Pack, a policy.Area, code string) bool {
	for ok := true; ok; a, ok = pack.Area(a.Parent) {
		if a.Code == code {
			return true
		}
	}
	return false
}
