package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/registercmd"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/jobs"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/web/export"
)

// regradeJob works out the classes of all entries at night: points fall by
// themselves. sweepRegistersJob forgets imports.
const (
	regradeJob        = "registers.regrade"
	sweepRegistersJob = "registers.sweep"
)

// registers are the district's.
func (s *system) registers() *registers.Registers {
	return &registers.Registers{Store: s.db.Registers(s.pack.District), Pack: func() *policy.Pack { return s.pack }, Clock: time.Now}
}

// importer brings files into registers.
func (s *system) importer() *registers.Importer {
	return &registers.Importer{
		Store: s.db.Registers(s.pack.District), Pack: func() *policy.Pack { return s.pack }, Clock: time.Now,
		Open: func(_ context.Context, key string) (registers.Rows, error) {
			k, err := files.ParseKey(key)
			if err != nil {
				return nil, err
			}
			f, err := s.files.Open(k)
			if err != nil {
				return nil, err
			}
			seeker, ok := f.(export.File)
			if !ok {
				return nil, fmt.Errorf("the file %s cannot be read from its middle", key)
			}
			return export.NewStream(seeker)
		},
	}
}

// registerJobs adds the jobs of registers to a runner.
func (s *system) registerJobs(r *jobs.Runner) {
	desk := s.registers()
	r.Handle(registers.ImportJob, func(ctx context.Context, j jobs.Job) error {
		id, err := gov.ParseID(j.Key)
		if err != nil {
			return fmt.Errorf("import %q: %w", j.Key, err)
		}
		return s.importer().Run(ctx, id)
	})
	r.Handle(registers.GradeJob, func(ctx context.Context, j jobs.Job) error { return desk.Grade(ctx, j.Key) })
	r.Handle(registers.BeginJob, func(ctx context.Context, j jobs.Job) error { return desk.Begin(ctx, j.Key, s.docket) })
	r.Handle(registers.GradeAllJob, func(ctx context.Context, j jobs.Job) error { return desk.GradeSome(ctx, j.Key) })
	r.Repeat(regradeJob, jobs.Daily(1, 10), func(ctx context.Context, _ jobs.Job) error {
		return s.db.Write(ctx, s.pack.District, func(tx *store.Tx) error {
			for _, x := range s.pack.Registers {
				if x.Credit == nil {
					continue
				}
				if err := store.Enqueue(ctx, tx, registers.GradeAllJob, x.ID, tx.Now()); err != nil {
					return err
				}
			}
			return nil
		})
	})
	r.Repeat(sweepRegistersJob, jobs.Daily(4, 10), func(ctx context.Context, _ jobs.Job) error { return s.importer().Sweep(ctx) })
}

// registerDesk opens an installation for the commands about registers.
func registerDesk(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*registercmd.Desk, error) {
	open := existing(e, fs)
	return func(ctx context.Context) (*registercmd.Desk, error) {
		s, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &registercmd.Desk{Pack: s.pack, Importer: s.importer(), Registers: s.registers(), Support: s.support, Files: s.files, By: operator(e),
			Sequence: s.sequencer.Sequence, Close: s.close}, nil
	}
}
