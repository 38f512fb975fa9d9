package casedb

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/jobdb"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

const (
	insertCase = `
insert into cases (district, id, procedure, pack, number, parent, kind, origin, version, body)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	updateCase = `
update cases
set version = $1, body = $2
where district = $3 and id = $4 and version = $5`
	insertEvent = `
insert into case_events (district, case_id, seq, at, step, body)
values ($1, $2, $3, $4, $5, $6)`
	insertNote = `
insert into case_notes (district, case_id, step, n, at, body)
values ($1, $2, $3, $4, $5, $6)`
	anyHook = `
select count(*)
from hooks
where district = $1 and active = 1`
	insertMark = `
insert into hook_marks (district, case_id, seq)
values ($1, $2, $3)`
	saveRow = `
insert into case_rows (district, id, procedure, number, parent, kind, subject, units, state, ends, colour, due, opened, ended, touched, wake)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict (district, id) do update
set subject = excluded.subject, units = excluded.units, state = excluded.state, ends = excluded.ends, colour = excluded.colour,
  due = excluded.due, opened = excluded.opened, ended = excluded.ended, touched = excluded.touched, wake = excluded.wake`
	turnsOf = `
select who, due, body
from case_turns
where district = $1 and case_id = $2
order by n`
	dropTurns = `
delete from case_turns
where district = $1 and case_id = $2`
	insertTurn = `
insert into case_turns (district, who, due, case_id, n, body)
values ($1, $2, $3, $4, $5, $6)`
)

// Save implements docket.Tx.
func (t *tx) Save(ctx context.Context, ch docket.Change) error {
	c, id := ch.Case, ch.Case.ID.String()
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if ch.Before == 0 {
		_, err = t.ExecContext(ctx, insertCase, t.District(), id, c.Procedure, c.Pack, c.Number, text(c.Parent), c.Kind, c.Origin, c.Version, body)
	} else {
		err = sqldb.ExecOne(ctx, t.Tx, updateCase, c.Version, body, t.District(), id, ch.Before)
	}
	if err != nil {
		return sqldb.Classify(err, "save case %s", c.Number)
	}
	act := ledgerdb.Act{Object: "case:" + id, Actor: ch.Actor, Rows: []ledgerdb.RowRef{ledgerdb.RowOf("cases", id)}}
	for _, series := range t.counted {
		act.Rows = append(act.Rows, ledgerdb.RowOf("counters", series))
	}
	t.counted = nil
	if err := t.saveEvents(ctx, ch, &act); err != nil {
		return err
	}
	if _, err := ledgerdb.Record(ctx, t.Tx, act); err != nil {
		return err
	}
	if err := t.saveNotes(ctx, ch); err != nil {
		return err
	}
	if err := t.mark(ctx, ch); err != nil {
		return err
	}
	return t.List(ctx, ch.Listing) // last, since others wait for the tallies it touches
}

// saveEvents writes the events and says in the ledger what they were. The
// facts name procedure, number and states; what was typed is in the rows,
// whose digests the ledger holds.
func (t *tx) saveEvents(ctx context.Context, ch docket.Change, act *ledgerdb.Act) error {
	c, step := ch.Case, text(ch.Key)
	for _, e := range ch.Events {
		body, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, insertEvent, t.District(), c.ID.String(), e.Seq, e.At, step, body); err != nil {
			return sqldb.Classify(err, "save event %d of case %s", e.Seq, c.Number)
		}
		step = "" // one step, one name
		act.Rows = append(act.Rows, ledgerdb.RowOf("case_events", c.ID.String(), e.Seq))
	}
	first, last := ch.Events[0], ch.Events[len(ch.Events)-1]
	// What the actor did names the act, not what time had brought before.
	own := slices.IndexFunc(ch.Events, func(e cases.Event) bool { return e.By.Kind != gov.SystemActor })
	act.Kind = kindOf(c, ch.Events[max(own, 0)])
	act.Facts = map[string]string{
		"procedure": c.Procedure, "number": c.Number, "state": c.State,
		"events": strconv.FormatInt(first.Seq, 10) + "-" + strconv.FormatInt(last.Seq, 10),
	}
	return nil
}

// saveNotes keeps what people are to be told of the step and asks for the job
// that tells them. The job's key is the case, so that steps on two cases never
// wait for each other.
func (t *tx) saveNotes(ctx context.Context, ch docket.Change) error {
	if len(ch.Notes) == 0 {
		return nil
	}
	id := ch.Case.ID.String()
	for n, note := range ch.Notes {
		body, err := json.Marshal(note)
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, insertNote, t.District(), id, ch.Case.Version, n, ch.Case.Touched, body); err != nil {
			return sqldb.Classify(err, "note whom to tell of case %s", ch.Case.Number)
		}
	}
	return jobdb.Enqueue(ctx, t.Tx, docket.NoticeJob, id, t.Now())
}

// mark marks the events for other systems, if there is any that listens, and asks
// for the job that tells them.
func (t *tx) mark(ctx context.Context, ch docket.Change) error {
	var listening int
	if err := t.QueryRowContext(ctx, anyHook, t.District()).Scan(&listening); err != nil || listening == 0 {
		return sqldb.Classify(err, "look who listens")
	}
	id := ch.Case.ID.String()
	for _, e := range ch.Events {
		if _, err := t.ExecContext(ctx, insertMark, t.District(), id, e.Seq); err != nil {
			return sqldb.Classify(err, "mark event %d of case %s", e.Seq, ch.Case.Number)
		}
	}
	return jobdb.Enqueue(ctx, t.Tx, docket.HookJob, id, t.Now())
}

// List implements docket.Tx.
func (t *tx) List(ctx context.Context, l docket.Listing) error {
	r, wake := l.Row, int64(0)
	if !l.Wake.IsZero() {
		wake = l.Wake.UnixMilli()
	}
	_, err := t.ExecContext(ctx, saveRow, t.District(), r.ID.String(), r.Procedure, r.Number, text(r.Parent), r.Kind, r.Subject, strings.Join(r.Units, "\n"),
		r.State, r.Ends, r.Colour, r.Due, r.Opened, r.Ended, r.Touched, wake)
	if err != nil {
		return sqldb.Classify(err, "list case %s", r.Number)
	}
	if err := t.saveWords(ctx, r); err != nil {
		return err
	}
	if err := t.saveFacets(ctx, l); err != nil {
		return err
	}
	if err := t.saveCounted(ctx, l); err != nil {
		return err
	}
	return t.saveTurns(ctx, l)
}

// turn is a row of case_turns.
type turn struct {
	who, body string
	due       int64
}

// saveTurns keeps whose turn a case is. Most steps leave that as it was.
func (t *tx) saveTurns(ctx context.Context, l docket.Listing) error {
	id := l.Row.ID.String()
	before, err := sqldb.Collect(ctx, t.Tx, func(scan func(...any) error) (one turn, err error) {
		return one, scan(&one.who, &one.due, &one.body)
	}, turnsOf, t.District(), id)
	if err != nil {
		return sqldb.Classify(err, "turns of case %s", l.Row.Number)
	}
	now := make([]turn, len(l.Turns))
	for n, one := range l.Turns {
		body, err := json.Marshal(one)
		if err != nil {
			return err
		}
		now[n] = turn{one.Key(), string(body), cmp.Or(l.Row.Due, docket.Never)}
	}
	if slices.Equal(before, now) {
		return nil
	}
	if len(before) > 0 {
		if _, err := t.ExecContext(ctx, dropTurns, t.District(), id); err != nil {
			return sqldb.Classify(err, "clear turns of case %s", l.Row.Number)
		}
	}
	for n, one := range now {
		if _, err := t.ExecContext(ctx, insertTurn, t.District(), one.who, one.due, id, n, []byte(one.body)); err != nil {
			return sqldb.Classify(err, "note whose turn case %s is", l.Row.Number)
		}
	}
	return nil
}

var _ docket.Tx = (*tx)(nil)
