package inspectdb

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of inspections.
var Tables = []sqldb.Table{
	sqldb.NewTable("inspection_proposals", sqldb.Recorded, 2, "district text, id text, version int, year int, quarter int, unit text, gone int, body bytes"),
	sqldb.NewTable("inspection_plans", sqldb.Recorded, 2, "district text, id text, version int, year int, number text, state text, body bytes"),
	sqldb.NewTable("inspection_chunks", sqldb.Evidence, 4, "district text, plan text, part text, n int, body bytes"),
	sqldb.NewTable("inspection_visits", sqldb.Recorded, 3, "district text, plan text, subject text, campaign int, first text, last text, depts text, items text, certificates text"),
	sqldb.NewTable("inspection_runs", sqldb.Passing, 2, "district text, plan text, freezes int, done int, total int, ended int, at int, body bytes, failure_zh text, failure_en text"),
}

// Inspections are those of one district in the database.
type Inspections struct {
	db       *sqldb.DB
	district gov.District
}

var _ inspections.Store = (*Inspections)(nil)

// New returns the inspections of a district.
func New(db *sqldb.DB, d gov.District) *Inspections { return &Inspections{db, d} }

const (
	proposalByID = `
select version, body
from inspection_proposals
where district = $1 and id = $2`
	proposalsOf = `
select version, body
from inspection_proposals
where district = $1 and year = $2 and gone = 0 and ($3 = '' or unit = $3)
order by quarter, unit, id`
	planByID = `
select version, body
from inspection_plans
where district = $1 and id = $2`
	listPlans = `
select version, body
from inspection_plans
where district = $1
order by id desc
limit $2`
	plansOfYear = `
select count(*)
from inspection_plans
where district = $1 and year = $2`
	runOf = `
select freezes, done, total, ended, at, body, failure_zh, failure_en
from inspection_runs
where district = $1 and plan = $2`
	saveRun = `
insert into inspection_runs (district, plan, freezes, done, total, ended, at, body, failure_zh, failure_en)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (district, plan) do update
set freezes = excluded.freezes, done = excluded.done, total = excluded.total, ended = excluded.ended, at = excluded.at,
  body = excluded.body, failure_zh = excluded.failure_zh, failure_en = excluded.failure_en`
	chunksOf = `
select body
from inspection_chunks
where district = $1 and plan = $2 and part = $3
order by n`
	visitsOf = `
select plan, subject, campaign, first, last, depts, items, certificates
from inspection_visits
where district = $1 and plan = $2 and subject > $3
order by subject
limit $4`
)

func (s *Inspections) read(ctx context.Context, fn func(t *sqldb.Tx) error) error {
	return s.db.Read(ctx, s.district, fn)
}

func scanProposal(scan func(...any) error) (p inspections.Proposal, err error) {
	var version int64
	var body []byte
	if err := scan(&version, &body); err != nil {
		return p, err
	}
	err = json.Unmarshal(body, &p)
	p.Version = version
	return p, err
}

func scanPlan(scan func(...any) error) (p inspections.Plan, err error) {
	var version int64
	var body []byte
	if err := scan(&version, &body); err != nil {
		return p, err
	}
	err = json.Unmarshal(body, &p)
	p.Version = version
	return p, err
}

// Proposal implements inspections.Store.
func (s *Inspections) Proposal(ctx context.Context, id gov.ID) (p inspections.Proposal, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		p, err = proposal(ctx, t, id)
		return err
	})
	return p, err
}

func proposal(ctx context.Context, t *sqldb.Tx, id gov.ID) (inspections.Proposal, error) {
	p, err := scanProposal(t.QueryRowContext(ctx, proposalByID, t.District(), id.String()).Scan)
	return p, sqldb.Classify(err, "proposal %s", id)
}

// Plan implements inspections.Store.
func (s *Inspections) Plan(ctx context.Context, id gov.ID) (p inspections.Plan, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		p, err = plan(ctx, t, id)
		return err
	})
	return p, err
}

func plan(ctx context.Context, t *sqldb.Tx, id gov.ID) (inspections.Plan, error) {
	p, err := scanPlan(t.QueryRowContext(ctx, planByID, t.District(), id.String()).Scan)
	return p, sqldb.Classify(err, "plan %s", id)
}

// Proposals implements inspections.Store.
func (s *Inspections) Proposals(ctx context.Context, year int, unit string) (list []inspections.Proposal, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = proposals(ctx, t, year, unit)
		return err
	})
	return list, err
}

func proposals(ctx context.Context, t *sqldb.Tx, year int, unit string) ([]inspections.Proposal, error) {
	list, err := sqldb.Collect(ctx, t, scanProposal, proposalsOf, t.District(), year, unit)
	return list, sqldb.Classify(err, "proposals of %d", year)
}

// Plans implements inspections.Store.
func (s *Inspections) Plans(ctx context.Context, limit int) (list []inspections.Plan, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanPlan, listPlans, t.District(), limit)
		return err
	})
	return list, sqldb.Classify(err, "list plans")
}

// Run implements inspections.Store.
func (s *Inspections) Run(ctx context.Context, id gov.ID) (r inspections.Run, err error) {
	r.Plan = id
	err = s.read(ctx, func(t *sqldb.Tx) error {
		var freeze, ended int
		var body []byte
		if err := t.QueryRowContext(ctx, runOf, t.District(), id.String()).Scan(&freeze, &r.Done, &r.Total, &ended, &r.At, &body, &r.Failure.ZH, &r.Failure.EN); err != nil {
			return err
		}
		r.Freeze, r.Ended = freeze != 0, ended != 0
		if len(body) == 0 {
			return nil
		}
		return json.Unmarshal(body, &r.Sum)
	})
	return r, sqldb.Classify(err, "the job on plan %s", id)
}

// SaveRun implements inspections.Store.
func (s *Inspections) SaveRun(ctx context.Context, r inspections.Run) error {
	body := []byte{}
	if r.Sum != nil {
		var err error
		if body, err = json.Marshal(r.Sum); err != nil {
			return err
		}
	}
	err := s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		_, err := t.ExecContext(ctx, saveRun, t.District(), r.Plan.String(), number(r.Freeze), r.Done, r.Total, number(r.Ended), r.At, body, r.Failure.ZH, r.Failure.EN)
		return err
	})
	return sqldb.Classify(err, "keep the job on plan %s", r.Plan)
}

// Chunks implements inspections.Store.
func (s *Inspections) Chunks(ctx context.Context, id gov.ID, part string, fn func(body []byte) error) error {
	err := s.read(ctx, func(t *sqldb.Tx) error {
		rows, err := t.QueryContext(ctx, chunksOf, t.District(), id.String(), part)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var body []byte
			if err := rows.Scan(&body); err != nil {
				return err
			}
			if err := fn(body); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return sqldb.Classify(err, "what plan %s draws from", id)
}

// Visits implements inspections.Store.
func (s *Inspections) Visits(ctx context.Context, id gov.ID, after string, limit int) (list []inspections.Past, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanPast, visitsOf, t.District(), id.String(), after, limit)
		return err
	})
	return list, sqldb.Classify(err, "visits of plan %s", id)
}

func scanPast(scan func(...any) error) (p inspections.Past, err error) {
	var id, first, last, depts, items, certificates string
	var campaign int
	if err := scan(&id, &p.Subject, &campaign, &first, &last, &depts, &items, &certificates); err != nil {
		return p, err
	}
	p.Campaign, p.Items, p.Certificates = campaign != 0, split(items), split(certificates)
	for _, d := range split(depts) {
		n, err := strconv.ParseUint(d, 10, 32)
		if err != nil {
			return p, err
		}
		p.Depts = append(p.Depts, uint32(n))
	}
	if p.Plan, err = gov.ParseID(id); err == nil {
		if p.First, err = gov.ParseDate(first); err == nil {
			p.Last, err = gov.ParseDate(last)
		}
	}
	return p, err
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// number is how the database keeps a truth value.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Snapshot implements inspections.Store.
func (s *Inspections) Snapshot(ctx context.Context, fn func(x inspections.Snapshot) error) error {
	return s.read(ctx, func(t *sqldb.Tx) error { return fn(snapshot{t}) })
}

// Update implements inspections.Store.
func (s *Inspections) Update(ctx context.Context, fn func(ctx context.Context, tx inspections.Tx) error) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error { return fn(ctx, &tx{Tx: t}) })
}
