package main

import (
	"context"
	"flag"
	"log/slog"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/peoplecmd"
	"quanxiang/installation"
	"quanxiang/people"
)

// peopleDesk opens an installation for the commands about the staff. It makes
// none: nobody is entered into a folder that was mistyped.
func peopleDesk(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*peoplecmd.Desk, error) {
	at := placeFlags(e, fs)
	dir := packFlag(e, fs)
	return func(ctx context.Context) (*peoplecmd.Desk, error) {
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
		return &peoplecmd.Desk{
			Office: s.office, Pack: pack, By: people.Operator(e.Getenv("USER"), time.Now()),
			Sequence: s.sequencer.Sequence, Close: s.close,
		}, nil
	}
}
