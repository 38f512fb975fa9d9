package inspectdb

import (
	"context"
	"slices"

	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/registers"
	"quanxiang/store/registerdb"
	"quanxiang/store/sqldb"
)

// snapshot is a moment of the registers.
type snapshot struct{ *sqldb.Tx }

var _ inspections.Snapshot = snapshot{}

const (
	countEntries = `
select count(*)
from register_entries
where district = $1 and register = $2`
	subjectsBehind = `
select e.key, coalesce(g.class, ''), e.area, e.body
from register_entries e
left join register_grades g on g.district = e.district and g.register = e.register and g.key = e.key
where e.district = $1 and e.register = $2 and e.key > $3
order by e.key
limit $4`
	toldBetween = `
select subject, kind, happened, until
from register_records
where district = $1 and register = $2 and subject > $3 and subject <= $4 and withdrawn = 0
order by subject, happened`
	toldInFull = `
select subject, kind, happened, until, body
from register_records
where district = $1 and register = $2 and subject > $3 and subject <= $4 and withdrawn = 0
order by subject, happened`
	metBetween = `
select plan, subject, campaign, first, last, depts, items, certificates
from inspection_visits
where district = $1 and subject > $2 and subject <= $3
order by subject, first desc, plan desc`
	publishedVisits = `
select uid
from draw_visits
where district = $1 and draw = $2 and stage = 'published'
order by uid`
)

// Count implements inspections.Snapshot.
func (x snapshot) Count(ctx context.Context, register string) (n int64, err error) {
	err = x.QueryRowContext(ctx, countEntries, x.District(), register).Scan(&n)
	return n, sqldb.Classify(err, "count register %s", register)
}

// Subjects implements inspections.Snapshot.
func (x snapshot) Subjects(ctx context.Context, register, after string, limit int) ([]inspections.Subject, error) {
	list, err := sqldb.Collect(ctx, x.Tx, func(scan func(...any) error) (s inspections.Subject, err error) {
		return s, scan(&s.Key, &s.Class, &s.Area, &s.Body)
	}, subjectsBehind, x.District(), register, after, limit)
	return list, sqldb.Classify(err, "read register %s", register)
}

// Tell implements inspections.Snapshot. Kinds are told apart here: the index holds them.
func (x snapshot) Tell(ctx context.Context, register string, kinds []string, bodies bool, after, upTo string, fn func(t inspections.Told) error) error {
	query := toldBetween
	if bodies {
		query = toldInFull
	}
	rows, err := x.QueryContext(ctx, query, x.District(), register, after, upTo)
	if err != nil {
		return sqldb.Classify(err, "records of register %s", register)
	}
	defer rows.Close()
	for rows.Next() {
		var t inspections.Told
		into := []any{&t.Subject, &t.Kind, &t.On, &t.Until}
		if bodies {
			into = append(into, &t.Body)
		}
		if err := rows.Scan(into...); err != nil {
			return sqldb.Classify(err, "records of register %s", register)
		}
		if !slices.Contains(kinds, t.Kind) {
			continue
		}
		if err := fn(t); err != nil {
			return err
		}
	}
	return sqldb.Classify(rows.Err(), "records of register %s", register)
}

// Met implements inspections.Snapshot.
func (x snapshot) Met(ctx context.Context, after, upTo string, fn func(p inspections.Past) error) error {
	list, err := sqldb.Collect(ctx, x.Tx, scanPast, metBetween, x.District(), after, upTo)
	if err != nil {
		return sqldb.Classify(err, "visits to subjects")
	}
	for _, p := range list {
		if err := fn(p); err != nil {
			return err
		}
	}
	return nil
}

// Published implements inspections.Snapshot.
func (x snapshot) Published(ctx context.Context, plan gov.ID) ([]string, error) {
	list, err := sqldb.Collect(ctx, x.Tx, func(scan func(...any) error) (uid string, err error) { return uid, scan(&uid) }, publishedVisits, x.District(), plan.String())
	return list, sqldb.Classify(err, "published visits of %s", plan)
}

// Entries implements inspections.Snapshot.
func (x snapshot) Entries(ctx context.Context, register string) ([]registers.Entry, error) {
	return registerdb.EntriesIn(ctx, x.Tx, register)
}

// Records implements inspections.Snapshot.
func (x snapshot) Records(ctx context.Context, register string) ([]registers.Record, error) {
	return registerdb.RecordsIn(ctx, x.Tx, register)
}
