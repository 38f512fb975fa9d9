package registerdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"quanxiang/gov"
	"quanxiang/registers"
	"quanxiang/store/jobdb"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// tx is a transaction and the rows it wrote since its last act.
type tx struct {
	*sqldb.Tx
	wrote []ledgerdb.RowRef
}

var _ registers.Tx = (*tx)(nil)

const (
	insertEntry = `
insert into register_entries (district, register, key, version, unit, name, aliases, facet, area, since, until, doubt, at, body)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	updateEntry = `
update register_entries
set version = $1, unit = $2, name = $3, aliases = $4, facet = $5, area = $6, since = $7, until = $8, doubt = $9, at = $10, body = $11
where district = $12 and register = $13 and key = $14 and version = $15`
	insertRecord = `
insert into register_records (district, register, kind, unit, key, version, subject, happened, until, at, basis, withdrawn, note, body)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	updateRecord = `
update register_records
set version = $1, subject = $2, happened = $3, until = $4, at = $5, basis = $6, withdrawn = $7, note = $8, body = $9
where district = $10 and register = $11 and kind = $12 and unit = $13 and key = $14 and version = $15`
	insertPast = `
insert into register_past (district, object, key, version, ended, body)
values ($1, $2, $3, $4, $5, $6)`
	insertGrade = `
insert into register_grades (district, register, key, version, class, points, at, body)
values ($1, $2, $3, $4, $5, $6, $7, $8)`
	updateGrade = `
update register_grades
set version = $1, class = $2, points = $3, at = $4, body = $5
where district = $6 and register = $7 and key = $8 and version = $9`
	insertLook = `
insert into register_looks (district, id, person, register, key, purpose, note, at)
values ($1, $2, $3, $4, $5, $6, $7, $8)`
)

// EntriesOf implements registers.Tx.
func (t *tx) EntriesOf(ctx context.Context, list []registers.Entry) (map[string]registers.Entry, error) {
	out := map[string]registers.Entry{}
	for _, e := range list {
		err := t.Ask(ctx, func(scan func(...any) error) error {
			e, err := scanEntry(scan)
			out[e.Key] = e
			return err
		}, entryByKey, t.District(), e.Register, e.Key)
		if err != nil {
			return nil, err
		}
	}
	return out, t.Answers(ctx)
}

// RecordsOf implements registers.Tx.
func (t *tx) RecordsOf(ctx context.Context, list []registers.Record) (map[string]registers.Record, error) {
	out := map[string]registers.Record{}
	for _, r := range list {
		err := t.Ask(ctx, func(scan func(...any) error) error {
			r, err := scanRecord(scan)
			out[r.Ref()] = r
			return err
		}, recordByKey, t.District(), r.Register, r.Kind, r.Unit, r.Key)
		if err != nil {
			return nil, err
		}
	}
	return out, t.Answers(ctx)
}

// GradeOf implements registers.Tx.
func (t *tx) GradeOf(ctx context.Context, register, key string) (g registers.Grade, ok bool, err error) {
	g, err = scanGrade(t.QueryRowContext(ctx, gradeOf, t.District(), register, key).Scan, register, key)
	if errors.Is(err, sql.ErrNoRows) {
		return g, false, nil
	}
	return g, err == nil, sqldb.Classify(err, "the class of %s", key)
}

// number is how the database keeps a truth value.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// keep writes what something was before it changes.
func (t *tx) keep(ctx context.Context, object, key string, version int, was any) error {
	body, err := json.Marshal(was)
	if err != nil {
		return err
	}
	row := []any{object, key, version, t.Now().UnixMilli(), body}
	t.wrote = append(t.wrote, ledgerdb.Written("register_past", 3, row...).New())
	return t.LaterRows(ctx, insertPast, row)
}

// PutEntries implements registers.Tx.
func (t *tx) PutEntries(ctx context.Context, list []registers.Change[registers.Entry]) error {
	var fresh [][]any
	for _, c := range list {
		e := c.New
		body, err := e.Values.Encode()
		if err != nil {
			return err
		}
		row := []any{e.Register, e.Key, e.Version, e.Unit, e.Name, strings.Join(e.Aliases, "\n"), e.Facet, e.Area, e.Since, e.Until, number(e.Doubt), e.At, body}
		ref := ledgerdb.Written("register_entries", 2, row...)
		if c.Old == nil {
			fresh = append(fresh, row)
			t.wrote = append(t.wrote, ref.New())
			continue
		}
		t.wrote = append(t.wrote, ref)
		if err := t.keep(ctx, entryObject(e.Register), e.Key, c.Old.Version, c.Old); err != nil {
			return err
		}
		if err := t.LaterOne(ctx, updateEntry, e.Version, e.Unit, e.Name, strings.Join(e.Aliases, "\n"), e.Facet, e.Area, e.Since, e.Until, number(e.Doubt), e.At, body,
			t.District(), e.Register, e.Key, c.Old.Version); err != nil {
			return err
		}
	}
	if err := t.LaterRows(ctx, insertEntry, fresh...); err != nil {
		return err
	}
	return t.index(ctx, list)
}

// PutRecords implements registers.Tx.
func (t *tx) PutRecords(ctx context.Context, list []registers.Change[registers.Record]) error {
	var fresh [][]any
	for _, c := range list {
		r := c.New
		body, err := r.Values.Encode()
		if err != nil {
			return err
		}
		row := []any{r.Register, r.Kind, r.Unit, r.Key, r.Version, r.Subject, r.On, r.Until, r.At, r.Basis, number(r.Withdrawn), r.Note, body}
		ref := ledgerdb.Written("register_records", 4, row...)
		if c.Old == nil {
			fresh = append(fresh, row)
			t.wrote = append(t.wrote, ref.New())
			continue
		}
		t.wrote = append(t.wrote, ref)
		if err := t.keep(ctx, recordObject(r), r.Key, c.Old.Version, c.Old); err != nil {
			return err
		}
		if err := t.LaterOne(ctx, updateRecord, r.Version, r.Subject, r.On, r.Until, r.At, r.Basis, number(r.Withdrawn), r.Note, body,
			t.District(), r.Register, r.Kind, r.Unit, r.Key, c.Old.Version); err != nil {
			return err
		}
	}
	return t.LaterRows(ctx, insertRecord, fresh...)
}

// PutGrade implements registers.Tx.
func (t *tx) PutGrade(ctx context.Context, c registers.Change[registers.Grade]) error {
	g := c.New
	body, err := registers.EncodeGrade(g)
	if err != nil {
		return err
	}
	row := []any{g.Register, g.Key, g.Version, g.Class, g.Points, g.At, body}
	ref := ledgerdb.Written("register_grades", 2, row...)
	if c.Old == nil {
		t.wrote = append(t.wrote, ref.New())
		return t.LaterRows(ctx, insertGrade, row)
	}
	t.wrote = append(t.wrote, ref)
	if err := t.keep(ctx, gradeObject(g.Register), g.Key, c.Old.Version, c.Old); err != nil {
		return err
	}
	return t.LaterOne(ctx, updateGrade, g.Version, g.Class, g.Points, g.At, body, t.District(), g.Register, g.Key, c.Old.Version)
}

// AddLook implements registers.Tx.
func (t *tx) AddLook(ctx context.Context, l registers.Look) error {
	row := []any{l.ID.String(), l.Person.String(), l.Register, l.Key, l.Purpose, l.Note, l.At}
	t.wrote = append(t.wrote, ledgerdb.Written("register_looks", 1, row...).New())
	return t.LaterRows(ctx, insertLook, row)
}

// Enqueue implements registers.Tx.
func (t *tx) Enqueue(ctx context.Context, kind, key string) error {
	return jobdb.Enqueue(ctx, t.Tx, kind, key, t.Now())
}

// Act implements registers.Tx.
func (t *tx) Act(ctx context.Context, a registers.Act) error {
	_, err := ledgerdb.Record(ctx, t.Tx, ledgerdb.Act{ID: a.ID, Kind: a.Kind, Object: a.Object, Actor: a.Actor, Facts: a.Facts, Rows: t.wrote})
	t.wrote = nil
	return err
}

// actorOf reads an actor as imports keep it.
func actorOf(body []byte) (a gov.Actor, err error) { return a, json.Unmarshal(body, &a) }
