package sqldb

import (
	"context"
	"time"
)

// Leases make sure that a task of a district, such as sequencing its ledger,
// is done by one process at a time. A lease ends by itself; the holder renews
// it well before, or gives it up.

// LeaseTable is the table of leases; a schema with leases has it.
var LeaseTable = NewTable("leases", Passing, 2, "district text, name text, holder text, expires int")

const takeLease = `
insert into leases (district, name, holder, expires)
values ($1, $2, $3, $4)
on conflict (district, name) do update
set holder = excluded.holder, expires = excluded.expires
where leases.holder = excluded.holder or leases.expires <= $5`

const dropLease = `
delete from leases
where district = $1 and name = $2 and holder = $3`

// TakeLease takes or renews the lease for holder and reports whether holder
// has it now.
func (tx *Tx) TakeLease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error) {
	r, err := tx.ExecContext(ctx, takeLease,
		tx.district, name, holder, tx.now.Add(ttl).UnixMilli(), tx.now.UnixMilli())
	if err != nil {
		return false, Classify(err, "take lease %s", name)
	}
	n, err := r.RowsAffected()
	return n == 1, Classify(err, "take lease %s", name)
}

// DropLease gives a lease up, if holder has it.
func (tx *Tx) DropLease(ctx context.Context, name, holder string) error {
	_, err := tx.ExecContext(ctx, dropLease, tx.district, name, holder)
	return Classify(err, "drop lease %s", name)
}
