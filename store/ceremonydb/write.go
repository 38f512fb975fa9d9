package ceremonydb

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/store/jobdb"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

const (
	insertDraw = `
insert into draws (district, id, number, version, state, records, head, stage, attempt, voids, aborted, uses, touched)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	updateDraw = `
update draws
set version = $1, state = $2, records = $3, head = $4, stage = $5, attempt = $6, voids = $7, aborted = $8, uses = $9, touched = $10
where district = $11 and id = $12 and version = $13`
	insertLine = `
insert into draw_lines (district, draw, seq, type, at, head, signers, line)
values ($1, $2, $3, $4, $5, $6, $7, $8)`
	insertElement = `
insert into draw_elements (district, draw, use_no, holder, sealed)
values ($1, $2, $3, $4, $5)`
	insertVisit = `
insert into draw_visits (district, draw, case_id, version, uid, stage, team)
values ($1, $2, $3, $4, $5, $6, $7)`
	updateVisit = `
update draw_visits
set version = $1, stage = $2, team = $3
where district = $4 and draw = $5 and case_id = $6 and version = $7`
	insertKey = `
insert into draw_keys (district, person, public, params, sealed, at)
values ($1, $2, $3, $4, $5, $6)`
)

// Save implements ceremony.Store.
func (s *Draws) Save(ctx context.Context, c ceremony.Change) error {
	state, err := json.Marshal(c.Ceremony.State)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error { return s.save(ctx, t, c, state) })
}

func (s *Draws) save(ctx context.Context, t *sqldb.Tx, c ceremony.Change, state []byte) (err error) {
	d, id := c.Ceremony, c.Ceremony.ID.String()
	if d.Version == 0 {
		_, err = t.ExecContext(ctx, insertDraw, t.District(), id, d.Number, 1, state, d.Records, d.Head, string(d.Stage), d.Attempt, d.Voids, d.Aborted, d.Uses, d.Touched)
	} else {
		err = sqldb.ExecOne(ctx, t, updateDraw, d.Version+1, state, d.Records, d.Head, string(d.Stage), d.Attempt, d.Voids, d.Aborted, d.Uses, d.Touched, t.District(), id, d.Version)
	}
	if err != nil {
		return sqldb.Classify(err, "save draw %s", d.Number)
	}
	object := "draw:" + d.Number
	first := ledgerdb.Act{Kind: c.Kind, Object: object, Actor: c.Actor, Rows: []ledgerdb.RowRef{ledgerdb.RowOf("draws", id)}}
	for _, e := range c.Elements {
		sealed := s.keys.Seal(s.place(id, e.Use, e.Holder), e.X[:])
		if _, err := t.ExecContext(ctx, insertElement, t.District(), id, int64(e.Use), e.Holder, sealed); err != nil {
			return sqldb.Classify(err, "seal element %d of draw %s", e.Use, d.Number)
		}
		first.Rows = append(first.Rows, ledgerdb.RowOf("draw_elements", id, int64(e.Use), e.Holder))
	}
	for _, v := range c.Visits {
		if err := s.saveVisit(ctx, t, id, v); err != nil {
			return err
		}
		first.Rows = append(first.Rows, ledgerdb.RowOf("draw_visits", id, v.Case.String()))
	}
	if _, err := ledgerdb.Record(ctx, t, first); err != nil {
		return err
	}
	for _, l := range c.Lines {
		if _, err := t.ExecContext(ctx, insertLine, t.District(), id, l.Seq, string(l.Type), l.At, l.Head, strings.Join(l.By, ","), l.Text); err != nil {
			return sqldb.Classify(err, "record %d of draw %s", l.Seq, d.Number)
		}
		facts := map[string]string{"seq": strconv.FormatInt(l.Seq, 10), "type": string(l.Type), "head": l.Head}
		act := ledgerdb.Act{Kind: "draw.recorded", Object: object, Actor: c.Actor, Facts: facts, Rows: []ledgerdb.RowRef{ledgerdb.RowOf("draw_lines", id, l.Seq)}}
		if _, err := ledgerdb.Record(ctx, t, act); err != nil {
			return err
		}
	}
	if c.Wake {
		return jobdb.Enqueue(ctx, t, ceremony.FollowJob, id, t.Now())
	}
	return nil
}

func (s *Draws) saveVisit(ctx context.Context, t *sqldb.Tx, draw string, v ceremony.Handed) (err error) {
	of := v.Case.String()
	if v.Version == 0 {
		_, err = t.ExecContext(ctx, insertVisit, t.District(), draw, of, 1, v.UID.String(), string(v.Stage), v.Team)
	} else {
		err = sqldb.ExecOne(ctx, t, updateVisit, v.Version+1, string(v.Stage), v.Team, t.District(), draw, of, v.Version)
	}
	return sqldb.Classify(err, "visit of case %s", of)
}

// SaveKey implements ceremony.Store.
func (s *Draws) SaveKey(ctx context.Context, k ceremony.SealedKey, actor gov.Actor) error {
	person := k.Person.String()
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		if _, err := t.ExecContext(ctx, insertKey, t.District(), person, k.Public[:], k.Params, k.Sealed, k.At); err != nil {
			return sqldb.Classify(err, "draw key of %s", person)
		}
		_, err := ledgerdb.Record(ctx, t, ledgerdb.Act{Kind: "draw.key", Object: "person:" + person, Actor: actor, Rows: []ledgerdb.RowRef{ledgerdb.RowOf("draw_keys", person)}})
		return err
	})
}
