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
	// Whoever comes second waits for the first and is told what its row says.
	addFiling = `
insert into filings (district, name, content, id, ends)
values ($1, $2, $3, $4, $5)
on conflict (district, name) do update
set content = case when filings.ends <= $6 then excluded.content else filings.content end,
  id = case when filings.ends <= $6 then excluded.id else filings.id end,
  ends = case when filings.ends < excluded.ends then excluded.ends else filings.ends end
returning content, id`
)

// Identify returns the identity kept under a name, or keeps fresh, which is nothing
// else's, for a time from now on. again reports that it was there. It returns Conflict for a
// name that is kept with another content. All who ask at once are told one
// identity, and it is on disk before anybody is told, or with what it is kept
// together with.
func (f *Filings) Identify(ctx context.Context, name, content string, fresh gov.ID, lasts time.Duration) (id gov.ID, again bool, err error) {
	err = f.db.Write(ctx, f.district, func(tx *Tx) error {
		now := tx.Now().UnixMilli()
		var kept, text string
		err := tx.QueryRowContext(ctx, addFiling, tx.District(), name, content, fresh.String(), tx.Now().Add(lasts).UnixMilli(), now).Scan(&kept, &text)
		if err != nil {
			return sqldb.Classify(err, "keep a filing")
		}
		if kept != content {
			return gov.Errorf(gov.Conflict, "这个名称已用于另一份内容", "this name was used for something else")
		}
		if id, err = gov.ParseID(text); err != nil {
			return fmt.Errorf("filing %q: %v", text, err)
		}
		again = id != fresh
		return nil
	})
	return id, again, err
}

// Sweep forgets what has had its time.
func (f *Filings) Sweep(ctx context.Context) error {
	return f.db.Write(ctx, f.district, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, dropFilings, tx.District(), tx.Now().UnixMilli())
		return sqldb.Classify(err, "forget filings")
	})
}
