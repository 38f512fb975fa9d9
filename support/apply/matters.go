package apply

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/applying"
	"quanxiang/policy/procedure"
)

// mostMatters is how many running cases of a procedure an organisation is shown, and
// mostEnded how many that have ended; mostActing how many act for it at a time.
const (
	mostMatters = 100
	mostEnded   = 20
	mostActing  = 100
)

// Acts is somebody who acts for an organisation, in cases that say by a field that it is a
// party of them (docs/spec/procedure.md, section 4).
func (a *Applications) Acts(o Organisation) casework.Resident {
	return casework.Resident{At: a.Clock(), Contacts: []string{o.Code}}
}

// Matters are the cases that name an organisation as a party by a field: those that run,
// by when they are due, then those that have ended, the newest first. Applications are
// listed by Of.
func (a *Applications) Matters(ctx context.Context, o Organisation) (running, ended []casework.Sheet, err error) {
	for _, p := range a.Packs.Current().Procedures {
		for _, field := range p.Acting() {
			q := docket.Query{Procedure: p.ID, Facets: []docket.Facet{{Field: field, Value: o.Code}}}
			if running, err = a.sheets(ctx, o, q, mostMatters, running); err != nil {
				return nil, nil, err
			}
			q.Ended = true
			if ended, err = a.sheets(ctx, o, q, mostEnded, ended); err != nil {
				return nil, nil, err
			}
		}
	}
	slices.SortStableFunc(running, func(x, y casework.Sheet) int { return cmp.Compare(dueOf(x), dueOf(y)) })
	slices.SortStableFunc(ended, func(x, y casework.Sheet) int {
		return cmp.Or(cmp.Compare(y.Ended, x.Ended), cmp.Compare(y.Subject, x.Subject))
	})
	return running, ended, nil
}

// sheets adds the cases of a query as an organisation sees them.
func (a *Applications) sheets(ctx context.Context, o Organisation, q docket.Query, most int, list []casework.Sheet) ([]casework.Sheet, error) {
	rows, _, err := a.docket.List(ctx, q, docket.Place{}, most)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		s, err := a.work.ResidentSheet(ctx, a.Acts(o), r.ID)
		if gov.CodeOf(err) == gov.NotFound { // the pack under which it began knew no such party
			continue
		}
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(list, func(x casework.Sheet) bool { return x.ID == s.ID }) {
			list = append(list, s)
		}
	}
	return list, nil
}

// Due is the deadline of a case that lists go by, while it runs; zero for none.
func Due(s casework.Sheet) cases.Deadline {
	if s.Ended != 0 {
		return cases.Deadline{}
	}
	return cases.Counting(s.Under.Procedure, s.Deadlines)
}

// dueOf orders cases by what is due; those without a deadline come last.
func dueOf(s casework.Sheet) int64 {
	if d := Due(s); !d.At.IsZero() {
		return d.At.UnixMilli()
	}
	return docket.Never
}

// Opening is a case that an organisation may begin. Field says in it which organisation
// it is.
type Opening struct {
	casework.Start
	Field string
}

// Openings lists what an organisation may begin now, in the order of the pack.
func (a *Applications) Openings(o Organisation) (list []Opening) {
	pack, actor := a.Packs.Current(), cases.Actor{Kind: gov.PublicActor, Contacts: a.Acts(o).Contacts}
	for _, p := range pack.Procedures {
		for _, field := range p.Acting() {
			c := cases.Case{State: procedure.New, Values: cases.Values{field: o.Code}}
			for _, x := range cases.Options(p, c, actor, cases.World{Now: a.Clock(), Calendar: a.docket.Calendar(), Dir: pack}) {
				if x.Why == nil {
					list = append(list, Opening{casework.Start{Procedure: p, Action: x.Action}, field})
				}
			}
		}
	}
	return list
}

// BeginMatter begins a case for an organisation under an id its sender made; what it says
// of the organisation the program fills in. Sent again it changes nothing.
func (a *Applications) BeginMatter(ctx context.Context, o Organisation, id gov.ID, x Opening, values cases.Values) error {
	values = maps.Clone(values)
	values[x.Field] = o.Code
	return a.work.ResidentBegin(ctx, a.Acts(o), id, x.Start, values, cases.Values{x.Field: o.Code})
}

// Outside tells those outside the office of cases (notices.Outside): organisations through
// whoever acts for them today.
type Outside struct {
	Register interface {
		News(ctx context.Context, caseID gov.ID, step int64, contacts []string, merged []gov.ID) error
		NewsFor(ctx context.Context, caseID gov.ID, step int64, contacts []string) error
	}
	Applications *Applications
}

// News tells of a step. A name that is no contact's is an organisation's.
func (x Outside) News(ctx context.Context, caseID gov.ID, step int64, contacts []string, merged []gov.ID) error {
	var own, acting []string
	for _, c := range contacts {
		if _, err := gov.ParseID(c); err == nil {
			own = append(own, c)
			continue
		}
		list, err := x.Applications.representatives(ctx, c)
		if err != nil {
			return err
		}
		acting = append(acting, list...)
	}
	if len(acting) > 0 {
		if err := x.Register.NewsFor(ctx, caseID, step, acting); err != nil {
			return err
		}
	}
	return x.Register.News(ctx, caseID, step, own, merged)
}

// representatives are the contacts of those who act for an organisation today.
func (a *Applications) representatives(ctx context.Context, code string) (list []string, err error) {
	rules, today := a.Rules(), gov.DateOf(a.Clock())
	if rules == nil {
		return nil, nil
	}
	q := docket.Query{Procedure: rules.Representation, Facets: []docket.Facet{{Field: organisationField, Value: code}}, State: applying.Approved}
	rows, _, err := a.docket.List(ctx, q, docket.Place{}, mostActing)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		c, _, err := a.docket.Case(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		if _, ok := holds(c, today); ok {
			list = append(list, c.Values.Text(contactField))
		}
	}
	return list, nil
}
