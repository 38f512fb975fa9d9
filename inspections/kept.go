package inspections

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// maxLooked bounds how many subjects are read to tell what a filter keeps while somebody
// waits for it: a second or two. Plans read all of them, in a job.
const maxLooked = 100_000

// Kept tells what the filter of a proposal keeps of the register as it is now.
type Kept struct {
	Kept  int64
	Read  int64 // subjects that were looked at, in the order of keys
	Total int64 // subjects there are, about
	Whole bool  // all were looked at
}

// Keeps counts what a proposal's items and filter keep, before it is sent. It reads at
// most maxLooked subjects. Mistakes are Invalid and about a field.
func (s *Plans) Keeps(ctx context.Context, by people.Standing, p Proposal) (out Kept, err error) {
	if err := people.Can(by, policy.PlanInspections, people.Object{Units: []string{p.Unit}}); err != nil {
		return out, err
	}
	r, err := s.Rules()
	if err != nil {
		return out, err
	}
	if err := s.earlier(ctx, &p); err != nil {
		return out, err
	}
	items, err := s.catalogue(ctx)
	if err != nil {
		return out, err
	}
	filter, _, err := s.whole(r, items, p)
	if err != nil {
		return out, err
	}
	d, _ := r.Department(p.Unit)
	share := Share{Dept: uint32(d.Number), Unit: p.Unit, Filter: filter, Again: p.Again}
	sc, err := newScan(s.Pack(), &Plan{Frames: []Share{share}}, gov.DateOf(s.Clock()))
	if err != nil {
		return out, err
	}
	return out, s.Store.Snapshot(ctx, func(x Snapshot) error {
		out = Kept{}
		if out.Total, err = x.Count(ctx, r.Subjects); err != nil {
			return err
		}
		if err := sc.learn(ctx, x); err != nil {
			return err
		}
		for after := ""; out.Read < maxLooked; {
			list, err := x.Subjects(ctx, r.Subjects, after, pageSize)
			if err != nil {
				return err
			}
			met := map[string][]Past{}
			if p.Again != nil && len(list) > 0 {
				if err := x.Met(ctx, after, list[len(list)-1].Key, func(v Past) error { met[v.Subject] = append(met[v.Subject], v); return nil }); err != nil {
					return err
				}
			}
			for i := range list {
				holds, err := sc.keeps(&list[i], met[list[i].Key])
				if err != nil {
					return fmt.Errorf("subject %s: %w", list[i].Key, err)
				}
				if out.Read++; holds {
					out.Kept++
				}
			}
			if len(list) < pageSize {
				out.Whole = true
				return nil
			}
			after = list[len(list)-1].Key
		}
		return nil
	})
}

// keeps reports that the filter of the only frame keeps a subject. Filters read what is
// public of it, and nothing that is counted.
func (s *scan) keeps(subject *Subject, met []Past) (bool, error) {
	f := &facts{scan: s, subject: subject, met: met}
	if err := json.Unmarshal(subject.Body, &f.values); err != nil {
		return false, err
	}
	return s.filter[0].Holds(f.value)
}

// Published says how many visits of a plan have a published result.
func (s *Plans) Published(ctx context.Context, by people.Standing, plan gov.ID) (n int, err error) {
	if err := Enter(by); err != nil {
		return 0, err
	}
	return n, s.Store.Snapshot(ctx, func(x Snapshot) error {
		list, err := x.Published(ctx, plan)
		n = len(list)
		return err
	})
}

// Again is a proposal by which a department has some of the visits of a plan of its own
// inspected again by others: as many as the pack says, drawn like any plan. It returns
// Conflict where the pack wants none or nothing was published yet.
func (s *Plans) Again(ctx context.Context, by people.Standing, plan gov.ID, unit string) (p Proposal, err error) {
	r, err := s.Rules()
	if err != nil {
		return p, err
	}
	was, err := s.Plan(ctx, by, plan)
	if err != nil {
		return p, err
	}
	i := slices.IndexFunc(was.Frames, func(f Share) bool { return f.Unit == unit })
	if i < 0 {
		return p, gov.Errorf(gov.NotFound, "这个计划没有该部门的检查", "the department inspects nothing in this plan")
	}
	n, err := s.Published(ctx, by, plan)
	if err != nil {
		return p, err
	}
	if r.Again == 0 || n == 0 {
		return p, gov.Errorf(gov.Conflict, "还没有可以复查的检查：结果公示以后才能抽取复查", "there is nothing to be inspected again yet: visits are drawn once their results are published")
	}
	f := &was.Frames[i]
	return Proposal{Unit: unit, Title: was.Number + " 复查", Items: f.Items, Share: int64(r.Again), Area: was.Area, Again: &Earlier{Plan: was.ID, Number: was.Number}}, nil
}
