package casework

import (
	"cmp"
	"context"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// PublicSheet returns what everybody may see of a case. It returns NotFound for
// one the public is not shown: that there is such a case is then no news.
func (w *Casework) PublicSheet(ctx context.Context, id gov.ID, now time.Time) (Sheet, error) {
	f, err := w.published(ctx, id, now)
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := w.sheet(w.reader(people.Public(now)), f)
	sheet.Children = slices.DeleteFunc(sheet.Children, func(r docket.Row) bool {
		return !w.shows(r.Procedure, r.State)
	})
	return sheet, err
}

// PublicCase is PublicSheet by the number of the case, as it is printed.
func (w *Casework) PublicCase(ctx context.Context, number string, now time.Time) (Sheet, error) {
	id, err := w.docket.Find(ctx, number)
	if gov.CodeOf(err) == gov.NotFound {
		err = errUnpublished // in the same words as one that is kept from the public
	}
	if err != nil {
		return Sheet{}, err
	}
	return w.PublicSheet(ctx, id, now)
}

// PublicHistory returns what everybody may see of what happened in a case:
// actions and what is late, by no names, while the public could see the case. Warnings
// on the way are for who has to hurry.
func (w *Casework) PublicHistory(ctx context.Context, id gov.ID, now time.Time) ([]Entry, error) {
	f, err := w.published(ctx, id, now)
	if err != nil {
		return nil, err
	}
	list, err := w.entries(ctx, w.reader(people.Public(now)), f)
	for i, renamed := len(list)-1, false; i >= 0; i-- {
		if renamed { // a letter says what the case was called
			list[i].Letter = nil
		}
		_, says := list[i].Set[f.Procedure.Subject]
		renamed = renamed || says
		dropFormer(f, list[i])
	}
	return slices.DeleteFunc(list, func(e Entry) bool {
		return e.Kind == cases.Commented || e.Kind == cases.Reckoned || e.Kind == cases.Warned || !w.shows(f.Case.Procedure, e.State)
	}), err
}

// dropFormer takes out of an entry what the case was called, which files it showed
// and what was said before somebody put that right or took it away: the public sees
// what stands.
func dropFormer(f docket.File, e Entry) {
	for id, v := range e.Set {
		field, ok := f.Procedure.Field(id)
		switch now := f.Case.Values; {
		case ok && id == f.Procedure.Subject && v != now.Text(id):
			delete(e.Set, id)
		case ok && field.Type == procedure.ParagraphField && everybodys(field) && now.Text(id) == "":
			delete(e.Set, id)
		case ok && field.Type == procedure.FilesField && !slices.Equal(cases.Values{id: v}.List(id), now.List(id)):
			delete(e.Set, id)
		}
	}
}

// Trace is what whoever has the number of a case may know of it though the public
// is not shown the case: nothing of what it is about.
type Trace struct {
	Number    string
	Procedure string
	Opened    int64 // Unix ms
	Ended     int64 // Unix ms; 0 while it is open
}

// PublicTrace returns the trace of a case of a procedure in which the public
// begins cases, or NotFound.
func (w *Casework) PublicTrace(ctx context.Context, number string, now time.Time) (Trace, error) {
	id, err := w.docket.Find(ctx, number)
	if gov.CodeOf(err) == gov.NotFound {
		err = errUnpublished
	}
	if err != nil {
		return Trace{}, err
	}
	c, p, err := w.docket.Case(ctx, id)
	if err != nil {
		return Trace{}, err
	}
	if !slices.ContainsFunc(w.PublicStarts(now), func(s Start) bool { return s.Procedure.ID == p.ID }) {
		return Trace{}, errUnpublished
	}
	return Trace{c.Number, p.ID, c.Opened, c.Ended}, nil
}

var errUnpublished = gov.Errorf(gov.NotFound, "没有这件案件", "there is no such case")

// published is a case the public is shown.
func (w *Casework) published(ctx context.Context, id gov.ID, now time.Time) (docket.File, error) {
	f, err := w.docket.File(ctx, id, now)
	if gov.CodeOf(err) == gov.NotFound || err == nil && !w.shows(f.Case.Procedure, f.Case.State) {
		return docket.File{}, errUnpublished
	}
	return f, err
}

// shows reports that the district shows the public its cases of a procedure that
// are in a state. That is for the pack in force to say, of cases that began under
// another one, too: what is counted and listed can be opened. What of a case is
// open to all stays as the pack says under which it runs.
func (w *Casework) shows(procedureID, state string) bool {
	p, ok := w.packs.Current().Procedure(procedureID)
	return ok && p.Publishes() && p.Published(state)
}

// PublicTallies counts the cases of a procedure the public is shown by the
// values of a field, "" for all together. It returns NotFound where the district
// shows no such cases, or not by that field.
func (w *Casework) PublicTallies(ctx context.Context, procedureID, field string) ([]docket.Tally, error) {
	p, err := w.publishing(procedureID, field)
	if err != nil {
		return nil, err
	}
	list, err := w.docket.Tallies(ctx, p.ID, field)
	return slices.DeleteFunc(list, func(t docket.Tally) bool { return !p.Published(t.State) }), err
}

// PublicList lists the cases a query asks for of those the public is shown, by
// due time, without what is closed to everybody. It returns NotFound as
// PublicTallies does. Of the query's facets there is one at most.
func (w *Casework) PublicList(ctx context.Context, q docket.Query, after docket.Place, limit int) (list []docket.Row, next docket.Place, err error) {
	field := ""
	if len(q.Facets) > 0 {
		field = q.Facets[0].Field
	}
	p, err := w.publishing(q.Procedure, field)
	if err != nil {
		return nil, next, err
	}
	var states []string
	for _, s := range p.Publish {
		if q.State == "" || q.State == s {
			states = append(states, s)
		}
	}
	list, next, err = w.docket.ListStates(ctx, q, states, after, limit)
	w.hideUnits(p, list)
	return list, next, err
}

// PublicWithin lists the cases a stretch asks for of those the public is shown,
// the newest first, at most limit of them behind the first skip. The states are
// those the procedure publishes, unless some of them are asked for. It returns
// NotFound as PublicTallies does.
func (w *Casework) PublicWithin(ctx context.Context, st docket.Stretch, skip, limit int) ([]docket.Row, error) {
	p, err := w.publishing(st.Procedure, st.Field)
	if err != nil {
		return nil, err
	}
	asked := st.States
	st.States = slices.DeleteFunc(slices.Clone(p.Publish), func(s string) bool { return len(asked) > 0 && !slices.Contains(asked, s) })
	if len(st.States) == 0 {
		return nil, nil
	}
	return w.docket.Within(ctx, st, skip, limit)
}

// News is a public case with the last thing the public may know to have happened
// in it.
type News struct {
	Sheet
	Last Entry
}

// PublicNews lists public cases of a procedure by a facet, the zero Facet for
// all, those first in which something happened last. It returns NotFound as
// PublicTallies does.
func (w *Casework) PublicNews(ctx context.Context, procedureID string, f docket.Facet, limit int, now time.Time) ([]News, error) {
	p, err := w.publishing(procedureID, f.Field)
	if err != nil {
		return nil, err
	}
	if f.Field != "" && !slices.Contains(p.Facets, f.Field) {
		return nil, gov.Errorf(gov.NotFound, "这类事项不按“%s”公开", "such cases are not shown by %q", f.Field)
	}
	rows, err := w.docket.Latest(ctx, p.ID, f, p.Publish, limit)
	if err != nil {
		return nil, err
	}
	var list []News
	for _, r := range rows {
		sheet, err := w.PublicSheet(ctx, r.ID, now)
		if gov.CodeOf(err) == gov.NotFound { // it changed meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		history, err := w.PublicHistory(ctx, r.ID, now)
		if err != nil {
			return nil, err
		}
		if len(history) > 0 {
			list = append(list, News{sheet, history[len(history)-1]})
		}
	}
	// What the staff remark changes a case, too, and nobody else is told when.
	slices.SortStableFunc(list, func(a, b News) int { return cmp.Compare(b.Last.At, a.Last.At) })
	return list, nil
}

// publishing is a procedure whose cases the public is shown by a field.
func (w *Casework) publishing(procedureID, field string) (*procedure.Procedure, error) {
	p, ok := w.packs.Current().Procedure(procedureID)
	if !ok || !p.Publishes() {
		return nil, gov.Errorf(gov.NotFound, "没有向社会公开的这类事项", "no such cases are shown to the public")
	}
	if f, ok := p.Field(field); field != "" && (!ok || !everybodys(f)) {
		return nil, gov.Errorf(gov.NotFound, "这类事项不按“%s”公开", "such cases are not shown by %q", field)
	}
	return p, nil
}

// everybodys reports that everybody reads a field of every case they know of.
func everybodys(f *procedure.Field) bool {
	return f.Level() == procedure.OpenPublic && len(f.Once) == 0 && !f.Sealed
}
