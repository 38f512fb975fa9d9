package simulate

import (
	"quanxiang/rules/columns"
	"quanxiang/rules/eval"
	"quanxiang/rules/explain"
	"quanxiang/rules/population"
)

// maxSteps is how many steps of a benefit are told.
const maxSteps = 40

// applicants tells who rows are and why their amounts change.
func (r *Rules) applicants(s *population.Snapshot, before, after *population.Binding, rows []row) ([]Applicant, error) {
	list, chunks := []Applicant{}, map[int64]*population.Chunk{}
	for _, x := range rows {
		n := x.at / population.ChunkRows
		c := chunks[n]
		if c == nil {
			var err error
			if c, err = s.Chunk(int(n)); err != nil {
				return nil, err
			}
			chunks[n] = c
		}
		at := int(x.at % population.ChunkRows)
		who, err := c.Row(at)
		if err != nil {
			return nil, err
		}
		a := Applicant{Row: x.at, Code: who.Code, Name: who.Name, Groups: who.Groups[:], Before: x.before, After: x.after, Why: []Reason{}}
		was, err := r.explained(before, c, at)
		if err != nil {
			return nil, err
		}
		is, err := r.explained(after, c, at)
		if err != nil {
			return nil, err
		}
		for i := range was.Benefits {
			p, q := &was.Benefits[i], &is.Benefits[i]
			if p.Amount == q.Amount {
				continue
			}
			a.Why = append(a.Why, Reason{p.Benefit, p.Amount.Low, q.Amount.Low, steps(p.Steps, q.Steps), steps(q.Steps, p.Steps)})
		}
		list = append(list, a)
	}
	return list, nil
}

func (r *Rules) explained(b *population.Binding, c *population.Chunk, at int) (explain.Answer, error) {
	var t *columns.Table
	t, err := b.Table(c)
	if err != nil {
		return explain.Answer{}, err
	}
	m := eval.New(b.Program)
	return explain.Of(b.Program, m, m.Run(b.Facts(t, at, r.without), true)), nil
}

// steps are those that decide something or that the other side does not have.
func steps(list, other []explain.Step) []Step {
	out := []Step{}
	for _, s := range list {
		if !s.Binds && has(other, s) || len(out) == maxSteps {
			continue
		}
		x := Step{Clauses: append([]string{}, s.Clauses...), KindZH: s.Kind.ZH, KindEN: s.Kind.EN, Label: s.Label, In: s.In.Low, By: s.By.Low, Value: s.Value.Low, Type: s.Type, Binds: s.Binds, Pending: append([]string{}, s.Readings...)}
		if s.Entry != nil {
			x.Entry = int64(*s.Entry) + 1
		}
		out = append(out, x)
	}
	return out
}

func has(list []explain.Step, s explain.Step) bool {
	for _, o := range list {
		if o.Label == s.Label && o.Kind == s.Kind && o.In == s.In && o.By == s.By && o.Value == s.Value && (o.Entry == nil) == (s.Entry == nil) && (o.Entry == nil || *o.Entry == *s.Entry) {
			return true
		}
	}
	return false
}
