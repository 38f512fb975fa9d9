// Package importdb keeps the tables of which cases are begun, and how far that has
// come: the ImportStore of package tables.
package importdb

import (
	"context"
	"encoding/json"
	"time"

	"quanxiang/cases/tables"
	"quanxiang/gov"
	"quanxiang/store/jobdb"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of this package.
var Tables = []sqldb.Table{
	sqldb.NewTable("case_imports", sqldb.Passing, 2, `district text, id text, person text, procedure text, action text, rows_json bytes, at int, total int,
		done int, ended int, result bytes`),
}

// Imports keeps the tables of which cases are begun in a district.
type Imports struct {
	db       *sqldb.DB
	district gov.District
}

var _ tables.ImportStore = (*Imports)(nil)

// New returns the imports of a district.
func New(db *sqldb.DB, d gov.District) *Imports { return &Imports{db, d} }

const (
	insertImport = `
insert into case_imports (district, id, person, procedure, action, rows_json, at, total, done, ended, result)
values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9)
on conflict (district, id) do nothing`
	importByID = `
select person, procedure, action, rows_json, at, total, done, ended, result
from case_imports
where district = $1 and id = $2`
	advanceImport = `
update case_imports
set done = $1
where district = $2 and id = $3 and ended = 0`
	finishImport = `
update case_imports
set done = $1, ended = $2, result = $3
where district = $4 and id = $5 and ended = 0`
	sweepImports = `
delete from case_imports
where district = $1 and ended > 0 and ended < $2`
)

// Add implements tables.ImportStore.
func (s *Imports) Add(ctx context.Context, i tables.Import) error {
	table, err := json.Marshal(i.Table)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		r, err := t.ExecContext(ctx, insertImport, t.District(), i.ID.String(), i.Person.String(), i.Procedure, i.Action, table, i.At, i.Total, []byte{})
		if err != nil {
			return sqldb.Classify(err, "keep import %s", i.ID)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return sqldb.Classify(err, "keep import %s", i.ID)
		}
		return jobdb.Enqueue(ctx, t, tables.ImportJob, i.ID.String(), t.Now())
	})
}

// Get implements tables.ImportStore.
func (s *Imports) Get(ctx context.Context, id gov.ID) (i tables.Import, err error) {
	var person string
	var table, result []byte
	i.ID = id
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		return t.QueryRowContext(ctx, importByID, t.District(), id.String()).
			Scan(&person, &i.Procedure, &i.Action, &table, &i.At, &i.Total, &i.Done, &i.Ended, &result)
	})
	if err == nil {
		i.Person, err = gov.ParseID(person)
	}
	if err == nil {
		err = json.Unmarshal(table, &i.Table)
	}
	if err == nil && len(result) > 0 {
		err = json.Unmarshal(result, &i.Result)
	}
	return i, sqldb.Classify(err, "import %s", id)
}

// Advance implements tables.ImportStore.
func (s *Imports) Advance(ctx context.Context, id gov.ID, done int) error {
	return s.exec(ctx, advanceImport, done, s.district, id.String())
}

// Finish implements tables.ImportStore.
func (s *Imports) Finish(ctx context.Context, id gov.ID, done int, r tables.ImportResult) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		_, err := t.ExecContext(ctx, finishImport, done, t.Now().UnixMilli(), body, t.District(), id.String())
		return sqldb.Classify(err, "end import %s", id)
	})
}

// Sweep implements tables.ImportStore.
func (s *Imports) Sweep(ctx context.Context, before time.Time) error {
	return s.exec(ctx, sweepImports, s.district, before.UnixMilli())
}

func (s *Imports) exec(ctx context.Context, query string, args ...any) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		_, err := t.ExecContext(ctx, query, args...)
		return sqldb.Classify(err, "imports of cases")
	})
}
