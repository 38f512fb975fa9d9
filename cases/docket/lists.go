package docket

import (
	"cmp"
	"context"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/library/fulltext"
)

// Find returns the id of the case with a number, written as it is printed, or
// NotFound.
func (s *Docket) Find(ctx context.Context, number string) (gov.ID, error) {
	return s.store.Find(ctx, number)
}

// Words is the text by which a case is found: its number and its subject, which
// no phrase crosses.
func Words(r Row) string { return r.Number + "\n" + r.Subject }

// Search returns cases in whose number or subject all words are found, the
// newest first, and the id to go on after; the zero id begins and ends.
func (s *Docket) Search(ctx context.Context, words string, after gov.ID, limit int) (list []Row, next gov.ID, err error) {
	limit = min(max(limit, 1), maxWork)
	list, err = s.store.Search(ctx, fulltext.Parse(words, nil), after, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// Children lists the sub-cases of a case by kind, in each kind as they began.
func (s *Docket) Children(ctx context.Context, parent gov.ID) ([]Row, error) {
	return s.store.Children(ctx, parent)
}

// maxWork bounds a page of a worklist.
const maxWork = 200

// Worklist lists the cases that wait for an actor, by due time, and the place
// to go on from; the zero place begins and ends.
func (s *Docket) Worklist(ctx context.Context, actor cases.Actor, after Place, limit int) (list []Row, next Place, err error) {
	limit = min(max(limit, 1), maxWork)
	keys := actor.Keys()
	pages, err := s.store.Waiting(ctx, keys, after, limit+1) // one more than fits tells that there are more
	if err != nil {
		return nil, next, err
	}
	seen := map[gov.ID]bool{}
	for i, page := range pages {
		for kept := 0; ; {
			for _, w := range page {
				if slices.ContainsFunc(w.Turns, func(t cases.Turn) bool { _, mine := t.Matches(actor); return mine }) {
					kept++
					if !seen[w.ID] {
						seen[w.ID] = true
						list = append(list, w.Row)
					}
				}
			}
			if kept > limit || len(page) <= limit {
				break
			}
			// Some of the turns were not the actor's after all: there may be more.
			more, err := s.store.Waiting(ctx, keys[i:i+1], placeOf(page[len(page)-1].Row), limit+1)
			if err != nil {
				return nil, next, err
			}
			page = more[0]
		}
	}
	slices.SortFunc(list, func(a, b Row) int { return placeOf(a).compare(placeOf(b)) })
	if len(list) > limit {
		list = list[:limit]
		next = placeOf(list[limit-1])
	}
	return list, next, nil
}

// List returns a page of the cases a query asks for, and the place to go on
// from; the zero place begins and ends.
func (s *Docket) List(ctx context.Context, q Query, after Place, limit int) (list []Row, next Place, err error) {
	limit = min(max(limit, 1), maxWork)
	list, err = s.store.List(ctx, q, after, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = placeOf(list[limit-1])
	}
	return list, next, err
}

// Overdue counts the cases that should have been looked at by an instant and
// were not: none while the looking goes on.
func (s *Docket) Overdue(ctx context.Context, since time.Time) (int, error) {
	return s.store.Overdue(ctx, since)
}

// Open counts the cases that have not ended.
func (s *Docket) Open(ctx context.Context) (n int64, err error) {
	for _, p := range s.packs.Current().Procedures {
		tallies, err := s.store.Tallies(ctx, p.ID, "")
		if err != nil {
			return 0, err
		}
		for _, t := range tallies {
			if st, ok := p.State(t.State); !ok || !st.Kind.Ended() {
				n += t.N // a state of an older pack is taken for an open one
			}
		}
	}
	return n, nil
}

// ListStates is List of the cases that are in one of some states.
func (s *Docket) ListStates(ctx context.Context, q Query, states []string, after Place, limit int) (list []Row, next Place, err error) {
	limit = min(max(limit, 1), maxWork)
	for _, q.State = range states { // each has an index in the order of the list
		page, err := s.store.List(ctx, q, after, limit+1)
		if err != nil {
			return nil, next, err
		}
		list = append(list, page...)
	}
	slices.SortFunc(list, func(a, b Row) int { return placeOf(a).compare(placeOf(b)) })
	if len(list) > limit {
		list = list[:limit]
		next = placeOf(list[limit-1])
	}
	return list, next, nil
}

// Latest lists cases of a facet in some states, those first that changed last.
func (s *Docket) Latest(ctx context.Context, procedureID string, f Facet, states []string, limit int) (list []Row, err error) {
	limit = min(max(limit, 1), maxWork)
	for _, state := range states {
		page, err := s.store.Latest(ctx, procedureID, f, state, limit)
		if err != nil {
			return nil, err
		}
		list = append(list, page...)
	}
	slices.SortFunc(list, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Touched, a.Touched), cmp.Compare(b.ID.String(), a.ID.String()))
	})
	return list[:min(len(list), limit)], nil
}

// Ended lists up to limit cases of a procedure that ended from one instant on
// and before another, by when they ended; more reports that there are more.
func (s *Docket) Ended(ctx context.Context, procedureID string, from, to time.Time, limit int) (list []Row, more bool, err error) {
	list, err = s.store.Ended(ctx, procedureID, from.UnixMilli(), to.UnixMilli(), limit+1)
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

// Tallies counts the cases of a procedure by the values of a field it has
// facets of, "" for all together.
func (s *Docket) Tallies(ctx context.Context, procedureID, field string) ([]Tally, error) {
	return s.store.Tallies(ctx, procedureID, field)
}

// LastDay is the day in which the deadline falls, for people; zero for none.
func (r Row) LastDay() gov.Date {
	return cases.Deadline{At: instant(r.Due)}.LastDay()
}

// instant is the time of Unix milliseconds; 0 is none.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// Never is the due time of what has none, in lists ordered by it.
const Never = int64(1) << 53

func placeOf(r Row) Place { return Place{cmp.Or(r.Due, Never), r.ID} }

func (p Place) compare(o Place) int {
	return cmp.Or(cmp.Compare(p.Due, o.Due), cmp.Compare(p.ID.String(), o.ID.String()))
}

// IsZero reports the beginning of a list.
func (p Place) IsZero() bool { return p == Place{} }
