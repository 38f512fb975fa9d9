// Package sums adds the tallies of a procedure up to what boards and the
// public's pages of progress show: by values of a facet, by colour, by how cases
// ended. All of it follows from the states and colours of the pack.
package sums

import (
	"cmp"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

// Count is how many cases stand how, of one value of a facet.
type Count struct {
	Value   string
	Open    int64            // not ended
	Colours map[string]int64 // of those, by colour
	Ended   map[string]int64 // by state
}

// Toned is how many of the cases not ended have a colour of a tone.
func (c Count) Toned(p *procedure.Procedure, tone procedure.Tone) (n int64) {
	for _, k := range p.Colours {
		if k.Tone == tone {
			n += c.Colours[k.ID]
		}
	}
	return n
}

// Sums are the counts of a facet.
type Sums []Count

// Of sums tallies up by value. A state the procedure no longer has is one of
// cases begun under an older pack: they are taken to run.
func Of(p *procedure.Procedure, tallies []docket.Tally) Sums {
	var list Sums
	at := map[string]int{}
	for _, t := range tallies {
		i, ok := at[t.Value]
		if !ok {
			i = len(list)
			at[t.Value] = i
			list = append(list, Count{Value: t.Value, Colours: map[string]int64{}, Ended: map[string]int64{}})
		}
		if s, ok := p.State(t.State); ok && s.Kind.Ended() {
			list[i].Ended[t.State] += t.N
			continue
		}
		list[i].Open += t.N
		list[i].Colours[t.Colour] += t.N
	}
	return list
}

// At is the count of a value.
func (f Sums) At(value string) Count {
	for _, c := range f {
		if c.Value == value {
			return c
		}
	}
	return Count{Value: value}
}

// WorstFirst sorts by what needs supervision: most of a bad tone first, then of
// a warning one, then the most open.
func (f Sums) WorstFirst(p *procedure.Procedure) {
	slices.SortStableFunc(f, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Toned(p, procedure.Bad), a.Toned(p, procedure.Bad)),
			cmp.Compare(b.Toned(p, procedure.Warning), a.Toned(p, procedure.Warning)),
			cmp.Compare(b.Open, a.Open), cmp.Compare(a.Value, b.Value))
	})
}

// Measures are the columns of a procedure's figures: what of it is counted.
type Measures struct {
	Procedure *procedure.Procedure
	Colours   []*procedure.Colour // those a case that has not ended can have, as far as is known
	Done      []*procedure.State  // in which a case has ended with a result
	Void      []*procedure.State  // in which it has ended without
}

// MeasuresOf leaves out the colours that mean nothing to do and that no case has
// that runs: they are those of cases that have ended.
func MeasuresOf(p *procedure.Procedure, all Count) Measures {
	m := Measures{Procedure: p}
	for i := range p.Colours {
		if k := &p.Colours[i]; all.Colours[k.ID] > 0 || k.Tone != procedure.Calm {
			m.Colours = append(m.Colours, k)
		}
	}
	for i := range p.States {
		switch s := &p.States[i]; s.Kind {
		case procedure.DoneState:
			m.Done = append(m.Done, s)
		case procedure.VoidState:
			m.Void = append(m.Void, s)
		}
	}
	return m
}

// Counts reports that a colour is one of the measures.
func (m Measures) Counts(colour string) bool {
	return slices.ContainsFunc(m.Colours, func(k *procedure.Colour) bool { return k.ID == colour })
}

// Timely is how many of the cases not ended have no colour of a bad tone; ok is
// false when there is nothing to tell.
func (m Measures) Timely(c Count) (n int64, ok bool) {
	hasBad := slices.ContainsFunc(m.Colours, func(k *procedure.Colour) bool { return k.Tone == procedure.Bad })
	return c.Open - c.Toned(m.Procedure, procedure.Bad), hasBad && c.Open > 0
}

// Bar draws the cases not ended by colour. chip shows a colour.
func (m Measures) Bar(title string, c Count, chip func(*procedure.Colour) ui.Chip, widest int64) ui.Bar {
	b := ui.Bar{Title: title, Of: widest}
	for _, k := range m.Colours {
		if n := c.Colours[k.ID]; n > 0 {
			look := chip(k)
			b.Segments = append(b.Segments, ui.Segment{N: n, Tone: look.Tone, Label: look.Label})
		}
	}
	return b
}
