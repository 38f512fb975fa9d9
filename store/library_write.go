package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

const lastOrdinal = `
select coalesce(max(ordinal), 0)
from documents
where district = $1`

// NextOrdinal implements library.Tx. Two transactions that ask at once may be
// told the same number; the unique index then lets one of them in.
func (tx *libraryTx) NextOrdinal(ctx context.Context) (int, error) {
	var n int
	err := tx.QueryRowContext(ctx, lastOrdinal, tx.District()).Scan(&n)
	return n + 1, sqldb.Classify(err, "number a document")
}

const insertDocument = `
insert into documents (district, slug, id, ordinal, revision, number, series, year, serial, version, title, kind, issuers, has_text,
  signed, printed, effective, valid_until, plan_ends, repealed_on, repealed_by, known, tasks, indicators, projects, source, imported_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
  $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`

const updateDocument = `
update documents
set number = $1, series = $2, year = $3, serial = $4, version = $5, title = $6, kind = $7, issuers = $8, has_text = $9,
  signed = $10, printed = $11, effective = $12, valid_until = $13, plan_ends = $14, repealed_on = $15, repealed_by = $16,
  known = $17, tasks = $18, indicators = $19, projects = $20, source = $21, imported_at = $22, revision = revision + 1
where district = $23 and slug = $24 and revision = $25`

// SaveHead implements library.Tx.
func (tx *libraryTx) SaveHead(ctx context.Context, d *library.Document) error {
	fields := []any{
		d.Number, d.Series, d.Year, d.Serial, d.Version, d.Title, d.Kind, strings.Join(d.Issuers, "\n"), number(d.Text),
		d.Signed.String(), d.Printed.String(), d.Effective.String(), d.ValidUntil.String(), d.PlanEnds.String(),
		d.RepealedOn.String(), d.RepealedBy, number(d.Known), d.Tasks, d.Indicators, d.Projects, d.Source, d.ImportedAt,
	}
	var err error
	if d.Revision == 0 {
		_, err = tx.ExecContext(ctx, insertDocument, append([]any{tx.District(), d.Slug, d.ID.String(), d.Ordinal, 1}, fields...)...)
	} else {
		err = sqldb.ExecOne(ctx, tx.Tx, updateDocument, append(fields, tx.District(), d.Slug, d.Revision)...)
	}
	if err != nil {
		return sqldb.Classify(err, "save document %s", d.Slug)
	}
	d.Revision++
	tx.wrote("documents", d.Slug)
	return nil
}

// number is a truth value as the engines keep it.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

const insertVersion = `
insert into document_versions (district, slug, version, content, digest, source, imported_at, event)
values ($1, $2, $3, $4, $5, $6, $7, $8)`

// SaveVersion implements library.Tx.
func (tx *libraryTx) SaveVersion(ctx context.Context, v *library.Version) error {
	content, err := json.Marshal(v.Content)
	if err == nil {
		_, err = tx.ExecContext(ctx, insertVersion,
			tx.District(), v.Slug, v.Version, content, v.Digest, v.Source, v.ImportedAt, v.Event.String())
	}
	if err != nil {
		return sqldb.Classify(err, "save version %d of %s", v.Version, v.Slug)
	}
	tx.wrote("document_versions", v.Slug, v.Version)
	return Enqueue(ctx, tx.Tx, docket.ProposeJob, v.Slug, tx.Now())
}

const (
	linkKeys = `
select seq
from document_links
where district = $1 and slug = $2`
	deleteLinks = `
delete from document_links
where district = $1 and slug = $2`
	insertLink = `
insert into document_links (district, slug, seq, relation, target, number, title, line)
values ($1, $2, $3, $4, $5, $6, $7, $8)`

	itemKeys = `
select scope, seq
from document_items
where district = $1 and slug = $2`
	deleteItems = `
delete from document_items
where district = $1 and slug = $2`
	insertItem = `
insert into document_items (district, slug, scope, seq, anchor, no, section, body, starts, ends, due)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

	partyKeys = `
select scope, seq, place
from item_parties
where district = $1 and slug = $2`
	deleteParties = `
delete from item_parties
where district = $1 and slug = $2`
	insertParty = `
insert into item_parties (district, slug, scope, seq, place, role, unit, name, raw, restriction)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
)

// Replace implements library.Tx.
func (tx *libraryTx) Replace(ctx context.Context, slug string, links []library.Link, items []library.Item) error {
	for _, t := range []struct {
		table, keys, clear string
		parts              int
	}{
		{"document_links", linkKeys, deleteLinks, 1},
		{"item_parties", partyKeys, deleteParties, 3},
		{"document_items", itemKeys, deleteItems, 2},
	} {
		if err := tx.clear(ctx, t.table, t.keys, t.clear, t.parts, slug); err != nil {
			return sqldb.Classify(err, "clear %s of %s", t.table, slug)
		}
	}
	for _, l := range links {
		if _, err := tx.ExecContext(ctx, insertLink, tx.District(), slug, l.Seq, l.Relation, l.To, l.Number, l.Title, l.Line); err != nil {
			return sqldb.Classify(err, "save reference %d of %s", l.Seq, slug)
		}
		tx.wrote("document_links", slug, l.Seq)
	}
	for _, it := range items {
		if _, err := tx.ExecContext(ctx, insertItem, tx.District(), slug, int(it.Scope), it.Seq, it.Anchor, it.No, it.Section, it.Text,
			it.Start.String(), it.End.String(), it.Due); err != nil {
			return sqldb.Classify(err, "save %s of %s", it.Anchor, slug)
		}
		tx.wrote("document_items", slug, int(it.Scope), it.Seq)
		for i, p := range it.Parties {
			if _, err := tx.ExecContext(ctx, insertParty, tx.District(), slug, int(it.Scope), it.Seq, i, p.Role, p.Unit, p.Name, p.Raw, p.Scope); err != nil {
				return sqldb.Classify(err, "save units of %s of %s", it.Anchor, slug)
			}
			tx.wrote("item_parties", slug, int(it.Scope), it.Seq, i)
		}
	}
	return nil
}

// clear deletes the rows of a document from a table and notes their keys.
func (tx *libraryTx) clear(ctx context.Context, table, keys, del string, parts int, slug string) error {
	old, err := sqldb.Collect(ctx, tx.Tx, func(scan func(...any) error) ([]any, error) {
		key := make([]int, parts)
		dest := make([]any, parts)
		for i := range key {
			dest[i] = &key[i]
		}
		err := scan(dest...)
		all := []any{slug}
		for _, k := range key {
			all = append(all, k)
		}
		return all, err
	}, keys, tx.District(), slug)
	if err != nil || len(old) == 0 {
		return err
	}
	for _, key := range old {
		tx.wrote(table, key...)
	}
	_, err = tx.ExecContext(ctx, del, tx.District(), slug)
	return err
}

// Record implements library.Tx.
func (tx *libraryTx) Record(ctx context.Context, actor gov.Actor, e library.Event) error {
	_, err := ledgerdb.Record(ctx, tx.Tx, ledgerdb.Act{
		ID: e.ID, Kind: e.Kind, Object: e.Object, Actor: actor, Facts: e.Facts, Rows: tx.written,
	})
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", e.Kind, e.Object, err)
	}
	tx.written = nil
	return nil
}
