package inspectdb

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/registers"
	"quanxiang/store/jobdb"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// tx is a transaction and the rows it wrote since its last act.
type tx struct {
	*sqldb.Tx
	wrote []ledgerdb.RowRef
}

var _ inspections.Tx = (*tx)(nil)

const (
	insertProposal = `
insert into inspection_proposals (district, id, version, year, quarter, unit, gone, body)
values ($1, $2, $3, $4, $5, $6, $7, $8)`
	updateProposal = `
update inspection_proposals
set version = $1, year = $2, quarter = $3, unit = $4, gone = $5, body = $6
where district = $7 and id = $8 and version = $9`
	insertPlan = `
insert into inspection_plans (district, id, version, year, number, state, body)
values ($1, $2, $3, $4, $5, $6, $7)`
	updatePlan = `
update inspection_plans
set version = $1, year = $2, number = $3, state = $4, body = $5
where district = $6 and id = $7 and version = $8`
	insertChunk = `
insert into inspection_chunks (district, plan, part, n, body)
values ($1, $2, $3, $4, $5)`
	dropChunks = `
delete from inspection_chunks
where district = $1 and plan = $2`
	insertVisit = `
insert into inspection_visits (district, plan, subject, campaign, first, last, depts, items, certificates)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (district, plan, subject) do update
set campaign = excluded.campaign, first = excluded.first, last = excluded.last, depts = excluded.depts, items = excluded.items, certificates = excluded.certificates`
)

// Proposal implements inspections.Tx.
func (t *tx) Proposal(ctx context.Context, id gov.ID) (inspections.Proposal, error) {
	return proposal(ctx, t.Tx, id)
}

// Plan implements inspections.Tx.
func (t *tx) Plan(ctx context.Context, id gov.ID) (inspections.Plan, error) {
	return plan(ctx, t.Tx, id)
}

// Proposals implements inspections.Tx.
func (t *tx) Proposals(ctx context.Context, year int, unit string) ([]inspections.Proposal, error) {
	return proposals(ctx, t.Tx, year, unit)
}

// PlansOf implements inspections.Tx.
func (t *tx) PlansOf(ctx context.Context, year int) (n int, err error) {
	err = t.QueryRowContext(ctx, plansOfYear, t.District(), year).Scan(&n)
	return n, sqldb.Classify(err, "count plans of %d", year)
}

// PutProposal implements inspections.Tx.
func (t *tx) PutProposal(ctx context.Context, p inspections.Proposal) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	row := []any{p.ID.String(), p.Version + 1, p.Year, p.Quarter, p.Unit, number(p.Gone), body}
	ref := ledgerdb.Written("inspection_proposals", 1, row...)
	if p.Version == 0 {
		t.wrote = append(t.wrote, ref.New())
		return t.LaterRows(ctx, insertProposal, row)
	}
	t.wrote = append(t.wrote, ref)
	return t.LaterOne(ctx, updateProposal, p.Version+1, p.Year, p.Quarter, p.Unit, number(p.Gone), body, t.District(), p.ID.String(), p.Version)
}

// PutPlan implements inspections.Tx.
func (t *tx) PutPlan(ctx context.Context, p inspections.Plan) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	row := []any{p.ID.String(), p.Version + 1, p.Year, p.Number, string(p.State), body}
	ref := ledgerdb.Written("inspection_plans", 1, row...)
	if p.Version == 0 {
		t.wrote = append(t.wrote, ref.New())
		return t.LaterRows(ctx, insertPlan, row)
	}
	t.wrote = append(t.wrote, ref)
	return t.LaterOne(ctx, updatePlan, p.Version+1, p.Year, p.Number, string(p.State), body, t.District(), p.ID.String(), p.Version)
}

// AddChunks implements inspections.Tx.
func (t *tx) AddChunks(ctx context.Context, plan gov.ID, part string, from int, bodies [][]byte) error {
	rows := make([][]any, len(bodies))
	for i, b := range bodies {
		rows[i] = []any{plan.String(), part, from + i, b}
	}
	return t.LaterRows(ctx, insertChunk, rows...)
}

// DropChunks implements inspections.Tx.
func (t *tx) DropChunks(ctx context.Context, plan gov.ID) error {
	_, err := t.ExecContext(ctx, dropChunks, t.District(), plan.String())
	return sqldb.Classify(err, "forget what plan %s draws from", plan)
}

// Remember implements inspections.Tx.
func (t *tx) Remember(ctx context.Context, list []inspections.Past) error {
	rows := make([][]any, len(list))
	for i, v := range list {
		depts := make([]string, len(v.Depts))
		for j, d := range v.Depts {
			depts[j] = strconv.FormatUint(uint64(d), 10)
		}
		rows[i] = []any{v.Plan.String(), v.Subject, number(v.Campaign), v.First.String(), v.Last.String(), strings.Join(depts, ","), strings.Join(v.Items, ","), strings.Join(v.Certificates, ",")}
		t.wrote = append(t.wrote, ledgerdb.Written("inspection_visits", 2, rows[i]...))
	}
	return t.LaterRows(ctx, insertVisit, rows...)
}

// Enqueue implements inspections.Tx.
func (t *tx) Enqueue(ctx context.Context, kind, key string) error {
	return jobdb.Enqueue(ctx, t.Tx, kind, key, t.Now())
}

// Act implements inspections.Tx.
func (t *tx) Act(ctx context.Context, a registers.Act) error {
	_, err := ledgerdb.Record(ctx, t.Tx, ledgerdb.Act{ID: a.ID, Kind: a.Kind, Object: a.Object, Actor: a.Actor, Facts: a.Facts, Rows: t.wrote})
	t.wrote = nil
	return err
}
