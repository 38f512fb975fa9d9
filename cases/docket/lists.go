package docket

import (
	"cmp"
	"context"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/precedent"
	"quanxiang/gov"
	"quanxiang/library/fulltext"
	"quanxiang/policy/procedure"
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

// Past returns what was decided before in cases like one, for the fields an
// action of it asks for.
func (s *Docket) Past(ctx context.Context, p *procedure.Procedure, c cases.Case, action string) (precedent.Past, error) {
	past := precedent.Past{}
	for i := range p.Precedents {
		r := &p.Precedents[i]
		basis := precedent.Basis(r, c.Values)
		if basis == "" || !slices.Contains(r.Of, action) {
			continue
		}
		list, err := s.store.Decisions(ctx, p.ID, r.ID, basis, precedent.Looked)
		if err != nil {
			return nil, err
		}
		past[r.ID] = list
	}
	return past, nil
}

// Children lists the sub-cases of a case by kind, in each kind as they began.
func (s *Docket) Children(ctx context.Context, parent gov.ID) ([]Row, error) {
	return s.store.Children(ctx, parent)
}

// maxWork bounds a page of a list.
const maxWork = 200

// maxLooked bounds how many cases a list looks at for one page when it has no
// index for all that is asked. A page it cuts short is not the last.
const maxLooked = 3000

// Worklist lists the cases that wait for an actor, of those a query means, by
// due time, and the place to go on from; the zero place begins and ends.
func (s *Docket) Worklist(ctx context.Context, actor cases.Actor, q Query, after Place, limit int) ([]Row, Place, error) {
	limit = min(max(limit, 1), maxWork)
	fits := q.fits()
	size := limit + 1 // one more than fits tells that there are more
	switch {
	case len(q.Facets) > 0: // has an index, and few have it
		size = maxLooked
	case q.narrows():
		size = 2 * maxWork
	}
	keys := actor.Keys()
	pages, err := s.store.Waiting(ctx, keys, q.Facets, fits, after, size)
	if err != nil {
		return nil, Place{}, err
	}
	var list []Row
	var stop Place
	seen := map[gov.ID]bool{}
	for i, page := range pages {
		for kept, looked := 0, size; ; looked += size {
			for _, w := range page.Cases {
				if slices.ContainsFunc(w.Turns, func(t cases.Turn) bool { _, mine := t.Matches(actor); return mine }) {
					kept++
					if !seen[w.ID] {
						seen[w.ID] = true
						list = append(list, w.Row)
					}
				}
			}
			if kept > limit || page.Stop.IsZero() {
				break
			}
			if looked >= maxLooked {
				stop = earlier(stop, page.Stop)
				break
			}
			// Some were not the actor's after all, or not meant: there may be more.
			more, err := s.store.Waiting(ctx, keys[i:i+1], q.Facets, fits, page.Stop, size)
			if err != nil {
				return nil, Place{}, err
			}
			page = more[0]
		}
	}
	list, next := cut(list, stop, limit)
	return list, next, nil
}

// narrows reports that a query means not all cases of a worklist.
func (q Query) narrows() bool {
	return q.Procedure != "" || len(q.Facets) > 0 || q.State != "" || q.Colour != "" || q.Words != ""
}

// fits tells of a row whether a query means it, facets and end aside.
func (q Query) fits() func(Row) bool {
	words := fulltext.Parse(q.Words, nil)
	return func(r Row) bool {
		if q.Procedure != "" && q.Procedure != r.Procedure || q.State != "" && q.State != r.State || q.Colour != "" && q.Colour != r.Colour {
			return false
		}
		return q.Words == "" || Says(r, words)
	}
}

// Says reports that all words of a query are in the number or subject of a row.
func Says(r Row, words fulltext.Query) bool {
	_, all := words.Find(fulltext.Normalise(Words(r)).Runes)
	return all
}

// earlier is the place that comes first, where zero stands for the end.
func earlier(a, b Place) Place {
	if a.IsZero() || !b.IsZero() && b.compare(a) < 0 {
		return b
	}
	return a
}

// cut makes a page of rows that were looked for up to stop, zero for the end,
// and returns the place to go on from.
func cut(list []Row, stop Place, limit int) ([]Row, Place) {
	slices.SortFunc(list, func(a, b Row) int { return placeOf(a).compare(placeOf(b)) })
	if !stop.IsZero() {
		list = slices.DeleteFunc(list, func(r Row) bool { return placeOf(r).compare(stop) > 0 })
	}
	if len(list) > limit {
		return list[:limit], placeOf(list[limit-1])
	}
	return list, stop
}

// List returns a page of the cases a query asks for, and the place to go on
// from; the zero place begins and ends. A page of several facets or of words may
// be short, or empty, and not the last.
func (s *Docket) List(ctx context.Context, q Query, after Place, limit int) (list []Row, next Place, err error) {
	limit = min(max(limit, 1), maxWork)
	fits, size := q.fits(), limit+1
	if q.Words != "" {
		size = maxLooked / 8
	}
	for looked := size; ; looked += size {
		some, stop, err := s.store.List(ctx, q, after, size)
		if err != nil {
			return nil, next, err
		}
		for _, r := range some {
			if fits(r) {
				list = append(list, r)
			}
		}
		if stop.IsZero() && len(some) == size {
			after = placeOf(some[size-1])
			if len(list) <= limit && looked < maxLooked {
				continue
			}
			stop = after
		}
		list, next = cut(list, stop, limit)
		return list, next, nil
	}
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
	var stop Place
	for _, q.State = range states { // each has an index in the order of the list
		page, end, err := s.store.List(ctx, q, after, limit+1)
		if err != nil {
			return nil, next, err
		}
		list, stop = append(list, page...), earlier(stop, end)
	}
	list, next = cut(list, stop, limit)
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

// Time gives a row the deadline its case stands by: the one that counts for the whole or,
// while that does not run, the stage. A case that has ended has none.
func (r *Row) Time(p *procedure.Procedure, deadlines []cases.Deadline) {
	r.Due, r.Stage, r.StageDue = 0, "", 0
	if r.Ended != 0 {
		return
	}
	if d := cases.Counting(p, deadlines); !d.At.IsZero() {
		r.Due = d.At.UnixMilli()
	} else if d := cases.Next(deadlines); !d.At.IsZero() {
		r.Stage, r.StageDue = d.Clock, d.At.UnixMilli()
	}
}

// LastDay is the day in which the deadline falls by which a case stands in lists, for
// people; zero for none.
func (r Row) LastDay() gov.Date {
	return cases.Deadline{At: instant(cmp.Or(r.Due, r.StageDue))}.LastDay()
}

// Late reports that the deadline by which a case stands in lists has passed.
func (r Row) Late(now time.Time) bool { return now.UnixMilli() > r.Order() }

// instant is the time of Unix milliseconds; 0 is none.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// Never is the due time of what has none, in lists ordered by it.
const Never = int64(1) << 53

// Order is when a case is due in lists: by the deadline that counts for the whole, by
// that of its present stage while that one does not run, or Never.
func (r Row) Order() int64 { return cmp.Or(r.Due, r.StageDue, Never) }

func placeOf(r Row) Place { return Place{r.Order(), r.ID} }

func (p Place) compare(o Place) int {
	return cmp.Or(cmp.Compare(p.Due, o.Due), cmp.Compare(p.ID.String(), o.ID.String()))
}

// IsZero reports the beginning of a list.
func (p Place) IsZero() bool { return p == Place{} }

// Within lists the cases a stretch asks for, the newest first, at most limit of
// them behind the first skip.
func (s *Docket) Within(ctx context.Context, st Stretch, skip, limit int) ([]Row, error) {
	return s.store.Within(ctx, st, skip, limit)
}
