package inspections

import (
	"context"
	"encoding/json"
	"fmt"

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
	items, err := s.catalogue(ctx)
	if err != nil {
		return out, err
	}
	filter, _, err := s.whole(r, items, p)
	if err != nil {
		return out, err
	}
	sc, err := newScan(s.Pack(), &Plan{Frames: []Share{{Filter: filter}}}, gov.DateOf(s.Clock()))
	if err != nil {
		return out, err
	}
	return out, s.Store.Snapshot(ctx, func(x Snapshot) error {
		out = Kept{}
		if out.Total, err = x.Count(ctx, r.Subjects); err != nil {
			return err
		}
		for after := ""; out.Read < maxLooked; {
			list, err := x.Subjects(ctx, r.Subjects, after, pageSize)
			if err != nil {
				return err
			}
			for i := range list {
				holds, err := sc.keeps(&list[i])
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
// public of it and nothing that is counted.
func (s *scan) keeps(subject *Subject) (bool, error) {
	f := &facts{scan: s, subject: subject}
	if err := json.Unmarshal(subject.Body, &f.values); err != nil {
		return false, err
	}
	return s.filter[0].Holds(f.value)
}
