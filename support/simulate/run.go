package simulate

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"quanxiang/rules/columns"
	"quanxiang/rules/population"
	"quanxiang/rules/trial"
)

// Options say how a simulation runs; none changes what comes out.
type Options struct {
	Workers  int                     // goroutines; less than 1 is 1
	Progress func(done, total int64) // rows; called from several goroutines
}

// Run computes a snapshot and looks for cliffs.
func (r *Rules) Run(ctx context.Context, s *population.Snapshot, o Options) (*Result, error) {
	found := make(chan Cliffs, 1)
	go func() { found <- r.cliffs() }()
	x, err := r.Compare(ctx, s, o)
	cliffs := <-found
	if err != nil {
		return nil, err
	}
	x.Cliffs = cliffs
	return x, nil
}

// Compare is Run without cliffs, which the examples of the rules tell and not the
// snapshot.
func (r *Rules) Compare(ctx context.Context, s *population.Snapshot, o Options) (*Result, error) {
	before, err := s.Bind(r.Before, int(r.Year), r.without)
	if err != nil {
		return nil, err
	}
	after, err := s.Bind(r.After, int(r.Year), r.without)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, done atomic.Int64
	tallies := make([]*tally, max(o.Workers, 1))
	var workers sync.WaitGroup
	for w := range tallies {
		t := newTally(r.Before, &s.Index)
		tallies[w] = t
		workers.Go(func() {
			m, err := columns.New(columns.Want{Input: before.Input, Without: r.without}, r.Before, r.After)
			if err != nil {
				cancel(err)
				return
			}
			for n := int(next.Add(1) - 1); n < len(s.Chunks) && ctx.Err() == nil; n = int(next.Add(1) - 1) {
				if err := r.chunk(s, before, m, n, t); err != nil {
					cancel(err)
					return
				}
				if d := done.Add(s.Chunks[n].Rows); o.Progress != nil {
					o.Progress(d, s.Rows)
				}
			}
		})
	}
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for _, t := range tallies[1:] {
		tallies[0].merge(t)
	}
	return r.result(s, before, after, tallies[0])
}

// chunk adds one chunk.
func (r *Rules) chunk(s *population.Snapshot, b *population.Binding, m *columns.Machine, n int, t *tally) error {
	c, err := s.Chunk(n)
	if err != nil {
		return err
	}
	table, err := b.Table(c)
	if err != nil {
		return err
	}
	return m.Each(table, 0, table.Rows, func(k *columns.Block) error {
		t.block(c, k)
		return nil
	})
}

// result writes down what was added up, and explains the extremes.
func (r *Rules) result(s *population.Snapshot, before, after *population.Binding, t *tally) (*Result, error) {
	x := &Result{
		ID: r.ID(s.Identity.String()), Version: Version, Rules: r.Hash, Snapshot: s.Identity.String(), Question: r.Question,
		Applicant: s.Applicant, FactsOf: s.Year, Invented: s.Made == population.Invented, Rows: s.Rows, Apart: s.Apart, Wrong: s.Wrong,
		Total: t.total, Changes: r.changes(), Benefits: []Benefit{}, Groups: []Grouping{}, Chart: t.chart(), Cliffs: Cliffs{New: []Cliff{}, Gone: []Cliff{}},
	}
	for i := range t.benefits {
		if b := &r.Before.Benefits[i]; t.benefits[i].Had+t.benefits[i].Have > 0 {
			x.Benefits = append(x.Benefits, Benefit{b.Key(), b.Grant, t.benefits[i]})
		}
	}
	for g, id := range population.GroupIDs {
		one := Grouping{ID: id, Parts: []Group{}}
		for i, name := range s.Groups[g].Names {
			if t.groups[g][i].Rows > 0 {
				one.Parts = append(one.Parts, Group{name, t.groups[g][i]})
			}
		}
		x.Groups = append(x.Groups, one)
	}
	var both sync.WaitGroup
	var failed [2]error
	both.Go(func() { x.Winners, failed[0] = r.applicants(s, before, after, t.up) })
	both.Go(func() { x.Losers, failed[1] = r.applicants(s, before, after, t.down) })
	both.Wait()
	return x, errors.Join(failed[:]...)
}

// changes are the numbers that differ. The programs differ in nothing else.
func (r *Rules) changes() []Change {
	list := []Change{}
	for i := range r.Before.Consts {
		a, b := &r.Before.Consts[i], &r.After.Consts[i]
		if a.Text == b.Text {
			continue
		}
		clause := ""
		if len(a.Clauses) > 0 {
			clause = a.Clauses[0].String()
		}
		list = append(list, Change{clause, a.Text, b.Text})
	}
	return list
}

// cliffs compares those of the rules' examples before and after.
func (r *Rules) cliffs() Cliffs {
	was, is := trial.Cliffs(r.Before, r.examples), trial.Cliffs(r.After, r.examples)
	without := func(list, other []trial.Cliff) []Cliff {
		have := map[string]bool{}
		for _, c := range other {
			have[c.Text.EN] = true
		}
		out := []Cliff{}
		for _, c := range list {
			if !have[c.Text.EN] && len(out) < maxCliffs {
				out = append(out, Cliff{c.Field, c.Before, c.After, c.Text.ZH, c.Text.EN})
			}
		}
		return out
	}
	return Cliffs{int64(len(was)), int64(len(is)), without(is, was), without(was, is)}
}

// maxCliffs is how many cliffs are told one by one.
const maxCliffs = 20
