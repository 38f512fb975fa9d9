package main

import (
	"runtime"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/support/runs"
)

// simulations are the district's.
func (s *system) simulations(clock gov.Clock) *runs.Runs {
	return &runs.Runs{Store: s.db.Simulations(s.pack.District), Files: runs.Folder(s.files), Pack: func() *policy.Pack { return s.pack }, Clock: clock, Workers: runtime.GOMAXPROCS(0)}
}
