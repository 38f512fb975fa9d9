package prefill

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/register"
	"quanxiang/policy/supply"
	"quanxiang/registers"
	"quanxiang/rules/guard"
)

// look reads registers for one applicant, each thing once.
type look struct {
	*Prefill
	pack    *policy.Pack
	subject string
	only    [2]string // a register, and the key of the only entry of it that is looked at
	today   gov.Date

	entries map[string][]registers.Entry  // by register and field
	records map[string][]registers.Record // by register and key
	joined  map[string]*registers.Entry   // by register and key; nil: there is none
}

// found is an entry or record that a source counts or takes.
type found struct {
	entry  registers.Entry
	record *registers.Record
	kind   *register.Kind
	of     *register.Register
	join   *register.Register
	with   *registers.Entry
	year   int
	day    gov.Date
}

// find lists what a source finds as of a day, the latest first. known reports that the
// applicant has an entry of the kind asked for.
func (l *look) find(ctx context.Context, s *supply.Source, year int, day gov.Date) (list []found, known bool, err error) {
	entries, err := l.mine(ctx, s)
	if err != nil {
		return nil, false, err
	}
	for _, e := range entries {
		at := found{entry: e, of: s.Of(), kind: s.Kind(), join: s.Join(), year: year, day: day}
		if !s.Past && e.Since != "" && e.Since > day.String() || !s.Past && e.Until != "" && e.Until < day.String() {
			continue
		}
		if x := s.EntriesExpr(); x != nil {
			if yes, err := x.Holds(at.value); err != nil || !yes {
				if err != nil {
					return nil, false, err
				}
				continue
			}
		}
		known = true
		if s.Kind() == nil {
			if list, err = l.take(ctx, s, list, at); err != nil {
				return nil, false, err
			}
			continue
		}
		records, err := l.about(ctx, e)
		if err != nil {
			return nil, false, err
		}
		for i := range records {
			if at.record = &records[i]; at.record.Kind != s.Record || at.record.Withdrawn || !within(s.During, at.record, year, day) {
				continue
			}
			if list, err = l.take(ctx, s, list, at); err != nil {
				return nil, false, err
			}
		}
	}
	slices.SortStableFunc(list, func(a, b found) int { return cmp.Compare(b.on(), a.on()) })
	if s.Once != "" {
		seen := map[any]bool{}
		list = slices.DeleteFunc(list, func(f found) bool {
			v := f.record.Values[s.Once]
			twice := v != nil && seen[v]
			seen[v] = true
			return twice
		})
	}
	return list, known, nil
}

func (f *found) on() string {
	if f.record != nil {
		return f.record.On
	}
	return f.entry.Since
}

// within reports that a record is one of those looked at.
func within(d supply.During, r *registers.Record, year int, day gov.Date) bool {
	switch d {
	case supply.Ever:
		return r.On <= day.String()
	case supply.InYear:
		return r.On <= day.String() && r.On >= gov.Date{Year: year, Month: 1, Day: 1}.String()
	}
	return r.On <= day.String() && (r.Until == "" || r.Until >= day.String())
}

// take adds what meets the condition.
func (l *look) take(ctx context.Context, s *supply.Source, list []found, f found) ([]found, error) {
	if s.Join() != nil {
		key, err := s.KeyExpr().Eval(f.value)
		if err != nil {
			return nil, err
		}
		if f.with, err = l.other(ctx, s.Join().ID, key.(string)); err != nil {
			return nil, err
		}
	}
	if x := s.WhenExpr(); x != nil {
		if yes, err := x.Holds(f.value); err != nil || !yes {
			return list, err
		}
	}
	return append(list, f), nil
}

// mine are the applicant's entries in the register of a source.
func (l *look) mine(ctx context.Context, s *supply.Source) ([]registers.Entry, error) {
	at := s.Register + "\x00" + s.By
	if list, ok := l.entries[at]; ok {
		return list, nil
	}
	list, err := l.store.Named(ctx, s.Register, l.subject, maxEntries)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e registers.Entry) bool {
		if s.Register == l.only[0] && e.Key != l.only[1] && !s.Past {
			return true
		}
		if s.By == "" {
			return !strings.EqualFold(e.Key, l.subject)
		}
		return !strings.EqualFold(e.Values.Text(s.By), l.subject)
	})
	l.entries[at] = list
	return list, nil
}

// about are the records about an entry.
func (l *look) about(ctx context.Context, e registers.Entry) ([]registers.Record, error) {
	at := e.Register + "\x00" + e.Key
	if list, ok := l.records[at]; ok {
		return list, nil
	}
	list, err := l.store.Records(ctx, e.Register, e.Key, maxRecords+1)
	if err != nil {
		return nil, err
	}
	if len(list) > maxRecords {
		return nil, gov.Errorf(gov.TooLarge, "“%[1]s”的记录超过 %[2]d 条", "there are more than %[2]d records about %[1]q", e.Name, maxRecords)
	}
	l.records[at] = list
	return list, nil
}

// other is an entry of another register, nil if there is none.
func (l *look) other(ctx context.Context, registerID, key string) (*registers.Entry, error) {
	at := registerID + "\x00" + key
	if e, ok := l.joined[at]; ok {
		return e, nil
	}
	e, err := l.store.Entry(ctx, registerID, strings.ToUpper(key))
	if gov.CodeOf(err) == gov.NotFound {
		l.joined[at] = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.joined[at] = &e
	return &e, nil
}

// value gives expressions what they read.
func (f *found) value(name string) any {
	switch name {
	case supply.VarYear:
		return int64(f.year)
	case supply.VarDay:
		return f.day.String()
	case supply.VarKey:
		return f.entry.Key
	case supply.VarFound:
		return f.with != nil
	}
	if id, ok := strings.CutPrefix(name, supply.OfEntry); ok {
		return of(f.of.Field, id, f.entry.Values)
	}
	if id, ok := strings.CutPrefix(name, supply.OfRecord); ok {
		if _, is := f.kind.Field(id); !is && name == supply.VarOn {
			return f.record.On
		} else if !is && name == supply.VarUntil {
			return f.record.Until
		}
		return of(f.kind.Field, id, f.record.Values)
	}
	id, _ := strings.CutPrefix(name, supply.OfWith)
	if f.with == nil {
		return of(f.join.Field, id, nil)
	}
	return of(f.join.Field, id, f.with.Values)
}

// eval is the value of an expression; nil for a field that is empty, which says nothing.
func (f *found) eval(x *guard.Expr) (any, error) {
	if name := x.Shape().Name; name != "" && f.empty(name) {
		return nil, nil
	}
	return x.Eval(f.value)
}

// empty reports that a variable is a field without a value.
func (f *found) empty(name string) bool {
	in := func(id string, v registers.Values) bool { return v[id] == nil }
	if id, ok := strings.CutPrefix(name, supply.OfEntry); ok && name != supply.VarKey {
		return in(id, f.entry.Values)
	}
	if id, ok := strings.CutPrefix(name, supply.OfRecord); ok {
		_, is := f.kind.Field(id)
		return is && in(id, f.record.Values)
	}
	if id, ok := strings.CutPrefix(name, supply.OfWith); ok && name != supply.VarFound {
		return f.with == nil || in(id, f.with.Values)
	}
	return false
}

// of is the value of a field; what is empty is nothing of its type.
func of(field func(string) (*register.Field, bool), id string, v registers.Values) any {
	if x, ok := v[id]; ok {
		return x
	}
	f, ok := field(id)
	if !ok {
		return nil
	}
	return supply.KindOf(f).Zero()
}

// source tells where something comes from.
func (f *found) source(s *supply.Source, year int) Source {
	out := Source{Register: s.Register, Key: f.entry.Key, Subject: f.entry.Key, Name: f.entry.Name, Version: f.entry.Version, On: f.entry.Since, Year: year}
	if f.with != nil {
		out.Name = f.with.Name
	}
	if r := f.record; r != nil {
		out.Kind, out.Unit, out.Key, out.Version, out.On = r.Kind, r.Unit, r.Key, r.Version, r.On
		out.Says = r.Values.Text(f.kind.Text)
	}
	return out
}
