package board

import (
	"cmp"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

// count is how many cases stand how, of one value of a facet.
type count struct {
	value   string
	open    int64            // not ended
	colours map[string]int64 // of those
	ended   map[string]int64 // by state
}

// toned is how many of the cases not ended have a colour of a tone.
func (c count) toned(p *procedure.Procedure, tone procedure.Tone) (n int64) {
	for _, k := range p.Colours {
		if k.Tone == tone {
			n += c.colours[k.ID]
		}
	}
	return n
}

// figures are the counts of a facet.
type figures []count

// figuresOf sums tallies up by value. A state the procedure no longer has is
// one of cases begun under an older pack: they are taken to run.
func figuresOf(p *procedure.Procedure, tallies []docket.Tally) figures {
	var list figures
	at := map[string]int{}
	for _, t := range tallies {
		i, ok := at[t.Value]
		if !ok {
			i = len(list)
			at[t.Value] = i
			list = append(list, count{value: t.Value, colours: map[string]int64{}, ended: map[string]int64{}})
		}
		if s, ok := p.State(t.State); ok && s.Kind.Ended() {
			list[i].ended[t.State] += t.N
			continue
		}
		list[i].open += t.N
		list[i].colours[t.Colour] += t.N
	}
	return list
}

// of is the count of a value.
func (f figures) of(value string) count {
	for _, c := range f {
		if c.value == value {
			return c
		}
	}
	return count{value: value}
}

// worstFirst sorts by what needs supervision: most of a bad tone first, then
// of a warning one, then the most open.
func (f figures) worstFirst(p *procedure.Procedure) {
	slices.SortStableFunc(f, func(a, b count) int {
		return cmp.Or(cmp.Compare(b.toned(p, procedure.Bad), a.toned(p, procedure.Bad)),
			cmp.Compare(b.toned(p, procedure.Warning), a.toned(p, procedure.Warning)),
			cmp.Compare(b.open, a.open), cmp.Compare(a.value, b.value))
	})
}

// measures are the columns of a procedure's figures: what of it is counted.
type measures struct {
	p       *procedure.Procedure
	colours []*procedure.Colour // those a case that has not ended can have, as far as is known
	done    []*procedure.State  // in which a case has ended with a result
	void    []*procedure.State  // in which it has ended without
}

// measuresOf leaves out the colours no case has that runs and that mean nothing
// to do: they are those of cases that have ended.
func measuresOf(p *procedure.Procedure, all count) measures {
	m := measures{p: p}
	for i := range p.Colours {
		if k := &p.Colours[i]; all.colours[k.ID] > 0 || k.Tone != procedure.Calm {
			m.colours = append(m.colours, k)
		}
	}
	for i := range p.States {
		switch s := &p.States[i]; s.Kind {
		case procedure.DoneState:
			m.done = append(m.done, s)
		case procedure.VoidState:
			m.void = append(m.void, s)
		}
	}
	return m
}

// timely is the share of the cases not ended that have no colour of a bad
// tone; ok is false when there is nothing to tell.
func (m measures) timely(c count) (of, open int64, ok bool) {
	hasBad := slices.ContainsFunc(m.colours, func(k *procedure.Colour) bool { return k.Tone == procedure.Bad })
	return c.open - c.toned(m.p, procedure.Bad), c.open, hasBad && c.open > 0
}

// bar draws the cases not ended by colour.
func (m measures) bar(title string, c count, words func(*procedure.Colour) ui.Chip, widest int64) ui.Bar {
	b := ui.Bar{Title: title, Of: widest}
	for _, k := range m.colours {
		if n := c.colours[k.ID]; n > 0 {
			chip := words(k)
			b.Segments = append(b.Segments, ui.Segment{N: n, Tone: chip.Tone, Label: chip.Label})
		}
	}
	return b
}

// listed is the address of the list of exactly the cases of a procedure with a
// value of a facet, and more conditions.
func listed(p *procedure.Procedure, field, value string, more ...string) string {
	return ui.With("/desk", append([]string{"view", "all", "procedure", p.ID, "field", field, "value", value}, more...)...)
}
