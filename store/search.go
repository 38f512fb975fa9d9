package store

import (
	"context"
	"encoding/binary"
	"slices"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/library/fulltext"
	"quanxiang/store/sqldb"
	"quanxiang/store/terms"
)

// A row key packs a library.Key behind its district into 63 bits, so that a
// district and, within it, a document is a range of keys in the search index of
// either engine: 20 bits of district and, in terms.KeyBits, 18 of ordinal, 3 of
// scope, 16 of place and 6 of part.
const (
	partBits     = 6
	seqBits      = 16
	scopeBits    = 3
	documentBits = scopeBits + seqBits + partBits
)

// keyRange is the least and the greatest row key of a district, or of one
// document when ordinal is not 0.
func keyRange(d gov.District, ordinal int) (first, last int64, err error) {
	first, err = terms.FirstKey(d)
	if ordinal == 0 {
		return first, first + (1<<terms.KeyBits - 1), err
	}
	first |= int64(ordinal) << documentBits
	return first, first + (1<<documentBits - 1), err
}

func passageKey(d gov.District, k library.Key) (int64, error) {
	first, err := terms.FirstKey(d)
	if k.Ordinal < 0 || k.Ordinal > library.MaxOrdinal || k.Seq > library.MaxSeq || k.Part > library.MaxPart {
		return 0, gov.Errorf(gov.TooLarge, "文件过多或过长，无法检索", "too many documents, or one too long, for the search index")
	}
	return first | int64(k.Ordinal)<<documentBits | int64(k.Scope)<<(seqBits+partBits) | int64(k.Seq)<<partBits | int64(k.Part), err
}

func keyOf(row int64) library.Key {
	return library.Key{
		Ordinal: int(row >> documentBits & library.MaxOrdinal),
		Scope:   library.Scope(row >> (seqBits + partBits) & (1<<scopeBits - 1)),
		Seq:     int(row >> partBits & library.MaxSeq),
		Part:    int(row & library.MaxPart),
	}
}

const (
	deletePassages = `
delete from passages
where district = $1 and rowkey between $2 and $3`
	insertPassage = `
insert into passages (district, rowkey, anchor, head, body)
values ($1, $2, $3, $4, $5)`
	putIndexed = `
insert into indexed_documents (district, ordinal, version, rules, passages)
values ($1, $2, $3, $4, $5)
on conflict (district, ordinal) do update
set version = excluded.version, rules = excluded.rules, passages = excluded.passages`
	listIndexed = `
select ordinal, version, rules, passages
from indexed_documents
where district = $1`
	countPassages = `
select ((rowkey >> 25) & 262143), count(*)
from passages
where district = $1
group by 1`
	// The ordinal of a passage's document is cut out of its key as keyOf does. It is looked
	// up for each passage: PostgreSQL has no statistics after an import and would join the
	// documents of the district with all its passages first.
	passagesByKey = `
select p.rowkey, (select d.slug from documents d where d.district = p.district and d.ordinal = ((p.rowkey >> 25) & 262143)), p.anchor, p.head, p.body
from passages p
where p.district = $1 and p.rowkey in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`

	deleteTermsSQLite = `
delete from passage_terms
where rowid between $1 and $2`
	insertTermsSQLite = `
insert into passage_terms (rowid, head, body)
values ($1, $2, $3)`
	countTermsSQLite = `
select ((rowid >> 25) & 262143), count(*)
from passage_terms
where rowid between $1 and $2
group by 1`
	matchSQLite = `
select rowid
from passage_terms
where passage_terms match $1 and rowid between $2 and $3`

	deleteTermsPostgres = `
delete from passage_terms
where district = $1 and rowkey between $2 and $3`
	insertTermsPostgres = `
insert into passage_terms (district, rowkey, head, whole)
values ($1, $2, $3::tsvector, $4::tsvector)`
	countTermsPostgres = `
select ((rowkey >> 25) & 262143), count(*)
from passage_terms
where district = $1
group by 1`
	matchPostgres = `
select coalesce(string_agg(int8send(rowkey), ''), '')
from passage_terms
where district = $1 and whole @@ $2::tsquery`
	matchHeadPostgres = `
select coalesce(string_agg(int8send(rowkey), ''), '')
from passage_terms
where district = $1 and head @@ $2::tsquery`
)

// Index implements library.Tx.
func (tx *libraryTx) Index(ctx context.Context, d *library.Document, passages []library.Passage) error {
	first, last, err := keyRange(tx.District(), d.Ordinal)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, deletePassages, tx.District(), first, last); err != nil {
		return sqldb.Classify(err, "clear the passages of %s", d.Slug)
	}
	if err := tx.deleteTerms(ctx, first, last); err != nil {
		return sqldb.Classify(err, "clear the search terms of %s", d.Slug)
	}
	for _, p := range passages {
		key, err := passageKey(tx.District(), p.Key)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insertPassage, tx.District(), key, p.Anchor, p.Head, p.Body); err != nil {
			return sqldb.Classify(err, "save passage %s of %s", p.Anchor, p.Slug)
		}
		head := fulltext.Terms(fulltext.Normalise(p.Head).Runes)
		body := fulltext.Terms(fulltext.Normalise(p.Body).Runes)
		if err := tx.insertTerms(ctx, key, head, body); err != nil {
			return sqldb.Classify(err, "index passage %s of %s", p.Anchor, p.Slug)
		}
	}
	_, err = tx.ExecContext(ctx, putIndexed, tx.District(), d.Ordinal, d.Version, library.IndexRules, len(passages))
	return sqldb.Classify(err, "note that %s is indexed", d.Slug)
}

// Indexed implements library.Reader.
func (tx *libraryTx) Indexed(ctx context.Context) ([]library.Indexed, error) {
	passages, err := tx.count(ctx, countPassages, tx.District())
	if err != nil {
		return nil, sqldb.Classify(err, "count passages")
	}
	var found map[int]int
	if tx.Engine() == SQLite {
		first, last, e := keyRange(tx.District(), 0)
		if e != nil {
			return nil, e
		}
		found, err = tx.count(ctx, countTermsSQLite, first, last)
	} else {
		found, err = tx.count(ctx, countTermsPostgres, tx.District())
	}
	if err != nil {
		return nil, sqldb.Classify(err, "count search terms")
	}
	list, err := sqldb.Collect(ctx, tx.Tx, func(scan func(...any) error) (x library.Indexed, err error) {
		err = scan(&x.Ordinal, &x.Version, &x.Rules, &x.Passages)
		x.Found = min(passages[x.Ordinal], found[x.Ordinal])
		return x, err
	}, listIndexed, tx.District())
	return list, sqldb.Classify(err, "list what is indexed")
}

// count runs a query for numbers by ordinal.
func (tx *libraryTx) count(ctx context.Context, query string, args ...any) (map[int]int, error) {
	all := map[int]int{}
	_, err := sqldb.Collect(ctx, tx.Tx, func(scan func(...any) error) (struct{}, error) {
		var ordinal, n int
		err := scan(&ordinal, &n)
		all[ordinal] = n
		return struct{}{}, err
	}, query, args...)
	return all, err
}

func (tx *libraryTx) deleteTerms(ctx context.Context, first, last int64) (err error) {
	if tx.Engine() == SQLite {
		_, err = tx.ExecContext(ctx, deleteTermsSQLite, first, last)
	} else {
		_, err = tx.ExecContext(ctx, deleteTermsPostgres, tx.District(), first, last)
	}
	return err
}

func (tx *libraryTx) insertTerms(ctx context.Context, key int64, head, body []string) (err error) {
	if tx.Engine() == SQLite {
		_, err = tx.ExecContext(ctx, insertTermsSQLite, key, terms.Join(head), terms.Join(body))
	} else {
		_, err = tx.ExecContext(ctx, insertTermsPostgres, tx.District(), key, terms.Vector(head), terms.Vector(head, body))
	}
	return err
}

// Match implements library.Reader.
func (tx *libraryTx) Match(ctx context.Context, q fulltext.Query, heads bool) ([]library.Key, error) {
	if len(q) == 0 {
		return nil, nil
	}
	var list []library.Key
	var err error
	switch {
	case tx.Engine() == SQLite:
		list, err = tx.matchSQLite(ctx, q, heads)
	case heads:
		list, err = tx.matchPostgres(ctx, q, matchHeadPostgres)
	default:
		list, err = tx.matchPostgres(ctx, q, matchPostgres)
	}
	return list, sqldb.Classify(err, "search")
}

func (tx *libraryTx) matchSQLite(ctx context.Context, q fulltext.Query, heads bool) ([]library.Key, error) {
	first, last, err := keyRange(tx.District(), 0)
	if err != nil {
		return nil, err
	}
	expr := terms.Match(SQLite, q)
	if heads {
		expr = "head : (" + expr + ")"
	}
	return sqldb.Collect(ctx, tx.Tx, func(scan func(...any) error) (library.Key, error) {
		var row int64
		err := scan(&row)
		return keyOf(row), err
	}, matchSQLite, expr, first, last)
}

// matchPostgres reads the keys in one value, 8 bytes each: a common word has
// tens of thousands, and a row of its own for each takes longer than finding
// them.
func (tx *libraryTx) matchPostgres(ctx context.Context, q fulltext.Query, query string) ([]library.Key, error) {
	var keys []byte
	if err := tx.QueryRowContext(ctx, query, tx.District(), terms.Match(Postgres, q)).Scan(&keys); err != nil {
		return nil, err
	}
	list := make([]library.Key, len(keys)/8)
	for i := range list {
		list[i] = keyOf(int64(binary.BigEndian.Uint64(keys[8*i:])))
	}
	return list, nil
}

// passageBatch is how many keys passagesByKey takes.
const passageBatch = 20

// Passages implements library.Reader.
func (tx *libraryTx) Passages(ctx context.Context, keys []library.Key) ([]library.Passage, error) {
	var list []library.Passage
	for batch := range slices.Chunk(keys, passageBatch) {
		args := []any{tx.District()}
		for i := range passageBatch { // the last key again where there is none left
			key, err := passageKey(tx.District(), batch[min(i, len(batch)-1)])
			if err != nil {
				return nil, err
			}
			args = append(args, key)
		}
		found, err := sqldb.Collect(ctx, tx.Tx, func(scan func(...any) error) (p library.Passage, err error) {
			var row int64
			err = scan(&row, &p.Slug, &p.Anchor, &p.Head, &p.Body)
			p.Key = keyOf(row)
			return p, err
		}, passagesByKey, args...)
		if err != nil {
			return nil, sqldb.Classify(err, "read passages")
		}
		list = append(list, found...)
	}
	return list, nil
}
