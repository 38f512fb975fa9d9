package registerdb

import (
	"context"

	"quanxiang/gov"
	"quanxiang/registers"
	"quanxiang/store/sqldb"
)

const (
	namedColumns = `r.register, r.kind, r.unit, r.key, r.version, r.subject, r.happened, r.until, r.at, r.basis, r.withdrawn, r.note, r.body, e.name, e.facet
from register_records r
join register_entries e on e.district = r.district and e.register = r.register and e.key = r.subject`

	inForce = `
select ` + namedColumns + `
where r.district = $1 and r.register = $2 and r.kind = $3 and r.withdrawn = 0 and r.happened <= $4 and (r.until = '' or r.until >= $4)
  and ($5 = '' or r.happened < $5 or r.happened = $5 and (r.unit > $6 or r.unit = $6 and r.key > $7))
order by r.happened desc, r.unit, r.key
limit $8`
	countInForce = `
select count(*)
from register_records r
where r.district = $1 and r.register = $2 and r.kind = $3 and r.withdrawn = 0 and r.happened <= $4 and (r.until = '' or r.until >= $4)`
	recordsBehind = `
select ` + namedColumns + `
where r.district = $1 and r.register = $2 and r.kind = $3 and (r.unit, r.key) > ($4, $5)
order by r.unit, r.key
limit $6`
)

func scanNamed(scan func(...any) error) (n registers.Named, err error) {
	n.Record, err = scanRecord(func(into ...any) error { return scan(append(into, &n.Name, &n.Facet)...) })
	return n, err
}

// InForce implements registers.Store.
func (s *Registers) InForce(ctx context.Context, register, kind string, day gov.Date, after registers.Record, limit int) (list []registers.Named, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanNamed, inForce, t.District(), register, kind, day.String(), after.On, after.Unit, after.Key, limit)
		return err
	})
	return list, sqldb.Classify(err, "records of %s in force", kind)
}

// CountInForce implements registers.Store.
func (s *Registers) CountInForce(ctx context.Context, register, kind string, day gov.Date) (n int, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		return t.QueryRowContext(ctx, countInForce, t.District(), register, kind, day.String()).Scan(&n)
	})
	return n, sqldb.Classify(err, "count records of %s in force", kind)
}

// RecordsBehind implements registers.Store.
func (s *Registers) RecordsBehind(ctx context.Context, register, kind, unit, key string, limit int) (list []registers.Named, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanNamed, recordsBehind, t.District(), register, kind, unit, key, limit)
		return err
	})
	return list, sqldb.Classify(err, "records of %s", kind)
}
