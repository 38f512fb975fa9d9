package casedb

import (
	"context"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/library/fulltext"
	"quanxiang/store/sqldb"
	"quanxiang/store/terms"
)

const (
	wordsOf = `
select words
from case_words
where district = $1 and case_id = $2`
	putWords = `
insert into case_words (district, case_id, rowkey, words)
values ($1, $2, $3, $4)
on conflict (district, case_id) do update
set words = excluded.words`

	// There is one writer: nobody else counts up meanwhile.
	lastKeySQLite = `
select coalesce(max(rowkey), 0)
from case_words
where district = $1 and rowkey > 0`
	dropTermsSQLite = `
delete from case_terms
where rowid between $1 and $1`
	insertTermsSQLite = `
insert into case_terms (rowid, words)
values ($1, $2)`

	putTermsPostgres = `
insert into case_terms (district, case_id, terms)
values ($1, $2, $3::tsvector)
on conflict (district, case_id) do update
set terms = excluded.terms`
)

// index lets a case be found by its number and the words of its subject. Few
// steps change either.
func (t *tx) index(ctx context.Context, id gov.ID, isNew bool, words string) (err error) {
	list := fulltext.Terms(fulltext.Normalise(words).Runes)
	var key int64
	if t.Engine() == sqldb.Postgres {
		err = t.Later(ctx, putTermsPostgres, t.District(), id.String(), terms.Vector(list))
	} else {
		key, err = t.indexSQLite(ctx, id, isNew, list)
	}
	if err != nil {
		return err
	}
	return t.Later(ctx, putWords, t.District(), id.String(), key, words)
}

// indexSQLite writes terms under the key of a case, or under a new one.
func (t *tx) indexSQLite(ctx context.Context, id gov.ID, isNew bool, list []string) (key int64, err error) {
	if !isNew {
		if err := t.QueryRowContext(ctx, keyOfSQLite, t.District(), id.String()).Scan(&key); err != nil {
			return 0, err
		}
		if _, err := t.ExecContext(ctx, dropTermsSQLite, key); err != nil {
			return 0, err
		}
	} else {
		first, err := terms.FirstKey(t.District())
		if err == nil {
			err = t.QueryRowContext(ctx, lastKeySQLite, t.District()).Scan(&key)
		}
		if err != nil {
			return 0, err
		}
		key = max(first, key) + 1
	}
	_, err = t.ExecContext(ctx, insertTermsSQLite, key, terms.Join(list))
	return key, err
}

const (
	keyOfSQLite = `
select rowkey
from case_words
where district = $1 and case_id = $2`
	// The index gives keys from the last on and is left when there are enough.
	searchSQLite = `
select ` + foundColumns + `
from (
  select rowid as rowkey
  from case_terms
  where case_terms match $1 and rowid between $2 and $3
  order by rowid desc
  limit $4
) f
join case_words w on w.district = $5 and w.rowkey = f.rowkey and w.rowkey > 0
join case_rows r on r.district = w.district and r.id = w.case_id
order by f.rowkey desc`

	searchNewestPostgres = `
select ` + foundColumns + `
from (
  select n.case_id
  from (
    select case_id, terms
    from case_terms
    where district = $1 and case_id < $2
    order by case_id desc
    limit $3
  ) n
  where n.terms @@ $4::tsquery
  order by n.case_id desc
  limit $5
) f
join case_rows r on r.district = $1 and r.id = f.case_id
order by r.id desc`
	// Materialised, so that the index of words is used and not that of ids.
	searchAllPostgres = `
with found as materialized (
  select case_id
  from case_terms
  where district = $1 and terms @@ $2::tsquery
)
select ` + foundColumns + `
from (
  select case_id
  from found
  where case_id < $3
  order by case_id desc
  limit $4
) f
join case_rows r on r.district = $1 and r.id = f.case_id
order by r.id desc`
	foundColumns = `r.id, r.procedure, r.number, r.parent, r.kind, r.subject, r.units, r.state, r.ends, r.colour, r.due, r.stage, r.stage_due,
  r.opened, r.ended, r.touched`
)

// Search implements docket.Store.
func (s *Cases) Search(ctx context.Context, q fulltext.Query, after gov.ID, limit int) (list []docket.Row, err error) {
	if len(q) == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		if t.Engine() == sqldb.SQLite {
			list, err = findSQLite(ctx, t, q, after, limit)
		} else {
			list, err = findPostgres(ctx, t, q, after, limit)
		}
		return sqldb.Classify(err, "search cases")
	})
	return list, err
}

func findSQLite(ctx context.Context, t *sqldb.Tx, q fulltext.Query, after gov.ID, limit int) ([]docket.Row, error) {
	first, err := terms.FirstKey(t.District())
	if err != nil {
		return nil, err
	}
	end := first + 1<<terms.KeyBits
	if !after.IsZero() {
		if err := t.QueryRowContext(ctx, keyOfSQLite, t.District(), after.String()).Scan(&end); err != nil {
			return nil, err
		}
	}
	return found(ctx, t, searchSQLite, terms.Match(sqldb.SQLite, q), first, end-1, limit, t.District())
}

// newest is among how many of the newest cases PostgreSQL looks for words
// without their index, which would first list every case that has them: of a
// word most cases have, the newest fill a page. Of a word that does not fill one
// with so many, all cases that have it are few.
const newest = 4000

func findPostgres(ctx context.Context, t *sqldb.Tx, q fulltext.Query, after gov.ID, limit int) ([]docket.Row, error) {
	end := "~" // behind every id
	if !after.IsZero() {
		end = after.String()
	}
	match := terms.Match(sqldb.Postgres, q)
	list, err := found(ctx, t, searchNewestPostgres, t.District(), end, newest, match, limit)
	if err != nil || len(list) == limit {
		return list, err
	}
	return found(ctx, t, searchAllPostgres, t.District(), match, end, limit)
}

func found(ctx context.Context, t *sqldb.Tx, query string, args ...any) ([]docket.Row, error) {
	return sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Row, error) { return scanRow(scan) }, query, args...)
}
