package main

import (
	"context"
	"flag"
	"runtime"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/simulatecmd"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/support/runs"
)

// simulations are the district's.
func (s *system) simulations(clock gov.Clock) *runs.Runs {
	return &runs.Runs{Store: s.db.Simulations(s.pack.District), Files: runs.Folder(s.files), Pack: func() *policy.Pack { return s.pack }, Clock: clock, Workers: runtime.GOMAXPROCS(0)}
}

// simulationDesk opens an installation for the command about populations.
func simulationDesk(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*simulatecmd.Desk, error) {
	open := existing(e, fs)
	return func(ctx context.Context) (*simulatecmd.Desk, error) {
		s, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &simulatecmd.Desk{Runs: s.simulations(time.Now), By: operator(e), Sequence: s.sequencer.Sequence, Close: s.close}, nil
	}
}
