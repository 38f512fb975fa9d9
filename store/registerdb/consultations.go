package registerdb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"quanxiang/gov"
	"quanxiang/registers"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

var consultationTables = []sqldb.Table{
	sqldb.NewTable("register_consultations", sqldb.Recorded, 2, "district text, id text, version int, register text, key text, name text, receive text, day text, unit text, person text, purpose text, note text, at int, class text, effect text, outcome text, why text, told int, body bytes"),
	sqldb.NewTable("register_consulted", sqldb.Recorded, 3, "district text, consultation text, measure text, effect text"),
}

const (
	consultationColumns = `id, version, register, key, name, receive, day, unit, person, purpose, note, at, class, outcome, why, told, body`

	consultationByID = `
select ` + consultationColumns + `
from register_consultations
where district = $1 and id = $2`
	listConsultations = `
select ` + consultationColumns + `
from register_consultations
where district = $1 and register = $2 and ($3 = '' or id < $3) and ($4 = '' or key = $4) and ($5 = '' or unit = $5) and ($6 = 0 or outcome = '' and effect <> '')
order by id desc
limit $7`
	countConsultations = `
select c.unit, coalesce(m.measure, ''), c.outcome, count(*)
from register_consultations c
left join register_consulted m on m.district = c.district and m.consultation = c.id
where c.district = $1 and c.register = $2 and c.at >= $3 and c.at < $4
group by c.unit, coalesce(m.measure, ''), c.outcome
order by 1, 2, 3`
	insertConsultation = `
insert into register_consultations (district, id, version, register, key, name, receive, day, unit, person, purpose, note, at, class, effect, outcome, why, told, body)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`
	insertConsulted = `
insert into register_consulted (district, consultation, measure, effect)
values ($1, $2, $3, $4)`
	updateOutcome = `
update register_consultations
set version = $1, outcome = $2, why = $3, told = $4
where district = $5 and id = $6 and version = $7`
)

func scanConsultation(scan func(...any) error) (c registers.Consultation, err error) {
	var id, person string
	var body []byte
	if err := scan(&id, &c.Version, &c.Register, &c.Key, &c.Name, &c.Receive, &c.On, &c.Unit, &person, &c.Purpose, &c.Note, &c.At, &c.Class, &c.Outcome, &c.Why, &c.Told, &body); err != nil {
		return c, err
	}
	if c.ID, err = gov.ParseID(id); err == nil {
		c.Person, err = gov.ParseID(person)
	}
	if err == nil {
		err = json.Unmarshal(body, &c.Answer)
	}
	if err != nil {
		err = fmt.Errorf("consultation %q: %w", id, err)
	}
	return c, err
}

// Consultation implements registers.Store.
func (s *Registers) Consultation(ctx context.Context, id gov.ID) (c registers.Consultation, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		c, err = (&tx{Tx: t}).ConsultationOf(ctx, id)
		return err
	})
	return c, err
}

// ConsultationOf implements registers.Tx.
func (t *tx) ConsultationOf(ctx context.Context, id gov.ID) (registers.Consultation, error) {
	c, err := scanConsultation(t.QueryRowContext(ctx, consultationByID, t.District(), id.String()).Scan)
	return c, sqldb.Classify(err, "consultation %s", id)
}

// Consultations implements registers.Store.
func (s *Registers) Consultations(ctx context.Context, q registers.ConsultQuery, after string, limit int) (list []registers.Consultation, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanConsultation, listConsultations, t.District(), q.Register, after, q.Key, q.Unit, number(q.Open), limit)
		return err
	})
	return list, sqldb.Classify(err, "consultations of %s", q.Register)
}

// Counts implements registers.Store.
func (s *Registers) Counts(ctx context.Context, register string, from, until time.Time) (list []registers.Count, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (c registers.Count, err error) {
			return c, scan(&c.Unit, &c.Measure, &c.Outcome, &c.N)
		}, countConsultations, t.District(), register, from.UnixMilli(), until.UnixMilli())
		return err
	})
	return list, sqldb.Classify(err, "count consultations of %s", register)
}

// AddConsultation implements registers.Tx.
func (t *tx) AddConsultation(ctx context.Context, c registers.Consultation) error {
	body, err := json.Marshal(c.Answer)
	if err != nil {
		return err
	}
	row := []any{c.ID.String(), c.Version, c.Register, c.Key, c.Name, c.Receive, c.On, c.Unit, c.Person.String(), c.Purpose, c.Note, c.At, c.Class,
		string(c.Answer.Effect), string(c.Outcome), c.Why, c.Told, body}
	t.wrote = append(t.wrote, ledgerdb.Written("register_consultations", 1, row...).New())
	if err := t.LaterRows(ctx, insertConsultation, row); err != nil {
		return err
	}
	var met [][]any
	seen := map[string]bool{}
	for _, r := range c.Answer.Reasons {
		if seen[r.Measure] {
			continue
		}
		seen[r.Measure] = true
		row := []any{c.ID.String(), r.Measure, string(r.Effect)}
		t.wrote = append(t.wrote, ledgerdb.Written("register_consulted", 2, row...).New())
		met = append(met, row)
	}
	return t.LaterRows(ctx, insertConsulted, met...)
}

// SaveOutcome implements registers.Tx.
func (t *tx) SaveOutcome(ctx context.Context, c registers.Consultation) error {
	t.wrote = append(t.wrote, ledgerdb.RowOf("register_consultations", c.ID.String()))
	return t.LaterOne(ctx, updateOutcome, c.Version, string(c.Outcome), c.Why, c.Told, t.District(), c.ID.String(), c.Version-1)
}
