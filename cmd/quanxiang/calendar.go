package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"

	"quanxiang/calendar"
	"quanxiang/cmd/quanxiang/calendarcmd"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/store"
)

// calendarPlace opens an installation for the commands about the calendar.
func calendarPlace(e *cli.Env, fs *flag.FlagSet) (calendarcmd.Read, calendarcmd.Load) {
	at := placeFlags(e, fs)
	dir := packFlag(e, fs)
	return at.readCalendar, func(ctx context.Context, y calendar.Year) (r store.YearReport, err error) {
		pack, err := openPack(e, *dir)
		if err != nil {
			return r, err
		}
		sys, err := at.openSystem(ctx, e, pack, slog.Default())
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, sys.close()) }()
		r, err = sys.db.Calendar(pack.District).LoadYear(ctx, gov.Actor{Kind: gov.OperatorActor, Name: e.Getenv("USER")}, y)
		if err != nil || r.Unchanged() {
			return r, err
		}
		if err := sys.sequencer.Sequence(ctx); err != nil {
			return r, fmt.Errorf("sequence the ledger: %w", err)
		}
		return r, nil
	}
}

// readCalendar is the calendar of the installation; where there is none, the
// years the program knows by itself.
func (p *place) readCalendar(ctx context.Context) (_ calendar.Calendar, err error) {
	db, d, _, err := p.OpenDatabase(ctx)
	if gov.CodeOf(err) == gov.NotFound && p.Database == "" {
		return calendar.Seed(), nil
	}
	if err != nil {
		return calendar.Calendar{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Calendar(d).Current(ctx)
}
