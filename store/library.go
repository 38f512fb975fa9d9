package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/library/fulltext"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

var libraryTables = []Table{
	sqldb.NewTable("documents", sqldb.Recorded, 2, `district text, slug text, id text, ordinal int, revision int, number text, series text,
		year int, serial int, version int, title text, kind text, issuers text, has_text int, signed text, printed text,
		effective text, valid_until text, plan_ends text, repealed_on text, repealed_by text, known int, tasks int,
		indicators int, projects int, source file, imported_at int`),
	sqldb.NewTable("document_versions", sqldb.Recorded, 3, `district text, slug text, version int, content bytes, digest text, source file,
		imported_at int, event text`),
	sqldb.NewTable("document_links", sqldb.Recorded, 3, `district text, slug text, seq int, relation text, target text, number text, title text, line int`),
	sqldb.NewTable("document_items", sqldb.Recorded, 4, `district text, slug text, scope int, seq int, anchor text, no text, section text,
		body text, starts text, ends text, due text`),
	sqldb.NewTable("item_parties", sqldb.Recorded, 5, `district text, slug text, scope int, seq int, place int, role text, unit text,
		name text, raw text, restriction text`),
	sqldb.NewTable("indexed_documents", sqldb.Derived, 2, `district text, ordinal int, version int, rules int, passages int`),
	sqldb.NewTable("passages", sqldb.Derived, 2, `district text, rowkey int, anchor text, head text, body text`),
	{Name: "passage_terms", Role: sqldb.Derived},
}

// Library is the library of one district in the database.
type Library struct {
	db       *DB
	district gov.District
}

var _ library.Store = (*Library)(nil)

// Library returns the library of a district.
func (db *DB) Library(d gov.District) *Library { return &Library{db, d} }

// Update runs fn in one transaction; see library.Store.
func (s *Library) Update(ctx context.Context, fn func(ctx context.Context, tx library.Tx) error) error {
	return s.db.Write(ctx, s.district, func(tx *Tx) error {
		return fn(ctx, &libraryTx{Tx: tx})
	})
}

// readLibrary runs one question on a snapshot.
func readLibrary[T any](ctx context.Context, s *Library, ask func(tx *libraryTx) (T, error)) (answer T, err error) {
	err = s.db.Read(ctx, s.district, func(tx *Tx) error {
		answer, err = ask(&libraryTx{Tx: tx})
		return err
	})
	return answer, err
}

// Heads implements library.Reader.
func (s *Library) Heads(ctx context.Context) ([]library.Document, error) {
	return readLibrary(ctx, s, func(tx *libraryTx) ([]library.Document, error) { return tx.Heads(ctx) })
}

// Head implements library.Reader.
func (s *Library) Head(ctx context.Context, slug string) (*library.Document, error) {
	return readLibrary(ctx, s, func(tx *libraryTx) (*library.Document, error) { return tx.Head(ctx, slug) })
}

// Versions implements library.Reader.
func (s *Library) Versions(ctx context.Context, slug string) ([]library.Version, error) {
	return readLibrary(ctx, s, func(tx *libraryTx) ([]library.Version, error) { return tx.Versions(ctx, slug) })
}

// Version implements library.Reader.
func (s *Library) Version(ctx context.Context, slug string, version int) (*library.Version, error) {
	return readLibrary(ctx, s, func(tx *libraryTx) (*library.Version, error) { return tx.Version(ctx, slug, version) })
}

// Links implements library.Reader.
func (s *Library) Links(ctx context.Context, slug string) ([]library.Link, error) {
	return readLibrary(ctx, s, func(tx *libraryTx) ([]library.Link, error) { return tx.Links(ctx, slug) })
}

// Items implements library.Reader.
func (s *Library) Items(ctx context.Context, unit string) ([]library.Item, error) {
	return readLibrary(ctx, s, func(tx *libraryTx) ([]library.Item, error) { return tx.Items(ctx, unit) })
}

// Match implements library.Reader.
func (s *Library) Match(ctx context.Context, q fulltext.Query, heads bool) ([]library.Key, error) {
	return readLibrary(ctx, s, func(tx *libraryTx) ([]library.Key, error) { return tx.Match(ctx, q, heads) })
}

// Indexed implements library.Reader.
func (s *Library) Indexed(ctx context.Context) ([]library.Indexed, error) {
	return readLibrary(ctx, s, func(tx *libraryTx) ([]library.Indexed, error) { return tx.Indexed(ctx) })
}

// Passages implements library.Reader.
func (s *Library) Passages(ctx context.Context, keys []library.Key) ([]library.Passage, error) {
	return readLibrary(ctx, s, func(tx *libraryTx) ([]library.Passage, error) { return tx.Passages(ctx, keys) })
}

// libraryTx answers and writes within a transaction. It remembers the rows it
// wrote, for Record.
type libraryTx struct {
	*Tx
	written []ledgerdb.RowRef
}

func (tx *libraryTx) wrote(table string, key ...any) {
	tx.written = append(tx.written, ledgerdb.RowOf(table, key...))
}

const documentColumns = `
select slug, id, ordinal, revision, number, series, year, serial, version, title, kind, issuers, has_text,
  signed, printed, effective, valid_until, plan_ends, repealed_on, repealed_by, known,
  tasks, indicators, projects, source, imported_at
from documents
where district = $1`

const (
	listDocuments = documentColumns + `
order by signed desc, slug desc`
	documentBySlug = documentColumns + ` and slug = $2`
)

func scanDocument(scan func(...any) error) (library.Document, error) {
	var d library.Document
	var id, issuers string
	var text, known int
	dates := []*gov.Date{&d.Signed, &d.Printed, &d.Effective, &d.ValidUntil, &d.PlanEnds, &d.RepealedOn}
	var days [6]string
	err := scan(&d.Slug, &id, &d.Ordinal, &d.Revision, &d.Number, &d.Series, &d.Year, &d.Serial, &d.Version, &d.Title, &d.Kind, &issuers, &text,
		&days[0], &days[1], &days[2], &days[3], &days[4], &days[5], &d.RepealedBy, &known,
		&d.Tasks, &d.Indicators, &d.Projects, &d.Source, &d.ImportedAt)
	if err != nil {
		return d, err
	}
	for i, s := range days {
		if *dates[i], err = gov.ParseDate(s); err != nil {
			return d, fmt.Errorf("date of %s: %w", d.Slug, err)
		}
	}
	if d.ID, err = gov.ParseID(id); err != nil {
		return d, fmt.Errorf("id of %s: %w", d.Slug, err)
	}
	if issuers != "" {
		d.Issuers = strings.Split(issuers, "\n")
	}
	d.Text, d.Known = text != 0, known != 0
	return d, nil
}

// Heads implements library.Reader.
func (tx *libraryTx) Heads(ctx context.Context) ([]library.Document, error) {
	list, err := sqldb.Collect(ctx, tx.Tx, scanDocument, listDocuments, tx.District())
	return list, sqldb.Classify(err, "list documents")
}

// Head implements library.Reader.
func (tx *libraryTx) Head(ctx context.Context, slug string) (*library.Document, error) {
	d, err := scanDocument(tx.QueryRowContext(ctx, documentBySlug, tx.District(), slug).Scan)
	if err != nil {
		return nil, sqldb.Classify(err, "document %s", slug)
	}
	return &d, nil
}

const listVersions = `
select slug, version, digest, source, imported_at, event
from document_versions
where district = $1 and slug = $2
order by version desc`

// Versions implements library.Reader.
func (tx *libraryTx) Versions(ctx context.Context, slug string) ([]library.Version, error) {
	list, err := sqldb.Collect(ctx, tx.Tx, func(scan func(...any) error) (v library.Version, err error) {
		var event string
		if err = scan(&v.Slug, &v.Version, &v.Digest, &v.Source, &v.ImportedAt, &event); err == nil {
			v.Event, err = gov.ParseID(event)
		}
		return v, err
	}, listVersions, tx.District(), slug)
	return list, sqldb.Classify(err, "versions of %s", slug)
}

const versionByNumber = `
select slug, version, content, digest, source, imported_at, event
from document_versions
where district = $1 and slug = $2 and version = $3`

// Version implements library.Reader.
func (tx *libraryTx) Version(ctx context.Context, slug string, version int) (*library.Version, error) {
	var v library.Version
	var content []byte
	var event string
	err := tx.QueryRowContext(ctx, versionByNumber, tx.District(), slug, version).
		Scan(&v.Slug, &v.Version, &content, &v.Digest, &v.Source, &v.ImportedAt, &event)
	if err == nil {
		v.Event, err = gov.ParseID(event)
	}
	if err == nil {
		v.Content = new(gazette.Document)
		err = json.Unmarshal(content, v.Content)
	}
	if err != nil {
		return nil, sqldb.Classify(err, "version %d of %s", version, slug)
	}
	return &v, nil
}

const linksAround = `
select slug, seq, relation, target, number, title, line
from document_links
where district = $1 and (slug = $2 or target = $2)
order by slug, seq`

// Links implements library.Reader.
func (tx *libraryTx) Links(ctx context.Context, slug string) ([]library.Link, error) {
	list, err := sqldb.Collect(ctx, tx.Tx, func(scan func(...any) error) (l library.Link, err error) {
		return l, scan(&l.From, &l.Seq, &l.Relation, &l.To, &l.Number, &l.Title, &l.Line)
	}, linksAround, tx.District(), slug)
	return list, sqldb.Classify(err, "references of %s", slug)
}

const itemsOfUnit = `
select i.slug, i.scope, i.seq, i.anchor, i.no, i.section, i.body, i.starts, i.ends, i.due,
  p.role, p.unit, p.name, p.raw, p.restriction
from item_parties p
join document_items i on i.district = p.district and i.slug = p.slug and i.scope = p.scope and i.seq = p.seq
where p.district = $1 and p.unit = $2
order by i.slug, i.scope, i.seq, p.place`

// Items implements library.Reader.
func (tx *libraryTx) Items(ctx context.Context, unit string) ([]library.Item, error) {
	rows, err := sqldb.Collect(ctx, tx.Tx, func(scan func(...any) error) (it library.Item, err error) {
		var p library.Party
		var start, end string
		if err = scan(&it.Slug, &it.Scope, &it.Seq, &it.Anchor, &it.No, &it.Section, &it.Text, &start, &end, &it.Due,
			&p.Role, &p.Unit, &p.Name, &p.Raw, &p.Scope); err != nil {
			return it, err
		}
		it.Parties = []library.Party{p}
		if it.Start, err = gov.ParseDate(start); err != nil {
			return it, err
		}
		it.End, err = gov.ParseDate(end)
		return it, err
	}, itemsOfUnit, tx.District(), unit)
	if err != nil {
		return nil, sqldb.Classify(err, "items of unit %s", unit)
	}
	var list []library.Item
	for _, it := range rows {
		if n := len(list) - 1; n >= 0 && list[n].Slug == it.Slug && list[n].Scope == it.Scope && list[n].Seq == it.Seq {
			list[n].Parties = append(list[n].Parties, it.Parties...)
			continue
		}
		list = append(list, it)
	}
	return list, nil
}
