package ceremonydb

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/ledger"
	"quanxiang/privacy"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of draws.
var Tables = []sqldb.Table{
	sqldb.NewTable("draws", sqldb.Recorded, 2, "district text, id text, number text, version int, state bytes, records int, head text, stage text, attempt int, voids int, aborted int, uses int, touched int"),
	sqldb.NewTable("draw_lines", sqldb.Recorded, 3, "district text, draw text, seq int, type text, at int, head text, signers text, line bytes"),
	sqldb.NewTable("draw_elements", sqldb.Recorded, 4, "district text, draw text, use_no int, holder int, sealed bytes"),
	sqldb.NewTable("draw_keys", sqldb.Recorded, 2, "district text, person text, public bytes, params text, sealed bytes, at int"),
	sqldb.NewTable("draw_visits", sqldb.Recorded, 3, "district text, draw text, case_id text, version int, uid text, stage text, team text"),
}

// Draws are the draws of one district.
type Draws struct {
	db       *sqldb.DB
	district gov.District
	keys     *privacy.Keyring
}

var _ ceremony.Store = (*Draws)(nil)

// New returns the draws of a district; keys seal what holders gave.
func New(db *sqldb.DB, d gov.District, keys *privacy.Keyring) *Draws { return &Draws{db, d, keys} }

const (
	drawColumns = `
select id, number, version, state, records, head, stage, attempt, voids, aborted, uses, touched
from draws
where district = $1`
	allDraws = drawColumns + `
order by id desc`
	oneDraw = drawColumns + ` and id = $2`
	byName  = drawColumns + ` and number = $2`
	linesOf = `
select seq, type, at, head, signers, line
from draw_lines
where district = $1 and draw = $2
order by seq`
	recordsOf = `
select seq, type, at, head, signers
from draw_lines
where district = $1 and draw = $2
order by seq desc
limit $3`
	elementsOf = `
select use_no, holder, sealed
from draw_elements
where district = $1 and draw = $2
order by use_no, holder`
	visitsOf = `
select case_id, version, uid, stage, team
from draw_visits
where district = $1 and draw = $2
order by uid, case_id`
	visitsAt = `
select case_id, version, uid, stage, team
from draw_visits
where district = $1 and draw = $2 and stage = $3
order by case_id
limit $4 offset $5`
	countVisits = `
select stage, count(*)
from draw_visits
where district = $1 and draw = $2
group by stage`
	keyOf = `
select public, params, sealed, at
from draw_keys
where district = $1 and person = $2`
)

func scanDraw(scan func(...any) error) (c ceremony.Ceremony, err error) {
	var id, stage string
	var state []byte
	if err := scan(&id, &c.Number, &c.Version, &state, &c.Records, &c.Head, &stage, &c.Attempt, &c.Voids, &c.Aborted, &c.Uses, &c.Touched); err != nil {
		return c, err
	}
	c.Stage = draw.Stage(stage)
	if c.ID, err = gov.ParseID(id); err != nil {
		return c, err
	}
	return c, json.Unmarshal(state, &c.State)
}

// Ceremonies implements ceremony.Store.
func (s *Draws) Ceremonies(ctx context.Context) (list []ceremony.Ceremony, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanDraw, allDraws, s.district)
		return err
	})
	return list, sqldb.Classify(err, "list draws")
}

func (s *Draws) one(ctx context.Context, query, key string) (c ceremony.Ceremony, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		c, err = scanDraw(t.QueryRowContext(ctx, query, s.district, key).Scan)
		return err
	})
	return c, sqldb.Classify(err, "draw %s", key)
}

// Ceremony implements ceremony.Store.
func (s *Draws) Ceremony(ctx context.Context, id gov.ID) (ceremony.Ceremony, error) {
	return s.one(ctx, oneDraw, id.String())
}

// ByNumber implements ceremony.Store.
func (s *Draws) ByNumber(ctx context.Context, number string) (ceremony.Ceremony, error) {
	return s.one(ctx, byName, number)
}

// Lines implements ceremony.Store.
func (s *Draws) Lines(ctx context.Context, id gov.ID) (list []ceremony.Line, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (ceremony.Line, error) {
			var text []byte
			l, err := scanLine(scan, &text)
			l.Text = text
			return l, err
		}, linesOf, s.district, id.String())
		return err
	})
	return list, sqldb.Classify(err, "transcript of draw %s", id)
}

func scanLine(scan func(...any) error, text ...any) (l ceremony.Line, err error) {
	var kind, signers string
	err = scan(append([]any{&l.Seq, &kind, &l.At, &l.Head, &signers}, text...)...)
	l.Type, l.By = record.Type(kind), strings.Split(signers, ",")
	return l, err
}

// Recorded implements ceremony.Store.
func (s *Draws) Recorded(ctx context.Context, id gov.ID, limit int) (list []ceremony.Line, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (ceremony.Line, error) { return scanLine(scan) }, recordsOf, s.district, id.String(), limit)
		return err
	})
	return list, sqldb.Classify(err, "records of draw %s", id)
}

// place is where an element is sealed.
func (s *Draws) place(draw string, use uint32, holder int) privacy.Place {
	return privacy.Place{District: s.district, Table: "draw_elements", Column: "sealed", Key: ledger.RowKey(draw, fmt.Sprint(use), fmt.Sprint(holder))}
}

// Elements implements ceremony.Store.
func (s *Draws) Elements(ctx context.Context, id gov.ID) (list []ceremony.Element, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (e ceremony.Element, err error) {
			var use int64
			var sealed []byte
			if err := scan(&use, &e.Holder, &sealed); err != nil {
				return e, err
			}
			e.Use = uint32(use)
			x, err := s.keys.Open(s.place(id.String(), e.Use, e.Holder), sealed)
			if err == nil && len(x) != len(e.X) {
				err = fmt.Errorf("element %d of holder %d of draw %s has %d bytes", use, e.Holder, id, len(x))
			}
			if err != nil {
				return e, err
			}
			e.X = lot.Hash(x)
			return e, nil
		}, elementsOf, s.district, id.String())
		return err
	})
	return list, sqldb.Classify(err, "seal elements of draw %s", id)
}

// Visits implements ceremony.Store.
func (s *Draws) Visits(ctx context.Context, id gov.ID) ([]ceremony.Handed, error) {
	return s.visits(ctx, id, visitsOf)
}

// VisitsAt implements ceremony.Store.
func (s *Draws) VisitsAt(ctx context.Context, id gov.ID, stage ceremony.VisitStage, from, limit int) ([]ceremony.Handed, error) {
	return s.visits(ctx, id, visitsAt, string(stage), limit, from)
}

func (s *Draws) visits(ctx context.Context, id gov.ID, query string, args ...any) (list []ceremony.Handed, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (v ceremony.Handed, err error) {
			var of, uid, stage string
			if err := scan(&of, &v.Version, &uid, &stage, &v.Team); err != nil {
				return v, err
			}
			v.Stage = ceremony.VisitStage(stage)
			if _, err := hex.Decode(v.UID[:], []byte(uid)); err != nil {
				return v, err
			}
			v.Case, err = gov.ParseID(of)
			return v, err
		}, query, append([]any{s.district, id.String()}, args...)...)
		return err
	})
	return list, sqldb.Classify(err, "visits of draw %s", id)
}

// VisitCounts implements ceremony.Store.
func (s *Draws) VisitCounts(ctx context.Context, id gov.ID) (map[ceremony.VisitStage]int, error) {
	counts := map[ceremony.VisitStage]int{}
	err := s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		_, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (none struct{}, err error) {
			var stage string
			var n int
			err = scan(&stage, &n)
			counts[ceremony.VisitStage(stage)] = n
			return none, err
		}, countVisits, s.district, id.String())
		return err
	})
	return counts, sqldb.Classify(err, "count the visits of draw %s", id)
}

// Key implements ceremony.Store.
func (s *Draws) Key(ctx context.Context, person gov.ID) (k ceremony.SealedKey, err error) {
	k.Person = person
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		var public []byte
		if err := t.QueryRowContext(ctx, keyOf, s.district, person.String()).Scan(&public, &k.Params, &k.Sealed, &k.At); err != nil {
			return err
		}
		copy(k.Public[:], public)
		return nil
	})
	return k, sqldb.Classify(err, "draw key of %s", person)
}
