package registers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy/register"
)

// BeginJob begins the cases that a record or a class gives cause to; its key says which.
const BeginJob = "registers.begin"

// Starter begins cases that somebody has to see to.
type Starter interface {
	// Start begins a case of an origin unless there is one, with what it is given;
	// made is false where there is one.
	Start(ctx context.Context, procedureID, origin string, seed cases.Values) (made bool, err error)
}

// Cause is what gives cause to cases, as the key of a job: a version of a record or,
// without a kind, of a class.
type Cause struct {
	Register string `json:"r"`
	Kind     string `json:"k,omitempty"`
	Unit     string `json:"u,omitempty"`
	Key      string `json:"key"`
	Version  int    `json:"v"`
	Was      string `json:"was,omitempty"` // the class before
}

// origin names the case that a Begin makes of it for a unit.
func (c Cause) origin(n int, each string) string {
	return strings.Join([]string{"register", c.Register, c.Kind, c.Unit, c.Key, fmt.Sprint(c.Version), fmt.Sprint(n), each}, "/")
}

// Cause is what a version of a record gives cause to.
func (r Record) Cause() Cause {
	return Cause{Register: r.Register, Kind: r.Kind, Unit: r.Unit, Key: r.Key, Version: r.Version}
}

// causes asks for the jobs that begin cases of records that were written, in their
// transaction.
func causes(ctx context.Context, tx Tx, r *register.Register, list []Change[Record]) error {
	for _, c := range list {
		on := r.BeginsOn(c.New.Kind)
		if c.New.Withdrawn || !slices.ContainsFunc(on, func(i int) bool { return r.Begins[i].Holds(ofRecord(r, c.New, Entry{}, "")) }) {
			continue
		}
		if err := enqueue(ctx, tx, c.New.Cause()); err != nil {
			return err
		}
	}
	return nil
}

func enqueue(ctx context.Context, tx Tx, c Cause) error {
	key, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, BeginJob, string(key))
}

// Begin begins the cases of a job's key, those not there yet: done again, or after it
// was stopped anywhere, it goes on where it was. A record that was corrected or taken
// back meanwhile gives no cause any more; the correction has a job of its own.
func (s *Registers) Begin(ctx context.Context, jobKey string, start Starter) error {
	var c Cause
	if err := json.Unmarshal([]byte(jobKey), &c); err != nil {
		return fmt.Errorf("job %q: %w", jobKey, err)
	}
	r, ok := s.Pack().Register(c.Register)
	if !ok {
		return nil
	}
	value, subject, unit, err := s.variables(ctx, r, c)
	if err != nil || value == nil {
		return err
	}
	for _, n := range r.BeginsOn(c.Kind) {
		b := &r.Begins[n]
		if !b.Holds(value("")) {
			continue
		}
		if b.Run != nil {
			if in, err := s.inRun(ctx, r, b, c, subject); err != nil {
				return err
			} else if !in {
				continue
			}
		}
		units := []string{""}
		if b.For != "" {
			if units, err = s.concerned(ctx, r, b.For, subject, unit); err != nil {
				return err
			}
		}
		for _, each := range units {
			seed, err := seedOf(b, value(each))
			if err != nil {
				return err
			}
			if _, err := start.Start(ctx, b.Procedure, c.origin(n, each), seed); err != nil {
				return fmt.Errorf("begin %s of %s: %w", b.Procedure, jobKey, err)
			}
		}
	}
	return nil
}

// inRun reports that the record of a cause ends a run: it and those before it, by their
// days, all meet the condition.
func (s *Registers) inRun(ctx context.Context, r *register.Register, b *register.Begin, c Cause, subject string) (bool, error) {
	list, err := s.Store.Records(ctx, r.ID, subject, maxRecords)
	if err != nil {
		return false, err
	}
	n, last := 0, ""
	for _, rec := range list { // the latest first
		if rec.Kind != c.Kind || rec.Withdrawn {
			continue
		}
		if last == "" {
			if rec.Unit != c.Unit || rec.Key != c.Key {
				continue // what happened after it is no part of its run
			}
			last = rec.On
		}
		if !b.Holds(ofRecord(r, rec, Entry{}, "")) {
			return false, nil
		}
		if n++; n == b.Run.Least {
			from, err := gov.ParseDate(rec.On)
			to, failed := gov.ParseDate(last)
			if err != nil || failed != nil {
				return false, errors.Join(err, failed)
			}
			return b.Run.Within.IsZero() || b.Run.Within.Covers(from, to), nil
		}
	}
	return false, nil
}

// variables gives the variables of a cause by the unit a case is for, nil when it is none
// any more, with the entry it is about and the unit it comes from.
func (s *Registers) variables(ctx context.Context, r *register.Register, c Cause) (value func(each string) func(string) any, subject, unit string, err error) {
	gone := func(err error) bool { return gov.CodeOf(err) == gov.NotFound }
	if c.Kind == "" {
		g, err := s.Store.Grade(ctx, r.ID, c.Key)
		if gone(err) || err == nil && g.Version != c.Version {
			return nil, "", "", nil
		}
		e, failed := s.Store.Entry(ctx, r.ID, c.Key)
		if err != nil || failed != nil {
			return nil, "", "", errors.Join(err, failed)
		}
		return func(each string) func(string) any { return ofClass(r, g, e, c.Was, each) }, c.Key, "", nil
	}
	rec, err := s.Store.Record(ctx, r.ID, c.Kind, c.Unit, c.Key)
	if gone(err) || err == nil && (rec.Version != c.Version || rec.Withdrawn) {
		return nil, "", "", nil
	}
	if err != nil {
		return nil, "", "", err
	}
	e, err := s.Store.Entry(ctx, r.ID, rec.Subject)
	return func(each string) func(string) any { return ofRecord(r, rec, e, each) }, rec.Subject, rec.Unit, err
}

// concerned lists the units from which a record of a kind about an entry is in force,
// without one.
func (s *Registers) concerned(ctx context.Context, r *register.Register, kind, subject, without string) (units []string, err error) {
	records, err := s.Store.Records(ctx, r.ID, subject, maxRecords)
	today := gov.DateOf(s.Clock()).String()
	for _, rec := range records {
		if rec.Kind == kind && !rec.Withdrawn && (rec.Until == "" || rec.Until >= today) && rec.Unit != without && !slices.Contains(units, rec.Unit) {
			units = append(units, rec.Unit)
		}
	}
	return units, err
}

// seedOf works out what a case begins with.
func seedOf(b *register.Begin, value func(string) any) (cases.Values, error) {
	seed := cases.Values{}
	for i := range b.With {
		v, err := b.With[i].Expr().Eval(value)
		if err != nil {
			return nil, err
		}
		if t, ok := v.(time.Time); ok {
			v = t.UnixMilli()
		}
		if entered.Given(v) {
			seed[b.With[i].Field] = v
		}
	}
	return seed, nil
}

// ofEntry are the variables every Begin has.
func ofEntry(name string, e Entry, each string) any {
	switch name {
	case "subject.key":
		return e.Key
	case "subject.name":
		return e.Name
	case "each":
		return each
	}
	return e.Values.Text(strings.TrimPrefix(name, "subject."))
}

// ofRecord are the variables of a record.
func ofRecord(r *register.Register, rec Record, e Entry, each string) func(string) any {
	return func(name string) any {
		field, ok := strings.CutPrefix(name, "record.")
		switch {
		case !ok:
			return ofEntry(name, e, each)
		case field == "unit":
			return rec.Unit
		case field == "on":
			return rec.On
		}
		if v, ok := rec.Values[field]; ok {
			return v
		}
		k, _ := r.Kind(rec.Kind)
		f, _ := k.Field(field)
		return f.Form().Kind().Zero()
	}
}

// ofClass are the variables of a class.
func ofClass(r *register.Register, g Grade, e Entry, was, each string) func(string) any {
	return func(name string) any {
		switch name {
		case "class.now":
			return g.Class
		case "class.was":
			return was
		case "class.points":
			return int64(g.Points)
		case "class.worse":
			rank := func(id string) int {
				return slices.IndexFunc(r.Credit.Classes, func(c register.Class) bool { return c.ID == id })
			}
			return rank(g.Class) > rank(was)
		}
		return ofEntry(name, e, each)
	}
}
