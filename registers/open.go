package registers

import (
	"context"

	"quanxiang/gov"
	"quanxiang/policy/register"
	"quanxiang/registers/place"
)

// Roll is who stands on a public list of a register on a day.
type Roll struct {
	Register *register.Register
	Kind     *register.Kind
	Items    []Named // the latest first
	Next     string  // where the list goes on, "" at its end
	Total    int
}

// errNoList is a list the pack does not make.
var errNoList = gov.Errorf(gov.NotFound, "没有这个名单", "there is no such list")

// Roll lists to the public those who have a record of a kind in force today.
func (s *Registers) Roll(ctx context.Context, registerID, kind string, p gov.Page) (out Roll, err error) {
	if out.Register, err = s.Register(registerID); err != nil {
		return out, err
	}
	var ok bool
	if out.Kind, ok = out.Register.Kind(kind); !ok || out.Kind.List == nil {
		return out, errNoList
	}
	at, err := place.Decode(p.After)
	if err != nil {
		return out, err
	}
	day := gov.DateOf(s.Clock())
	if out.Total, err = s.Store.CountInForce(ctx, registerID, kind, day); err != nil {
		return out, err
	}
	list, err := s.Store.InForce(ctx, registerID, kind, day, Record{On: at[0], Unit: at[1], Key: at[2]}, p.Limit+1)
	if err != nil {
		return out, err
	}
	if len(list) > p.Limit {
		list = list[:p.Limit]
		last := list[p.Limit-1].Record
		out.Next = place.Encode([3]string{last.On, last.Unit, last.Key})
	}
	for _, n := range list {
		if n, ok := public(out.Register, n, day); ok {
			out.Items = append(out.Items, n)
		}
	}
	return out, nil
}

// public is a record as everybody may read it; ok is false for one nobody may.
func public(r *register.Register, n Named, day gov.Date) (Named, bool) {
	if !r.Showing(n.Facet) || !published(r, n.Record, day) {
		return n, false
	}
	k, _ := r.Kind(n.Kind)
	n.Values, n.Note = visible(k.Fields, n.Values, register.OpenPublic), ""
	return n, true
}

// dataBatch is how many rows are read at once.
const dataBatch = 500

// OpenData says on what terms a register is given away, or NotFound where it is not.
func (s *Registers) OpenData(registerID string) (*register.Register, error) {
	r, err := s.Register(registerID)
	if err == nil && r.Data == nil {
		err = errNoRegister
	}
	return r, err
}

// EachEntry calls fn with every entry of a register as everybody may read it, by
// keys. An error of fn ends it.
func (s *Registers) EachEntry(ctx context.Context, registerID string, fn func(Entry) error) error {
	r, err := s.OpenData(registerID)
	if err != nil {
		return err
	}
	return s.each(ctx, Query{Register: registerID}, func(e Listed) error {
		if !r.Showing(e.Facet) {
			return nil
		}
		e.Values = visible(r.Fields, e.Values, register.OpenPublic)
		return fn(e.Entry)
	})
}

// each calls fn with every entry that a query lists.
func (s *Registers) each(ctx context.Context, q Query, fn func(Listed) error) error {
	for after := ""; ; {
		list, err := s.Store.Entries(ctx, q, after, dataBatch)
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := fn(e); err != nil {
				return err
			}
		}
		// A search looks through so many candidates at a time: a short answer is not its end.
		if len(list) == 0 || len(list) < dataBatch && q.Words == "" {
			return nil
		}
		after = list[len(list)-1].Key
	}
}

// EachRecord calls fn with every record of a kind as everybody may read it today, by
// units and keys. An error of fn ends it.
func (s *Registers) EachRecord(ctx context.Context, registerID, kind string, fn func(Named) error) error {
	r, err := s.OpenData(registerID)
	if err != nil {
		return err
	}
	if k, ok := r.Kind(kind); !ok || k.Public.IsZero() {
		return errNoList
	}
	day := gov.DateOf(s.Clock())
	for unit, key := "", ""; ; {
		list, err := s.Store.RecordsBehind(ctx, registerID, kind, unit, key, dataBatch)
		if err != nil {
			return err
		}
		for _, n := range list {
			if n, ok := public(r, n, day); ok {
				if err := fn(n); err != nil {
					return err
				}
			}
		}
		if len(list) < dataBatch {
			return nil
		}
		unit, key = list[len(list)-1].Unit, list[len(list)-1].Key
	}
}
