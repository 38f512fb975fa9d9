package simdb

import (
	"context"
	"encoding/json"

	"quanxiang/gov"
	"quanxiang/store/jobdb"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
	"quanxiang/support/runs"
)

// Tables lists the tables of simulations. How far one has come is Passing: what is
// recorded of it changes when it is asked for and when it ends.
var Tables = []sqldb.Table{
	sqldb.NewTable("populations", sqldb.Recorded, 2, `district text, id text, version int, at int, name text, snapshot text, file file, bytes int, applicant text, year int, total int, apart int,
		wrong int, invented int, author text`),
	sqldb.NewTable("simulations", sqldb.Recorded, 2, `district text, id text, version int, at int, title text, population text, docs bytes, year int, amendment text, budget int, person text, author text,
		state text, total int, failure_zh text, failure_en text, result text, digest text, ended int`),
	sqldb.NewTable("simulation_results", sqldb.Evidence, 2, "district text, id text, body bytes"),
	sqldb.NewTable("simulation_progress", sqldb.Passing, 2, "district text, id text, done int"),
}

// Simulations are those of one district in the database.
type Simulations struct {
	db       *sqldb.DB
	district gov.District
}

var _ runs.Store = (*Simulations)(nil)

// New returns the simulations of a district.
func New(db *sqldb.DB, d gov.District) *Simulations { return &Simulations{db, d} }

const (
	populationColumns = "id, at, name, snapshot, file, bytes, applicant, year, total, apart, wrong, invented, author"
	listPopulations   = `
select ` + populationColumns + `
from populations
where district = $1
order by id desc`
	populationByID = `
select ` + populationColumns + `
from populations
where district = $1 and id = $2`
	insertPopulation = `
insert into populations (district, id, version, at, name, snapshot, file, bytes, applicant, year, total, apart, wrong, invented, author)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`

	runColumns = `s.id, s.version, s.at, s.title, s.population, s.docs, s.year, s.amendment, s.budget, s.person, s.author, s.state, s.total, s.failure_zh, s.failure_en, s.result, s.digest, s.ended,
  coalesce(p.done, 0)`
	runByID = `
select ` + runColumns + `
from simulations s
left join simulation_progress p on p.district = s.district and p.id = s.id
where s.district = $1 and s.id = $2`
	listRuns = `
select ` + runColumns + `
from simulations s
left join simulation_progress p on p.district = s.district and p.id = s.id
where s.district = $1 and ($2 = '' or s.id < $2)
order by s.id desc
limit $3`
	insertRun = `
insert into simulations (district, id, version, at, title, population, docs, year, amendment, budget, person, author, state, total, failure_zh, failure_en, result, digest, ended)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`
	updateRun = `
update simulations
set version = $1, state = $2, failure_zh = $3, failure_en = $4, result = $5, digest = $6, ended = $7
where district = $8 and id = $9 and version = $10`
	resultByID = `
select body
from simulation_results
where district = $1 and id = $2`
	insertResult = `
insert into simulation_results (district, id, body)
values ($1, $2, $3)
on conflict (district, id) do nothing`
	saveProgress = `
insert into simulation_progress (district, id, done)
values ($1, $2, $3)
on conflict (district, id) do update
set done = excluded.done`
	dropProgress = `
delete from simulation_progress
where district = $1 and id = $2`
)

func (s *Simulations) read(ctx context.Context, fn func(t *sqldb.Tx) error) error {
	return s.db.Read(ctx, s.district, fn)
}

func scanPopulation(scan func(...any) error) (p runs.Population, err error) {
	var id string
	var invented int
	if err := scan(&id, &p.At, &p.Name, &p.Snapshot, &p.File, &p.Bytes, &p.Applicant, &p.Year, &p.Rows, &p.Apart, &p.Wrong, &invented, &p.By); err != nil {
		return p, err
	}
	p.Invented = invented != 0
	p.ID, err = gov.ParseID(id)
	return p, err
}

func scanRun(scan func(...any) error) (r runs.Run, err error) {
	var id, population, person, state string
	var docs []byte
	if err := scan(&id, &r.Version, &r.At, &r.Title, &population, &docs, &r.Year, &r.Amendment, &r.Budget, &person, &r.By, &state, &r.Total, &r.Failure.ZH, &r.Failure.EN, &r.Result, &r.Digest, &r.Ended, &r.Rows); err != nil {
		return r, err
	}
	if r.State = runs.State(state); r.State == runs.Done {
		r.Rows = r.Total
	}
	if err := json.Unmarshal(docs, &r.Docs); err != nil {
		return r, err
	}
	if r.ID, err = gov.ParseID(id); err != nil {
		return r, err
	}
	if r.Population, err = gov.ParseID(population); err != nil || person == "" {
		return r, err
	}
	r.Person, err = gov.ParseID(person)
	return r, err
}

// Populations implements runs.Store.
func (s *Simulations) Populations(ctx context.Context) (list []runs.Population, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanPopulation, listPopulations, t.District())
		return err
	})
	return list, sqldb.Classify(err, "list populations")
}

// Population implements runs.Store.
func (s *Simulations) Population(ctx context.Context, id gov.ID) (p runs.Population, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		p, err = scanPopulation(t.QueryRowContext(ctx, populationByID, t.District(), id.String()).Scan)
		return err
	})
	return p, sqldb.Classify(err, "population %s", id)
}

// Run implements runs.Store.
func (s *Simulations) Run(ctx context.Context, id gov.ID) (r runs.Run, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		r, err = scanRun(t.QueryRowContext(ctx, runByID, t.District(), id.String()).Scan)
		return err
	})
	return r, sqldb.Classify(err, "simulation %s", id)
}

// Runs implements runs.Store.
func (s *Simulations) Runs(ctx context.Context, after gov.ID, limit int) (list []runs.Run, err error) {
	behind := ""
	if !after.IsZero() {
		behind = after.String()
	}
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanRun, listRuns, t.District(), behind, limit)
		return err
	})
	return list, sqldb.Classify(err, "list simulations")
}

// Result implements runs.Store.
func (s *Simulations) Result(ctx context.Context, id string) (body []byte, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		return t.QueryRowContext(ctx, resultByID, t.District(), id).Scan(&body)
	})
	return body, sqldb.Classify(err, "result %s", id)
}

// Advance implements runs.Store.
func (s *Simulations) Advance(ctx context.Context, run gov.ID, rows int64) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		_, err := t.ExecContext(ctx, saveProgress, t.District(), run.String(), rows)
		return sqldb.Classify(err, "progress of simulation %s", run)
	})
}

// Update implements runs.Store.
func (s *Simulations) Update(ctx context.Context, fn func(ctx context.Context, tx runs.Tx) error) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error { return fn(ctx, &tx{Tx: t}) })
}

// tx is a transaction and the rows it wrote since its last act.
type tx struct {
	*sqldb.Tx
	wrote []ledgerdb.RowRef
}

var _ runs.Tx = (*tx)(nil)

// AddPopulation implements runs.Tx.
func (t *tx) AddPopulation(ctx context.Context, p runs.Population) error {
	row := []any{p.ID.String(), 1, p.At, p.Name, p.Snapshot, p.File, p.Bytes, p.Applicant, p.Year, p.Rows, p.Apart, p.Wrong, number(p.Invented), p.By}
	t.wrote = append(t.wrote, ledgerdb.Written("populations", 1, row...).New())
	return t.LaterRows(ctx, insertPopulation, row)
}

// PutRun implements runs.Tx.
func (t *tx) PutRun(ctx context.Context, r runs.Run) error {
	docs, err := json.Marshal(r.Docs)
	if err != nil {
		return err
	}
	person := ""
	if !r.Person.IsZero() {
		person = r.Person.String()
	}
	row := []any{r.ID.String(), r.Version + 1, r.At, r.Title, r.Population.String(), docs, r.Year, r.Amendment, r.Budget, person, r.By, string(r.State), r.Total, r.Failure.ZH, r.Failure.EN, r.Result, r.Digest, r.Ended}
	ref := ledgerdb.Written("simulations", 1, row...)
	if r.Version == 0 {
		t.wrote = append(t.wrote, ref.New())
		return t.LaterRows(ctx, insertRun, row)
	}
	t.wrote = append(t.wrote, ref)
	if r.Ended != 0 {
		if _, err := t.ExecContext(ctx, dropProgress, t.District(), r.ID.String()); err != nil {
			return sqldb.Classify(err, "progress of simulation %s", r.ID)
		}
	}
	return t.LaterOne(ctx, updateRun, r.Version+1, string(r.State), r.Failure.ZH, r.Failure.EN, r.Result, r.Digest, r.Ended, t.District(), r.ID.String(), r.Version)
}

// AddResult implements runs.Tx.
func (t *tx) AddResult(ctx context.Context, id string, body []byte) error {
	_, err := t.ExecContext(ctx, insertResult, t.District(), id, body)
	return sqldb.Classify(err, "keep result %s", id)
}

// Enqueue implements runs.Tx.
func (t *tx) Enqueue(ctx context.Context, kind, key string) error {
	return jobdb.Enqueue(ctx, t.Tx, kind, key, t.Now())
}

// Act implements runs.Tx.
func (t *tx) Act(ctx context.Context, a runs.Act) error {
	_, err := ledgerdb.Record(ctx, t.Tx, ledgerdb.Act{Kind: a.Kind, Object: a.Object, Actor: a.Actor, Facts: a.Facts, Rows: t.wrote})
	t.wrote = nil
	return err
}

// number is how the database keeps a truth value.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
