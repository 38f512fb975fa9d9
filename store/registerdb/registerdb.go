package registerdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/registers"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of registers.
var Tables = append([]sqldb.Table{
	sqldb.NewTable("register_entries", sqldb.Recorded, 3, "district text, register text, key text, version int, unit text, name text, aliases text, facet text, area text, since text, until text, doubt int, at int, body bytes"),
	sqldb.NewTable("register_records", sqldb.Recorded, 5, "district text, register text, kind text, unit text, key text, version int, subject text, happened text, until text, at int, basis text, withdrawn int, note text, body bytes"),
	sqldb.NewTable("register_past", sqldb.Recorded, 4, "district text, object text, key text, version int, ended int, body bytes"),
	sqldb.NewTable("register_grades", sqldb.Recorded, 3, "district text, register text, key text, version int, class text, points int, at int, body bytes"),
	sqldb.NewTable("register_looks", sqldb.Recorded, 2, "district text, id text, person text, register text, key text, purpose text, note text, at int"),
	sqldb.NewTable("register_sources", sqldb.Recorded, 6, "district text, case_id text, register text, kind text, unit text, key text, subject text, number text, procedure text, how text, version int, at int"),
	sqldb.NewTable("register_terms", sqldb.Derived, 4, "district text, register text, term text, key text"),
	sqldb.NewTable("register_imports", sqldb.Evidence, 2, "district text, id text, register text, kind text, unit text, actor bytes, file file, name text, size int, at int, phase text, good_only int, checked int, pos int, line int, total int, good int, bad int, added int, changed int, same int, ended int, failure_zh text, failure_en text, version int"),
	sqldb.NewTable("register_rejects", sqldb.Passing, 4, "district text, import text, line int, n int, field text, zh text, en text, typed text"),
}, consultationTables...)

// Registers are the registers of one district in the database.
type Registers struct {
	db       *sqldb.DB
	district gov.District
}

var _ registers.Store = (*Registers)(nil)

// New returns the registers of a district.
func New(db *sqldb.DB, d gov.District) *Registers { return &Registers{db, d} }

const (
	entryColumns  = `e.register, e.key, e.version, e.unit, e.name, e.aliases, e.facet, e.area, e.since, e.until, e.doubt, e.at, e.body`
	recordColumns = `register, kind, unit, key, version, subject, happened, until, at, basis, withdrawn, note, body`

	entryByKey = `
select ` + entryColumns + `
from register_entries e
where e.district = $1 and e.register = $2 and e.key = $3`
	listEntries = `
select ` + entryColumns + `, coalesce(g.class, '')
from register_entries e
left join register_grades g on g.district = e.district and g.register = e.register and g.key = e.key
where e.district = $1 and e.register = $2 and e.key > $3 and ($4 = '' or e.facet = $4) and ($5 = '' or e.area = $5)
order by e.key
limit $6`
	listGraded = `
select ` + entryColumns + `, g.class
from register_grades g
join register_entries e on e.district = g.district and e.register = g.register and e.key = g.key
where g.district = $1 and g.register = $2 and g.class = $3 and g.key > $4 and ($5 = '' or e.facet = $5) and ($6 = '' or e.area = $6)
order by g.key
limit $7`
	countEntries = `
select count(*)
from register_entries
where district = $1 and register = $2`
	recordsOf = `
select ` + recordColumns + `
from register_records
where district = $1 and register = $2 and subject = $3
order by happened desc, kind desc, unit desc, key desc
limit $4`
	recordByKey = `
select ` + recordColumns + `
from register_records
where district = $1 and register = $2 and kind = $3 and unit = $4 and key = $5`
	pastOf = `
select version, ended, body
from register_past
where district = $1 and object = $2 and key = $3
order by version desc
limit $4`
	gradeOf = `
select version, at, body
from register_grades
where district = $1 and register = $2 and key = $3`
	lookByID = `
select id, person, register, key, purpose, note, at
from register_looks
where district = $1 and id = $2`
	looksAt = `
select id, person, register, key, purpose, note, at
from register_looks
where district = $1 and register = $2 and key = $3
order by at desc, id
limit $4`
	allLooks = `
select id, person, register, key, purpose, note, at
from register_looks
where district = $1 and at >= $2 and at < $3 and ($4 = '' or register = $4) and ($5 = '' or person = $5) and ($6 = '' or key = $6) and ($7 = '' or purpose = $7)
  and ($8 = '' or id < $8)
order by id desc
limit $9`
)

// Entry implements registers.Store.
func (s *Registers) Entry(ctx context.Context, register, key string) (e registers.Entry, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		e, err = scanEntry(t.QueryRowContext(ctx, entryByKey, t.District(), register, key).Scan)
		return err
	})
	return e, sqldb.Classify(err, "entry %s of register %s", key, register)
}

func (s *Registers) read(ctx context.Context, fn func(t *sqldb.Tx) error) error {
	return s.db.Read(ctx, s.district, fn)
}

func scanEntry(scan func(...any) error, also ...any) (e registers.Entry, err error) {
	var doubt int
	var aliases string
	var body []byte
	if err := scan(append([]any{&e.Register, &e.Key, &e.Version, &e.Unit, &e.Name, &aliases, &e.Facet, &e.Area, &e.Since, &e.Until, &doubt, &e.At, &body}, also...)...); err != nil {
		return e, err
	}
	e.Doubt = doubt != 0
	if aliases != "" {
		e.Aliases = strings.Split(aliases, "\n")
	}
	return e, json.Unmarshal(body, &e.Values)
}

func scanListed(scan func(...any) error) (l registers.Listed, err error) {
	l.Entry, err = scanEntry(scan, &l.Class)
	return l, err
}

func scanRecord(scan func(...any) error) (r registers.Record, err error) {
	var withdrawn int
	var body []byte
	if err := scan(&r.Register, &r.Kind, &r.Unit, &r.Key, &r.Version, &r.Subject, &r.On, &r.Until, &r.At, &r.Basis, &withdrawn, &r.Note, &body); err != nil {
		return r, err
	}
	r.Withdrawn = withdrawn != 0
	return r, json.Unmarshal(body, &r.Values)
}

// Entries implements registers.Store.
func (s *Registers) Entries(ctx context.Context, q registers.Query, after string, limit int) (list []registers.Listed, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		switch {
		case q.Words != "":
			list, err = search(ctx, t, q, after, limit)
		case q.Class != "":
			list, err = sqldb.Collect(ctx, t, scanListed, listGraded, t.District(), q.Register, q.Class, after, q.Facet, q.Area, limit)
		default:
			list, err = sqldb.Collect(ctx, t, scanListed, listEntries, t.District(), q.Register, after, q.Facet, q.Area, limit)
		}
		return err
	})
	return list, sqldb.Classify(err, "list register %s", q.Register)
}

// Count implements registers.Store.
func (s *Registers) Count(ctx context.Context, register string) (n int, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		return t.QueryRowContext(ctx, countEntries, t.District(), register).Scan(&n)
	})
	return n, sqldb.Classify(err, "count register %s", register)
}

// Records implements registers.Store.
func (s *Registers) Records(ctx context.Context, register, key string, limit int) (list []registers.Record, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanRecord, recordsOf, t.District(), register, key, limit)
		return err
	})
	return list, sqldb.Classify(err, "records about %s", key)
}

// Record implements registers.Store.
func (s *Registers) Record(ctx context.Context, register, kind, unit, key string) (r registers.Record, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		r, err = scanRecord(t.QueryRowContext(ctx, recordByKey, t.District(), register, kind, unit, key).Scan)
		return err
	})
	return r, sqldb.Classify(err, "record %s of %s", key, kind)
}

// The objects of past versions.
func entryObject(register string) string { return "entry/" + register }
func gradeObject(register string) string { return "grade/" + register }
func recordObject(r registers.Record) string {
	return "record/" + r.Register + "/" + r.Kind + "/" + r.Unit
}

// PastEntries implements registers.Store.
func (s *Registers) PastEntries(ctx context.Context, register, key string, limit int) ([]registers.Past, error) {
	return s.past(ctx, entryObject(register), key, limit, func(body []byte, p *registers.Past) error {
		p.Entry = &registers.Entry{}
		return json.Unmarshal(body, p.Entry)
	})
}

// PastRecords implements registers.Store.
func (s *Registers) PastRecords(ctx context.Context, r registers.Record, limit int) ([]registers.Past, error) {
	return s.past(ctx, recordObject(r), r.Key, limit, func(body []byte, p *registers.Past) error {
		p.Record = &registers.Record{}
		return json.Unmarshal(body, p.Record)
	})
}

// PastGrades implements registers.Store.
func (s *Registers) PastGrades(ctx context.Context, register, key string, limit int) ([]registers.Past, error) {
	return s.past(ctx, gradeObject(register), key, limit, func(body []byte, p *registers.Past) error {
		p.Grade = &registers.Grade{}
		return json.Unmarshal(body, p.Grade)
	})
}

func (s *Registers) past(ctx context.Context, object, key string, limit int, into func(body []byte, p *registers.Past) error) (list []registers.Past, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (p registers.Past, err error) {
			var body []byte
			if err := scan(&p.Version, &p.Ended, &body); err != nil {
				return p, err
			}
			return p, into(body, &p)
		}, pastOf, t.District(), object, key, limit)
		return err
	})
	return list, sqldb.Classify(err, "earlier versions of %s %s", object, key)
}

// Grade implements registers.Store.
func (s *Registers) Grade(ctx context.Context, register, key string) (g registers.Grade, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		g, err = scanGrade(t.QueryRowContext(ctx, gradeOf, t.District(), register, key).Scan, register, key)
		return err
	})
	return g, sqldb.Classify(err, "the class of %s", key)
}

func scanGrade(scan func(...any) error, register, key string) (registers.Grade, error) {
	g := registers.Grade{Register: register, Key: key}
	var body []byte
	if err := scan(&g.Version, &g.At, &body); err != nil {
		return g, err
	}
	return g, registers.DecodeGrade(body, &g)
}

func scanLook(scan func(...any) error) (l registers.Look, err error) {
	var id, person string
	if err := scan(&id, &person, &l.Register, &l.Key, &l.Purpose, &l.Note, &l.At); err != nil {
		return l, err
	}
	if l.ID, err = gov.ParseID(id); err == nil {
		l.Person, err = gov.ParseID(person)
	}
	if err != nil {
		err = fmt.Errorf("look %q: %w", id, err)
	}
	return l, err
}

// Look implements registers.Store.
func (s *Registers) Look(ctx context.Context, id gov.ID) (l registers.Look, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		l, err = scanLook(t.QueryRowContext(ctx, lookByID, t.District(), id.String()).Scan)
		return err
	})
	return l, sqldb.Classify(err, "look %s", id)
}

// Looks implements registers.Store.
func (s *Registers) Looks(ctx context.Context, register, key string, limit int) (list []registers.Look, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanLook, looksAt, t.District(), register, key, limit)
		return err
	})
	return list, sqldb.Classify(err, "looks at %s", key)
}

// AllLooks implements registers.Store.
func (s *Registers) AllLooks(ctx context.Context, q registers.LookQuery, after string, limit int) (list []registers.Look, err error) {
	person := ""
	if !q.Person.IsZero() {
		person = q.Person.String()
	}
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanLook, allLooks, t.District(), q.From, q.Until, q.Register, person, q.Key, q.Purpose, after, limit)
		return err
	})
	return list, sqldb.Classify(err, "looks at registers")
}

// Update implements registers.Store.
func (s *Registers) Update(ctx context.Context, fn func(ctx context.Context, tx registers.Tx) error) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error { return fn(ctx, &tx{Tx: t}) })
}

// Sweep implements registers.Store.
func (s *Registers) Sweep(ctx context.Context, before time.Time) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		if _, err := t.ExecContext(ctx, sweepRejects, t.District(), before.UnixMilli()); err != nil {
			return sqldb.Classify(err, "forget imports")
		}
		_, err := t.ExecContext(ctx, sweepImports, t.District(), before.UnixMilli())
		return sqldb.Classify(err, "forget imports")
	})
}
