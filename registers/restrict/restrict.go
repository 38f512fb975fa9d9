// Package restrict answers whether an entry may receive something on a day, by the
// catalogue of joint restrictions of its register, and explains the answer line by
// line. It is pure: catalogue, records, class and day go in. See
// docs/spec/registers.md, section 5.
package restrict

import (
	"cmp"
	"fmt"
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/register"
	"quanxiang/registers/credit"
)

// Record is a record in force, with where it came from.
type Record struct {
	credit.Record
	Unit  string // that pushed it
	Basis string // its own legal basis, or that of its kind
}

// Facts are what is known of an entry.
type Facts struct {
	Records []Record
	Class   string // its class of credit on the day, "" for none
}

// Answer says what stands against an entry.
type Answer struct {
	Effect  register.Effect `json:"effect,omitempty"` // the strongest; Clear when nothing does
	Reasons []Reason        `json:"reasons,omitempty"`
}

// Reason is what one measure says of one record, or of the class. It carries the words
// of the catalogue, so that an answer can be read when the catalogue is another.
type Reason struct {
	Measure string          `json:"measure"` // its id
	Name    gov.Text        `json:"name"`
	Effect  register.Effect `json:"effect"`
	Basis   string          `json:"basis"`           // of the measure
	Class   string          `json:"class,omitempty"` // that it meets
	Kind    string          `json:"kind,omitempty"`  // of the record it rests on, "" where it rests on the class alone
	Ref     string          `json:"ref,omitempty"`   // names the record
	Unit    string          `json:"unit,omitempty"`  // that recorded it
	Ground  string          `json:"ground,omitempty"`
	On      gov.Date        `json:"on,omitzero"`    // the day of the record
	Until   gov.Date        `json:"until,omitzero"` // the last day on which the line stands; zero: none that is known
}

// May answers whether an entry may receive something on a day; "" asks for everything
// the catalogue knows. The strongest lines come first. It fails when a condition
// cannot be worked out.
func May(r *register.Register, receive string, f Facts, day gov.Date) (Answer, error) {
	var out Answer
	for i := range r.Limits.Measures {
		m := &r.Limits.Measures[i]
		if receive != "" && !slices.Contains(m.Refuses, receive) || m.Class != "" && !meets(r.Credit, f.Class, m.Class) {
			continue
		}
		lines, err := against(r, m, f, day)
		if err != nil {
			return Answer{}, fmt.Errorf("measure %s: %w", m.ID, err)
		}
		if len(lines) > 0 && m.Effect.Over(out.Effect) {
			out.Effect = m.Effect
		}
		out.Reasons = append(out.Reasons, lines...)
	}
	slices.SortStableFunc(out.Reasons, func(a, b Reason) int {
		switch {
		case a.Effect.Over(b.Effect):
			return -1
		case b.Effect.Over(a.Effect):
			return 1
		}
		return 0
	})
	return out, nil
}

// against are the lines of one measure whose class is met.
func against(r *register.Register, m *register.Measure, f Facts, day gov.Date) ([]Reason, error) {
	line := Reason{Measure: m.ID, Name: m.Name, Effect: m.Effect, Basis: m.Basis}
	if m.Class != "" {
		line.Class = f.Class
	}
	if m.Kind == "" {
		return []Reason{line}, nil
	}
	k, ok := r.Kind(m.Kind)
	if !ok {
		return nil, fmt.Errorf("there is no kind of record %q", m.Kind)
	}
	var lines []Reason
	for _, rec := range f.Records {
		ends, on := rec.Stands(m.Lasts, day)
		if rec.Kind != m.Kind || !on {
			continue
		}
		if m.Test() != nil {
			if holds, err := m.Test().Holds(rec.Value(k)); err != nil {
				return nil, err
			} else if !holds {
				continue
			}
		}
		l := line
		l.Kind, l.Ref, l.Unit, l.Ground, l.On, l.Until = rec.Kind, rec.Ref, rec.Unit, rec.Basis, rec.On, ends
		lines = append(lines, l)
	}
	if len(lines) < max(m.Least, 1) {
		return nil, nil
	}
	slices.SortStableFunc(lines, func(a, b Reason) int { return cmp.Or(b.On.Compare(a.On), cmp.Compare(a.Ref, b.Ref)) })
	return lines, nil
}

// meets reports that a class is one or a worse one. An entry without a class meets
// none.
func meets(t *register.Credit, class, at string) bool {
	index := func(id string) int {
		return slices.IndexFunc(t.Classes, func(c register.Class) bool { return c.ID == id })
	}
	return t != nil && class != "" && index(class) >= index(at)
}
