package store

import (
	"context"
	"fmt"
	"time"

	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

var filingTable = sqldb.NewTable("filings", sqldb.Evidence, 2, "district text, name text, content text, id text, ends int")

// Filings remembers for a while which identity was given to what other programs
// sent, so that what is sent again is not done again.
type Filings struct {
	db       *DB
	district gov.District
}

// Filings returns what was sent to a district.
func (db *DB) Filings(d gov.District) *Filings { return &Filings{db, d} }

const (
	dropFilings = `
delete from filings
where district = $1 and ends <= $2`
	// Whoever comes second waits for the first and sees its row.
	addFiling = `
insert into filings (district, name, content, id, ends)
values ($1, $2, $3, $4, $5)
on conflict (district, name) do update
set ends = excluded.ends
where filings.ends < excluded.ends`
	filingOf = `
select content, id
from filings
where district = $1 and name = $2`
)

// Identify returns the identity kept under a name, or keeps a new one, for a
// time from now on. again reports that it was there. It returns Conflict for a
// name that is kept with another content. All who ask at once are told one
// identity, and it is on disk before anybody is told.
func (f *Filings) Identify(ctx context.Context, name, content string, lasts time.Duration) (id gov.ID, again bool, err error) {
	err = f.db.Write(ctx, f.district, func(tx *Tx) error {
		if _, err := tx.ExecContext(ctx, dropFilings, tx.District(), tx.Now().UnixMilli()); err != nil {
			return sqldb.Classify(err, "forget filings")
		}
		fresh := gov.NewID(tx.Now())
		if _, err := tx.ExecContext(ctx, addFiling, tx.District(), name, content, fresh.String(), tx.Now().Add(lasts).UnixMilli()); err != nil {
			return sqldb.Classify(err, "keep a filing")
		}
		var kept, text string
		if err := tx.QueryRowContext(ctx, filingOf, tx.District(), name).Scan(&kept, &text); err != nil {
			return sqldb.Classify(err, "read a filing")
		}
		if kept != content {
			return gov.Errorf(gov.Conflict, "这个名称已用于另一份内容", "this name was used for something else")
		}
		var err error
		if id, err = gov.ParseID(text); err != nil {
			return fmt.Errorf("filing %q: %v", text, err)
		}
		again = id != fresh
		return nil
	})
	return id, again, err
}
