package main

import (
	"context"
	"flag"
	"log/slog"
	"runtime"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/simulatecmd"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/support/runs"
)

// simulations are the district's.
func (s *system) simulations(clock gov.Clock) *runs.Runs {
	return &runs.Runs{Store: s.db.Simulations(s.pack.District), Files: runs.Folder(s.files), Pack: func() *policy.Pack { return s.pack }, Clock: clock, Workers: runtime.GOMAXPROCS(0)}
}

// simulationDesk opens an installation for the command about populations. It makes none.
func simulationDesk(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*simulatecmd.Desk, error) {
	at := placeFlags(e, fs)
	dir := packFlag(e, fs)
	return func(ctx context.Context) (*simulatecmd.Desk, error) {
		pack, err := openPack(e, *dir)
		if err != nil {
			return nil, err
		}
		if _, err := installation.ReadKeys(at.Data); err != nil {
			return nil, err
		}
		s, err := at.openSystem(ctx, e, pack, slog.Default())
		if err != nil {
			return nil, err
		}
		return &simulatecmd.Desk{Runs: s.simulations(time.Now), By: people.Operator(e.Getenv("USER"), time.Now()), Sequence: s.sequencer.Sequence, Close: s.close}, nil
	}
}
