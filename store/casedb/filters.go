package casedb

import (
	"context"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// Filters keeps what persons of a district have saved to ask again.
type Filters struct {
	db       *sqldb.DB
	district gov.District
}

var _ casework.Filters = (*Filters)(nil)

// NewFilters returns the saved filters of a district.
func NewFilters(db *sqldb.DB, d gov.District) *Filters { return &Filters{db, d} }

// maxFilters is how many filters one person may keep.
const maxFilters = 30

const (
	filtersOf = `
select id, name, query
from saved_filters
where district = $1 and person = $2
order by id`
	insertFilter = `
insert into saved_filters (district, person, id, name, query)
values ($1, $2, $3, $4, $5)`
	deleteFilter = `
delete from saved_filters
where district = $1 and person = $2 and id = $3
returning id`
)

// List implements casework.Filters.
func (s *Filters) List(ctx context.Context, person gov.ID) (list []casework.Filter, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = listFilters(ctx, t, person)
		return err
	})
	return list, err
}

func listFilters(ctx context.Context, t *sqldb.Tx, person gov.ID) ([]casework.Filter, error) {
	list, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (f casework.Filter, err error) {
		var id string
		if err = scan(&id, &f.Name, &f.Query); err == nil {
			f.ID, err = gov.ParseID(id)
		}
		return f, err
	}, filtersOf, t.District(), person.String())
	return list, sqldb.Classify(err, "list saved filters")
}

// Save implements casework.Filters.
func (s *Filters) Save(ctx context.Context, by gov.Actor, person gov.ID, f casework.Filter) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		list, err := listFilters(ctx, t, person)
		if err != nil {
			return err
		}
		if len(list) >= maxFilters {
			return gov.Errorf(gov.Conflict, "最多保存 %d 个筛选，请先删除不用的", "at most %d filters can be saved; delete some first", maxFilters).On("name")
		}
		if _, err := t.ExecContext(ctx, insertFilter, t.District(), person.String(), f.ID.String(), f.Name, f.Query); err != nil {
			return sqldb.Classify(err, "save a filter")
		}
		return recordFilter(ctx, t, "desk.filter.saved", by, person, f.ID)
	})
}

// Drop implements casework.Filters.
func (s *Filters) Drop(ctx context.Context, by gov.Actor, person, id gov.ID) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		gone, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (id string, err error) { return id, scan(&id) },
			deleteFilter, t.District(), person.String(), id.String())
		if err == nil && len(gone) == 0 {
			err = gov.Errorf(gov.NotFound, "没有这个筛选", "there is no such filter")
		}
		if err != nil {
			return sqldb.Classify(err, "delete a filter")
		}
		return recordFilter(ctx, t, "desk.filter.dropped", by, person, id)
	})
}

func recordFilter(ctx context.Context, t *sqldb.Tx, kind string, by gov.Actor, person, id gov.ID) error {
	_, err := ledgerdb.Record(ctx, t, ledgerdb.Act{
		Kind: kind, Object: "filter:" + id.String(), Actor: by, Rows: []ledgerdb.RowRef{ledgerdb.RowOf("saved_filters", person, id)},
	})
	return err
}
