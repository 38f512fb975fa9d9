package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/cases/tables"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/jobs"
	"quanxiang/library"
	"quanxiang/residents"
	"quanxiang/store"
	"quanxiang/store/dumpdb"
)

// The periodic jobs of cases. stirJob looks at the cases whose time has come,
// foldJob adds up figures, listJob lists the cases that began when very many came at
// once, recurJob begins those that series have to have, sweepCasesJob deletes what has
// had its time.
const (
	stirJob       = "cases.stir"
	foldJob       = "cases.fold"
	listJob       = "cases.list"
	recurJob      = "cases.recur"
	sweepCasesJob = "cases.sweep"
)

const (
	stirEvery   = 10 * time.Second // how late what time brings may be
	stirBatch   = 100
	foldEvery   = 5 * time.Second // figures are up to date before that too
	foldBatch   = 1000
	listEvery   = 2 * time.Second // how far lists may lag while not very many come
	listBatch   = 50
	relistBatch = 200
	draftBatch  = 200
	overdue     = time.Minute // how late it is a fault
)

// caseJobs adds the jobs of cases to a runner.
func (s *system) caseJobs(r *jobs.Runner, log *slog.Logger) {
	r.Repeat(stirJob, jobs.Every(stirEvery), func(ctx context.Context, _ jobs.Job) error { return s.stir(ctx) })
	r.Repeat(foldJob, jobs.Every(foldEvery), func(ctx context.Context, _ jobs.Job) error { return s.fold(ctx) })
	r.Repeat(listJob, jobs.Every(listEvery), func(ctx context.Context, _ jobs.Job) error { return s.list(ctx) })
	r.Repeat(recurJob, jobs.Daily(0, 10), func(ctx context.Context, _ jobs.Job) error {
		s.years.current(ctx)
		n, err := s.docket.Recur(ctx, time.Now())
		if n > 0 {
			log.InfoContext(ctx, "cases of series begun", "cases", n)
		}
		return err
	})
	r.Handle(tables.ImportJob, func(ctx context.Context, j jobs.Job) error {
		id, err := gov.ParseID(j.Key)
		if err != nil {
			return fmt.Errorf("import %q: %w", j.Key, err)
		}
		s.years.current(ctx)
		return s.imports().Run(ctx, id)
	})
	r.Repeat(sweepCasesJob, jobs.Daily(3, 50), func(ctx context.Context, _ jobs.Job) error {
		return errors.Join(s.imports().Sweep(ctx, time.Now()), s.db.Filings(s.pack.District).Sweep(ctx), s.sweepFiles(ctx, time.Now(), log))
	})
	r.Handle(docket.RelistJob, func(ctx context.Context, j jobs.Job) error { return s.relistSome(ctx, log, j.Key, relistBatch) })
	r.Handle(docket.ProposeJob, func(ctx context.Context, j jobs.Job) error {
		n, err := s.propose(ctx, j.Key)
		if n > 0 {
			log.InfoContext(ctx, "cases proposed", "document", j.Key, "cases", n)
		}
		return err
	})
}

// imports begins the cases of tables.
func (s *system) imports() *tables.Imports {
	return &tables.Imports{Work: s.casework, Store: s.db.Imports(s.pack.District), Standing: s.office.StandingOf}
}

// importsFrom are those whose tables may name who called.
func (s *system) importsFrom(register *residents.Register) *tables.Imports {
	m := s.imports()
	m.Contact = func(ctx context.Context, caseID gov.ID, mobile string) (string, error) {
		c, _, err := register.Open(ctx, caseID, residents.Draft{Mobile: mobile})
		return c.ID.String(), err
	}
	return m
}

// stir looks at every case whose time has come.
func (s *system) stir(ctx context.Context) error {
	s.years.current(ctx) // what is derived here stays until the next look
	var failed []error
	for {
		n, err := s.docket.Stir(ctx, time.Now(), stirBatch)
		failed = append(failed, err)
		if n < stirBatch || ctx.Err() != nil || gov.CodeOf(err) == gov.Unavailable {
			return errors.Join(failed...)
		}
	}
}

// fold adds to the sums of figures what steps have changed.
func (s *system) fold(ctx context.Context) error {
	for {
		n, err := s.docket.Fold(ctx, foldBatch)
		if n < foldBatch || err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// list lists the cases that lists know nothing of yet.
func (s *system) list(ctx context.Context) error {
	for {
		more, err := s.docket.Catch(ctx, listBatch)
		if !more || err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// relistSome derives the lists of some cases behind a key anew and asks for the
// next ones. When it is cut off it begins at the same key again.
func (s *system) relistSome(ctx context.Context, log *slog.Logger, key string, batch int) error {
	var after gov.ID
	if key != "" {
		var err error
		if after, err = gov.ParseID(key); err != nil {
			return fmt.Errorf("relist behind %q: %w", key, err)
		}
	}
	s.years.current(ctx)
	next, err := s.docket.Relist(ctx, after, batch, func(id gov.ID, err error) {
		log.ErrorContext(ctx, "a case could not be listed anew", "case", id, "err", err)
	})
	if err != nil || next.IsZero() {
		return err
	}
	return s.db.Write(ctx, s.pack.District, func(tx *store.Tx) error {
		return store.Enqueue(ctx, tx, docket.RelistJob, next.String(), tx.Now())
	})
}

// relistAll derives the lists of all cases anew, and prints and counts those
// that could not be listed.
func (s *system) relistAll(ctx context.Context, e *cli.Env) (failed int, err error) {
	for next, begun := (gov.ID{}), false; !begun || !next.IsZero(); begun = true {
		next, err = s.docket.Relist(ctx, next, relistBatch, func(id gov.ID, err error) {
			failed++
			fmt.Fprintf(e.Stderr, "%s  %v\n", id, err)
		})
		if err != nil {
			return failed, err
		}
	}
	return failed, nil
}

// putTime is how long whoever puts a file takes at most to note what it is for.
const putTime = time.Hour

// sweepFiles deletes the files nothing refers to, and then drops what was
// attached and never named: those files are deleted the next time, when no
// backup that was under way looks for them.
func (s *system) sweepFiles(ctx context.Context, now time.Time, log *slog.Logger) error {
	files, err := s.deleteFiles(ctx, now.Add(-putTime))
	drafts, err2 := s.dropDrafts(ctx, now)
	if files+drafts > 0 {
		log.InfoContext(ctx, "files without use swept", "deleted", files, "dropped", drafts)
	}
	return errors.Join(err, err2)
}

// deleteFiles deletes the files that were kept before an instant and that no row
// refers to.
func (s *system) deleteFiles(ctx context.Context, since time.Time) (deleted int, err error) {
	err = s.db.Read(ctx, s.pack.District, func(tx *store.Tx) error {
		next, stop := iter.Pull2(dumpdb.FileKeys(ctx, tx))
		defer stop()
		used, err, more := next()
		return errors.Join(err, s.files.Walk(ctx, func(k files.Key, _ int64) error {
			for more && err == nil && used < string(k) {
				used, err, more = next()
			}
			if err != nil || more && used == string(k) {
				return err
			}
			gone, err := s.files.Drop(k, since)
			if gone {
				deleted++
			}
			return err
		}))
	})
	return deleted, err
}

// dropDrafts drops all attachments that were never named.
func (s *system) dropDrafts(ctx context.Context, now time.Time) (dropped int, err error) {
	for {
		looked, n, err := s.docket.DropDrafts(ctx, now, draftBatch)
		dropped += n
		if err != nil || looked < draftBatch {
			return dropped, err
		}
	}
}

// propose makes cases of the items of a document and returns how many.
func (s *system) propose(ctx context.Context, slug string) (made int, err error) {
	v, err := s.library.Document(ctx, slug, 0, gov.Date{})
	if err != nil {
		return 0, err
	}
	report, err := s.docket.Propose(ctx, v.Document, v.Items)
	for _, r := range report {
		made += r.Made
	}
	return made, err
}

// proposeFrom makes cases of the items of what was imported and says how many,
// then has the ledger take all of it in. Doing it again makes only those that
// are missing; so do the jobs left behind by an import that was killed.
func (s *system) proposeFrom(ctx context.Context, e *cli.Env, actor gov.Actor, imported *library.ImportReport) error {
	if err := s.adoptPack(ctx, actor); err != nil { // a case begins under a pack that is kept
		return err
	}
	progress, total, failed := e.Progress(), 0, 0
	for i, d := range imported.Documents {
		n, err := s.propose(ctx, d.Slug)
		total += n
		if several, ok := err.(interface{ Unwrap() []error }); ok && gov.CodeOf(err) == gov.Invalid {
			for _, one := range several.Unwrap() {
				failed++
				fmt.Fprintln(e.Stderr, gov.TextOf(one, e.Lang))
			}
		} else if err != nil {
			return err
		}
		if progress != nil {
			progress(i+1, len(imported.Documents))
		}
	}
	if total > 0 {
		e.Say("据其中的任务、指标和项目提出 %d 件事项，待确认。", "Proposed %d cases of its tasks, indicators and projects; they wait to be confirmed.", total)
	}
	if err := s.sequencer.Sequence(ctx); err != nil {
		return fmt.Errorf("sequence the ledger: %w", err)
	}
	if failed > 0 {
		return gov.Errorf(gov.Invalid, "有 %d 项不能成为事项（见上）；文件本身已收入文件库。", "%d items could not become cases (above); the documents themselves are in the library.", failed)
	}
	return nil
}

func (s *system) casesOpen(ctx context.Context) (float64, error) {
	n, err := s.docket.Open(ctx)
	return float64(n), err
}

func (s *system) casesOverdue(ctx context.Context) (float64, error) {
	n, err := s.docket.Overdue(ctx, time.Now().Add(-overdue))
	return float64(n), err
}
