package registerdb

import (
	"context"

	"quanxiang/registers"
	"quanxiang/store/sqldb"
)

const (
	wholeRegister = `
select ` + entryColumns + `
from register_entries e
where e.district = $1 and e.register = $2
order by e.key`
	allRecords = `
select ` + recordColumns + `
from register_records
where district = $1 and register = $2 and withdrawn = 0
order by subject, happened, kind, unit, key`
)

// EntriesIn reads all of a register within a transaction. It is for small ones.
func EntriesIn(ctx context.Context, t *sqldb.Tx, register string) ([]registers.Entry, error) {
	list, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (registers.Entry, error) { return scanEntry(scan) }, wholeRegister, t.District(), register)
	return list, sqldb.Classify(err, "read register %s", register)
}

// RecordsIn reads all that is recorded in a register, and not withdrawn, within a
// transaction. It is for small ones.
func RecordsIn(ctx context.Context, t *sqldb.Tx, register string) ([]registers.Record, error) {
	list, err := sqldb.Collect(ctx, t, scanRecord, allRecords, t.District(), register)
	return list, sqldb.Classify(err, "records of register %s", register)
}
