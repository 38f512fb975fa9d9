// Package precedent remembers how cases were decided and suggests for a case
// what was decided before in cases like it, with the count as the reason. What
// is remembered a procedure says under "precedents". The package is pure: what
// is there to look at is handed in.
package precedent

import (
	"fmt"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Decision is a value somebody gave a field of a case, under the values by which
// the case is like others.
type Decision struct {
	Precedent string `json:"p"`
	Basis     string `json:"b"` // see Basis
	At        int64  `json:"t"` // Unix ms
	Seq       int64  `json:"n"` // of the event in its case
	Value     string `json:"v"`
	Against   string `json:"a,omitempty"` // the action that took it back, "" while it stands
}

// Basis is what a case has in common with those that are like it, "" when a
// field is empty: then it is like no other.
func Basis(r *procedure.Precedent, v cases.Values) string {
	parts := make([]string, len(r.By))
	for i, f := range r.By {
		if parts[i] = v.Text(f); parts[i] == "" {
			return ""
		}
	}
	return strings.Join(parts, "\n")
}

// Concerns reports that an event may make a decision or take one back.
func Concerns(p *procedure.Procedure, events []cases.Event) bool {
	return slices.ContainsFunc(events, func(e cases.Event) bool {
		return e.Kind == cases.Acted && slices.ContainsFunc(p.Precedents, func(r procedure.Precedent) bool {
			return slices.Contains(r.Of, e.Action) || slices.Contains(r.Against, e.Action)
		})
	})
}

// Follow is what was decided in a case after some events: list is what had been
// before, from the case then.
func Follow(p *procedure.Procedure, list []Decision, from cases.Case, events []cases.Event) ([]Decision, error) {
	if !Concerns(p, events) {
		return list, nil
	}
	list = slices.Clone(list)
	for _, e := range events {
		var err error
		if from, err = cases.Apply(p, from, e); err != nil {
			return nil, err
		}
		if e.Kind != cases.Acted {
			continue
		}
		for i := range p.Precedents {
			list = follow(&p.Precedents[i], list, from, e)
		}
	}
	return list, nil
}

// follow takes an action into account after which the case is as it is given.
func follow(r *procedure.Precedent, list []Decision, c cases.Case, e cases.Event) []Decision {
	if slices.Contains(r.Against, e.Action) {
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].Precedent == r.ID {
				if list[i].Against == "" {
					list[i].Against = e.Action
				}
				break
			}
		}
	}
	basis, value := Basis(r, c.Values), c.Values.Text(r.Field)
	if slices.Contains(r.Of, e.Action) && basis != "" && value != "" {
		list = append(list, Decision{Precedent: r.ID, Basis: basis, At: e.At, Seq: e.Seq, Value: value})
	}
	return list
}

// Looked is how many decisions are looked at, the last ones: what was usual long
// ago does not outvote what is now.
const Looked = 50

// Choice is a value that was decided for, and how often.
type Choice struct {
	Value   string
	Times   int            // of all that were looked at
	Against map[string]int // of those, how many were taken back, by action
}

// backed is how many were taken back.
func (c Choice) backed() (n int) {
	for _, k := range c.Against {
		n += k
	}
	return n
}

// weight is what speaks for a choice: each decision that stood, less each that
// was taken back.
func (c Choice) weight() int { return c.Times - 2*c.backed() }

// Rank orders what was decided by what speaks for it, of equal ones the one that
// was decided last first. list has the last decision first.
func Rank(list []Decision) []Choice {
	var all []Choice
	for _, d := range list {
		i := slices.IndexFunc(all, func(c Choice) bool { return c.Value == d.Value })
		if i < 0 {
			i = len(all)
			all = append(all, Choice{Value: d.Value, Against: map[string]int{}})
		}
		all[i].Times++
		if d.Against != "" {
			all[i].Against[d.Against]++
		}
	}
	slices.SortStableFunc(all, func(a, b Choice) int { return b.weight() - a.weight() })
	return all
}

// Past is what was decided in cases like one, by precedent, the last decision
// first.
type Past map[string][]Decision

// Suggest lists what a field an action asks for may be given where a case stands:
// first what was decided before, as the precedents stand in the file, then what
// the action suggests. A value there are several reasons for is listed once with
// all of them. What the case has already is no suggestion of its past.
func Suggest(p *procedure.Procedure, c cases.Case, action, field string, w cases.World, past Past) []cases.Suggestion {
	var list []cases.Suggestion
	add := func(s cases.Suggestion) {
		i := slices.IndexFunc(list, func(o cases.Suggestion) bool { return fmt.Sprint(o.Value) == fmt.Sprint(s.Value) })
		if i < 0 {
			list = append(list, s)
			return
		}
		list[i].Why = gov.Text{ZH: list[i].Why.ZH + "；" + s.Why.ZH, EN: list[i].Why.In(gov.EN) + "; " + s.Why.In(gov.EN)}
	}
	for i := range p.Precedents {
		r := &p.Precedents[i]
		if r.Field != field || !slices.Contains(r.Of, action) || len(past[r.ID]) < r.Least {
			continue
		}
		f, _ := p.Field(field)
		for _, choice := range Rank(past[r.ID]) {
			if choice.weight() <= 0 || choice.Value == c.Values.Text(field) {
				continue
			}
			if v, wrong := entered.Check(f, choice.Value); wrong == nil {
				add(cases.Suggestion{Value: v, Why: reason(p, r, choice, len(past[r.ID]))})
			}
		}
	}
	for _, s := range cases.Suggest(p, c, action, field, w) {
		add(s)
	}
	return list
}

// reason says how often a value was decided for.
func reason(p *procedure.Procedure, r *procedure.Precedent, c Choice, of int) gov.Text {
	zh := fmt.Sprintf("%s：最近%d次中%d次如此", r.Name.ZH, of, c.Times)
	en := fmt.Sprintf("%s: %d of the last %d", r.Name.In(gov.EN), c.Times, of)
	for _, id := range r.Against {
		if n := c.Against[id]; n > 0 {
			a, _ := p.Action(id)
			zh += fmt.Sprintf("，其中%d次%s", n, a.Name.ZH)
			en += fmt.Sprintf(", followed by %q %d times", a.Name.In(gov.EN), n)
		}
	}
	return gov.Text{ZH: zh, EN: en}
}
