package main

import (
	"context"
	"fmt"
	"time"

	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/jobs"
	"quanxiang/policy"
)

// inspections are the district's plans.
func (s *system) inspections(clock gov.Clock) *inspections.Plans {
	return &inspections.Plans{Store: s.db.Inspections(s.pack.District), Pack: func() *policy.Pack { return s.pack }, Clock: clock}
}

// freezeTime is how long counting or freezing a plan may take: a city of millions of
// subjects on a slow disk.
const freezeTime = time.Hour

// inspectionJobs adds the jobs of plans to a runner.
func (s *system) inspectionJobs(r *jobs.Runner) {
	plans := s.inspections(time.Now)
	for kind, do := range map[string]func(context.Context, gov.ID) error{inspections.CountJob: plans.Count, inspections.FreezeJob: plans.FreezeNow} {
		r.HandleLong(kind, freezeTime, func(ctx context.Context, j jobs.Job) error {
			id, err := gov.ParseID(j.Key)
			if err != nil {
				return fmt.Errorf("plan %q: %w", j.Key, err)
			}
			return do(ctx, id)
		})
	}
}
