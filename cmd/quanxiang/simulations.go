package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"quanxiang/gov"
	"quanxiang/jobs"
	"quanxiang/policy"
	"quanxiang/support/runs"
)

// simulations are the district's.
func (s *system) simulations(clock gov.Clock) *runs.Runs {
	return &runs.Runs{Store: s.db.Simulations(s.pack.District), Files: runs.Folder(s.files), Pack: func() *policy.Pack { return s.pack }, Clock: clock, Workers: runtime.GOMAXPROCS(0)}
}

// simulationTime is how long a simulation may take: tens of millions of rows on a slow
// disk.
const simulationTime = 30 * time.Minute

// simulationJobs adds the job of simulations to a runner.
func (s *system) simulationJobs(r *jobs.Runner) {
	tries := s.simulations(time.Now)
	r.HandleLong(runs.Job, simulationTime, func(ctx context.Context, j jobs.Job) error {
		id, err := gov.ParseID(j.Key)
		if err != nil {
			return fmt.Errorf("simulation %q: %w", j.Key, err)
		}
		return tries.Compute(ctx, id)
	})
}
