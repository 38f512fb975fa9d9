package peopletest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

func (r reader) Numbers(_ context.Context, at time.Time) (people.Numbers, error) {
	n := people.Numbers{Persons: len(r.persons), Accounts: map[people.AccountState]int{}, Holders: map[string]int{}}
	for _, a := range r.accounts {
		n.Accounts[a.State]++
	}
	today, counted := gov.DateOf(at), map[string]bool{}
	for _, a := range r.assignments {
		if key := a.Role + a.Person.String(); a.Period.Has(today) && !counted[key] {
			n.Holders[a.Role]++
			counted[key] = true
		}
	}
	for _, a := range r.absences {
		if key := a.Person.String(); a.Period.Has(today) && !counted[key] {
			n.Away++
			counted[key] = true
		}
	}
	for _, i := range r.invitations {
		if a := r.accounts[i.Person]; i.Two && i.Seconded == "" && i.Used == 0 && i.Expires > at.UnixMilli() && i.Epoch == a.Epoch {
			n.Waiting++
		}
	}
	return n, nil
}

// within reports that an id was made on days of China.
func within(id gov.ID, from, until gov.Date) bool {
	day := gov.DateOf(id.Time())
	return (from.IsZero() || !day.Before(from)) && (until.IsZero() || !until.Before(day))
}

// newest is a piece of a list with the newest id first.
func newest[T any](list []T, id func(T) gov.ID, p gov.Page) gov.List[T] {
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(id(b).String(), id(a).String()) })
	if p.After != "" {
		list = slices.DeleteFunc(list, func(v T) bool { return id(v).String() >= p.After })
	}
	out := gov.List[T]{Items: list, Total: -1}
	if limit := cmp.Or(p.Limit, 50); len(list) > limit {
		out.Items, out.Next = list[:limit], id(list[limit-1]).String()
	}
	return out
}

func (r reader) LogLines(_ context.Context, f people.LogFilter, p gov.Page) (gov.List[people.LogLine], error) {
	var list []people.LogLine
	for _, l := range r.log {
		if within(l.ID, f.From, f.Until) && (f.Kind == "" || f.Kind == l.Kind) && (f.Person.IsZero() || f.Person == l.Person) {
			list = append(list, l)
		}
	}
	return newest(list, func(l people.LogLine) gov.ID { return l.ID }, p), nil
}

func (r reader) Looks(_ context.Context, f people.LookFilter, p gov.Page) (gov.List[people.Looked], error) {
	var list []people.Looked
	for _, e := range r.ledger {
		if e.Kind == "field.looked" && within(e.ID, f.From, f.Until) && (f.By.IsZero() || f.By.String() == e.Actor.Name) {
			list = append(list, people.Looked{Event: e.ID, At: e.ID.Time().UnixMilli(), Actor: e.Actor.String(), Object: e.Object, Field: e.Facts["field"], Act: policy.Act(e.Facts["act"])})
		}
	}
	return newest(list, func(l people.Looked) gov.ID { return l.Event }, p), nil
}

// Numbers implements people.Reader.
func (s *Store) Numbers(ctx context.Context, at time.Time) (people.Numbers, error) {
	return s.read().Numbers(ctx, at)
}

// LogLines implements people.Reader.
func (s *Store) LogLines(ctx context.Context, f people.LogFilter, p gov.Page) (gov.List[people.LogLine], error) {
	return s.read().LogLines(ctx, f, p)
}

// Looks implements people.Reader.
func (s *Store) Looks(ctx context.Context, f people.LookFilter, p gov.Page) (gov.List[people.Looked], error) {
	return s.read().Looks(ctx, f, p)
}
