package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/registercmd"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/jobs"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/invent"
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

// registerDesk opens an installation for the commands about registers. It makes none.
func registerDesk(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*registercmd.Desk, error) {
	at := placeFlags(e, fs)
	dir := packFlag(e, fs)
	return func(ctx context.Context) (*registercmd.Desk, error) {
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
		return &registercmd.Desk{Pack: pack, Importer: s.importer(), Registers: s.registers(), Files: s.files, By: people.Operator(e.Getenv("USER"), time.Now()),
			Sequence: s.sequencer.Sequence, Close: s.close}, nil
	}
}

// fillRegisters invents so many subjects of the market with what departments recorded
// about them, and brings them in as files, as departments would.
func (s *system) fillRegisters(ctx context.Context, clock gov.Clock, subjects int, seed uint64) (records int64, err error) {
	if _, ok := s.pack.Register(invent.Register); !ok || subjects == 0 {
		return 0, nil
	}
	list, err := invent.Market(s.pack, subjects, gov.DateOf(clock()), seed)
	if err != nil {
		return 0, err
	}
	if records, err = s.fillTables(ctx, clock, list); err != nil {
		return records, err
	}
	desk := s.registers()
	desk.Clock = clock
	return records, desk.GradeAll(ctx, invent.Register)
}

// fillTables brings invented tables into their registers.
func (s *system) fillTables(ctx context.Context, clock gov.Clock, list []invent.Table) (records int64, err error) {
	m, file := s.importer(), []byte(nil)
	m.Clock = clock
	m.Open = func(context.Context, string) (registers.Rows, error) {
		return export.NewStream(export.InMemory(file))
	}
	for _, t := range list {
		if file, err = t.CSV(); err != nil {
			return records, err
		}
		i := registers.Import{ID: gov.NewID(clock()), Register: t.Register, Kind: t.Kind, Unit: t.Unit, Name: strings.Trim(t.Unit+"-"+t.Kind, "-") + ".csv", Bytes: int64(len(file)), GoodOnly: true}
		if err := m.Ask(ctx, people.Operator("demo", clock()), i, true); err != nil {
			return records, err
		}
		if err := m.Run(ctx, i.ID); err != nil {
			return records, err
		}
		done, err := m.Store.Import(ctx, i.ID)
		if err != nil {
			return records, err
		}
		if done.Phase != registers.Done || done.Bad > 0 {
			return records, fmt.Errorf("invented file of %s %s: %s, %d bad rows %s", t.Unit, t.Kind, done.Phase, done.Bad, done.Failure.EN)
		}
		records += done.Added
	}
	return records, nil
}
