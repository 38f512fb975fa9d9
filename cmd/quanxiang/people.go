package main

import (
	"context"
	"flag"
	"log/slog"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/peoplecmd"
	"quanxiang/cmd/quanxiang/privacycmd"
	"quanxiang/installation"
	"quanxiang/people"
	"quanxiang/store/resealdb"
)

// existing opens the installation a command is about once its flags were read. It makes
// none: nothing is entered into a folder that was mistyped.
func existing(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*system, error) {
	at := placeFlags(e, fs)
	dir := packFlag(e, fs)
	return func(ctx context.Context) (*system, error) {
		pack, err := openPack(e, *dir)
		if err != nil {
			return nil, err
		}
		if _, err := installation.ReadKeys(at.Data); err != nil {
			return nil, err
		}
		return at.openSystem(ctx, e, pack, slog.Default())
	}
}

// operator is whoever runs a command.
func operator(e *cli.Env) people.Standing { return people.Operator(e.Getenv("USER"), time.Now()) }

// peopleDesk opens an installation for the commands about the staff.
func peopleDesk(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*peoplecmd.Desk, error) {
	open := existing(e, fs)
	return func(ctx context.Context) (*peoplecmd.Desk, error) {
		s, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &peoplecmd.Desk{Office: s.office, Pack: s.pack, By: operator(e), Sequence: s.sequencer.Sequence, Close: s.close}, nil
	}
}

// privacyDesk opens an installation for the commands about its privacy key.
func privacyDesk(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*privacycmd.Desk, error) {
	open := existing(e, fs)
	return func(ctx context.Context) (*privacycmd.Desk, error) {
		s, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &privacycmd.Desk{Data: s.data, Ring: s.ring, Seals: s.seals(), By: operator(e).Actor(), Sequence: s.sequencer.Sequence, Close: s.close}, nil
	}
}

// seals is everything that is sealed.
func (s *system) seals() *resealdb.Seals { return s.db.Seals(s.pack.District, s.ring) }
