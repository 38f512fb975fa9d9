// Package applydb keeps what organisations state in applications for support, version
// by version, and decisions with all they were computed from; see package apply. What is
// stated is sealed: it is of people and businesses.
package applydb

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/people"
	"quanxiang/privacy"
	"quanxiang/store/sealdb"
	"quanxiang/store/sqldb"
	"quanxiang/support/apply"
)

// Tables lists the tables of applications.
var Tables = []sqldb.Table{
	sqldb.NewTable("applications", sqldb.Recorded, 2, "district text, id text, version int, code text, year int, touched int"),
	sqldb.NewTable("application_versions", sqldb.Recorded, 3, "district text, application text, version int, at int, act text, person text, fact text, body bytes"),
	sqldb.NewTable("decisions", sqldb.Recorded, 2, `district text, id text, case_id text, number text, code text, year int, at int, person text, pack text, rules text,
		inputs bytes, result bytes, salt bytes, digest text`),
}

// Applications keeps those of one district.
type Applications struct {
	db       *sqldb.DB
	district gov.District
	keys     *privacy.Keyring
}

var _ apply.Store = (*Applications)(nil)

// New returns the applications of a district, sealed with keys.
func New(db *sqldb.DB, d gov.District, keys *privacy.Keyring) *Applications {
	return &Applications{db, d, keys}
}

const (
	newestVersion = `
select v.version, v.at, v.act, v.person, v.fact, v.body
from applications a
join application_versions v on v.district = a.district and v.application = a.id and v.version = a.version
where a.district = $1 and a.id = $2`
	allVersions = `
select version, at, act, person, fact, body
from application_versions
where district = $1 and application = $2
order by version`
	ofCode = `
select id
from applications
where district = $1 and code = $2 and id < $3
order by id desc
limit $4`
	insertApplication = `
insert into applications (district, id, version, code, year, touched)
values ($1, $2, $3, $4, $5, $6)`
	updateApplication = `
update applications
set version = $1, touched = $2
where district = $3 and id = $4 and version = $5`
	insertVersion = `
insert into application_versions (district, application, version, at, act, person, fact, body)
values ($1, $2, $3, $4, $5, $6, $7, $8)`
	decisionColumns = `
select id, case_id, number, code, year, at, person, pack, rules, inputs, result, salt, digest
from decisions
where district = $1`
	decisionByID   = decisionColumns + ` and id = $2`
	decisionByCase = decisionColumns + ` and case_id = $2
order by id desc
limit 1`
	insertDecision = `
insert into decisions (district, id, case_id, number, code, year, at, person, pack, rules, inputs, result, salt, digest)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
)

// body is what is sealed of a version.
type body struct {
	Claim apply.Claim `json:"claim"`
	Why   string      `json:"why,omitempty"`
}

// versionKey names the row of a version for its seal.
func versionKey(id gov.ID, version int64) string {
	return ledger.RowKey(id.String(), strconv.FormatInt(version, 10))
}

func (s *Applications) read(ctx context.Context, fn func(*sealdb.Tx) error) error {
	return s.db.Read(ctx, s.district, func(t *sqldb.Tx) error { return fn(sealdb.New(t, s.keys)) })
}

func (s *Applications) write(ctx context.Context, fn func(*sealdb.Tx) error) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error { return fn(sealdb.New(t, s.keys)) })
}

// scanVersion reads a version of an application.
func scanVersion(t *sealdb.Tx, id gov.ID, scan func(...any) error) (c apply.Change, err error) {
	var version int64
	var sealed []byte
	if err := scan(&version, &c.At, &c.Act, &c.By, &c.Fact, &sealed); err != nil {
		return c, err
	}
	plain, err := t.Open("application_versions", "body", versionKey(id, version), sealed)
	if err != nil {
		return c, err
	}
	var b body
	if err := json.Unmarshal(plain, &b); err != nil {
		return c, err
	}
	c.Claim, c.Why = b.Claim, b.Why
	c.Claim.ID, c.Claim.Version = id, version
	c.Actor = gov.Actor{Kind: gov.ApplicantActor}
	if c.By != "" {
		c.Actor = gov.Actor{Kind: gov.StaffActor, Name: c.By}
	}
	return c, nil
}

// Claim implements apply.Store.
func (s *Applications) Claim(ctx context.Context, id gov.ID) (c apply.Claim, err error) {
	err = s.read(ctx, func(t *sealdb.Tx) error {
		ch, err := scanVersion(t, id, t.QueryRowContext(ctx, newestVersion, s.district, id.String()).Scan)
		c = ch.Claim
		return err
	})
	return c, sqldb.Classify(err, "application %s", id)
}

// History implements apply.Store.
func (s *Applications) History(ctx context.Context, id gov.ID) (list []apply.Change, err error) {
	err = s.read(ctx, func(t *sealdb.Tx) error {
		list, err = sqldb.Collect(ctx, t.Tx, func(scan func(...any) error) (apply.Change, error) { return scanVersion(t, id, scan) }, allVersions, s.district, id.String())
		return err
	})
	return list, sqldb.Classify(err, "versions of application %s", id)
}

// last is behind every id.
const last = "~"

// Of implements apply.Store.
func (s *Applications) Of(ctx context.Context, code string, p gov.Page) (list []gov.ID, err error) {
	after := p.After
	if after == "" {
		after = last
	}
	err = s.read(ctx, func(t *sealdb.Tx) error {
		list, err = sqldb.Collect(ctx, t.Tx, func(scan func(...any) error) (id gov.ID, err error) {
			var text string
			if err := scan(&text); err != nil {
				return id, err
			}
			return gov.ParseID(text)
		}, ofCode, s.district, code, after, p.Limit)
		return err
	})
	return list, sqldb.Classify(err, "applications of an organisation")
}

// Save implements apply.Store.
func (s *Applications) Save(ctx context.Context, ch apply.Change) error {
	c := ch.Claim
	plain, err := json.Marshal(body{c, ch.Why})
	if err != nil {
		return err
	}
	id := c.ID.String()
	return s.write(ctx, func(t *sealdb.Tx) error {
		if c.Version == 1 {
			_, err = t.ExecContext(ctx, insertApplication, t.District(), id, 1, c.Code, c.Year, ch.At)
		} else {
			err = sqldb.ExecOne(ctx, t.Tx, updateApplication, c.Version, ch.At, t.District(), id, c.Version-1)
		}
		if err != nil {
			return sqldb.Classify(err, "save application %s", id)
		}
		t.Wrote("applications", id)
		sealed := t.Seal("application_versions", "body", versionKey(c.ID, c.Version), plain)
		if _, err := t.ExecContext(ctx, insertVersion, t.District(), id, c.Version, ch.At, ch.Act, ch.By, ch.Fact, sealed); err != nil {
			return sqldb.Classify(err, "version %d of application %s", c.Version, id)
		}
		t.Wrote("application_versions", id, c.Version)
		return t.Record(ctx, ch.Actor, people.Event{ID: gov.NewID(t.Now()), Kind: "application." + ch.Act, Object: object(c.ID)})
	})
}

func object(id gov.ID) string { return "case:" + id.String() }

// Decide implements apply.Store.
func (s *Applications) Decide(ctx context.Context, d apply.Decision, actor gov.Actor) error {
	id := d.ID.String()
	return s.write(ctx, func(t *sealdb.Tx) error {
		seal := func(column string, b []byte) []byte { return t.Seal("decisions", column, id, b) }
		_, err := t.ExecContext(ctx, insertDecision, t.District(), id, d.Case.String(), d.Number, d.Code, d.Year, d.At, d.By, d.Pack, d.Rules,
			seal("inputs", d.Inputs), seal("result", d.Result), seal("salt", d.Salt), d.Digest)
		if err != nil {
			return sqldb.Classify(err, "decision on %s", d.Number)
		}
		t.Wrote("decisions", id)
		return t.Record(ctx, actor, people.Event{ID: d.ID, Kind: "application.decided", Object: object(d.Case),
			Facts: map[string]string{"decision": id, "digest": d.Digest, "pack": d.Pack, "rules": d.Rules}})
	})
}

func (s *Applications) decision(ctx context.Context, query string, key gov.ID) (d apply.Decision, err error) {
	err = s.read(ctx, func(t *sealdb.Tx) error {
		var id, of string
		var sealed [3][]byte
		err := t.QueryRowContext(ctx, query, s.district, key.String()).Scan(&id, &of, &d.Number, &d.Code, &d.Year, &d.At, &d.By, &d.Pack, &d.Rules,
			&sealed[0], &sealed[1], &sealed[2], &d.Digest)
		if err != nil {
			return err
		}
		for i, x := range []struct {
			column string
			into   *[]byte
		}{{"inputs", &d.Inputs}, {"result", &d.Result}, {"salt", &d.Salt}} {
			if *x.into, err = t.Open("decisions", x.column, id, sealed[i]); err != nil {
				return err
			}
		}
		var bad error
		d.ID, err = gov.ParseID(id)
		d.Case, bad = gov.ParseID(of)
		return errors.Join(err, bad)
	})
	return d, sqldb.Classify(err, "decision %s", key)
}

// Decision implements apply.Store.
func (s *Applications) Decision(ctx context.Context, id gov.ID) (apply.Decision, error) {
	return s.decision(ctx, decisionByID, id)
}

// DecisionOf implements apply.Store.
func (s *Applications) DecisionOf(ctx context.Context, id gov.ID) (apply.Decision, error) {
	return s.decision(ctx, decisionByCase, id)
}
