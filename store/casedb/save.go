package casedb

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/jobdb"
	"quanxiang/store/ledgerdb"
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
	// listeners is how many systems are to be told of steps, and one more where
	// somebody subscribed.
	listeners = `(
    select count(*)
    from hooks
    where district = $1 and active = 1
  ) + (
    select count(*)
    from (
      select id
      from subscriptions
      where district = $1 and confirmed > 0 and ended = 0
      limit 1
    ) s
  )`
	countListeners = `
select ` + listeners
	insertMark = `
insert into hook_marks (district, case_id, seq)
values ($1, $2, $3)`
)

// Save implements docket.Tx.
func (t *tx) Save(ctx context.Context, ch docket.Change) error {
	c, id := ch.Case, ch.Case.ID.String()
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	row := []any{id, c.Procedure, c.Pack, c.Number, text(c.Parent), c.Kind, c.Origin, c.Version, body}
	written := ledgerdb.Written("cases", 1, row...)
	k := cmp.Or(t.known[c.ID], &known{row: shown{wake: -1}})
	if ch.Before == 0 {
		written, k = written.New(), &known{isNew: true, row: shown{wake: -1}}
		err = t.LaterRows(ctx, insertCase, row)
	} else {
		// Where the case has moved on meanwhile its next event is there already.
		err = t.LaterSure(ctx, updateCase, c.Version, body, t.District(), id, ch.Before)
	}
	if err != nil {
		return err
	}
	if err := t.listen(ctx); err != nil { // answered by Record
		return err
	}
	act := ledgerdb.Act{ID: ch.Key, Object: objectPrefix + id, Actor: ch.Actor, Rows: []ledgerdb.RowRef{written}, Foreseen: k.foreseen}
	if ch.Before == 0 {
		act.ID = c.ID // so that who began it finds its receipt, as who does a step does by its key
	}
	for _, n := range t.counted {
		act.Rows = append(act.Rows, ledgerdb.Written("counters", 1, n.series, n.last))
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
	if ch.Unlisted {
		return t.LaterRows(ctx, insertUnlisted, []any{id})
	}
	raw, err := t.listStep(ctx, ch.Listing, k)
	t.known[c.ID] = &known{foreseen: k.foreseen, raw: raw, row: shownOf(ch.Listing)} // should the transaction do another step on it
	return err
}

// saveEvents writes the events and says in the ledger what they were. The
// facts name procedure, number and states; what was typed is in the rows,
// whose digests the ledger holds.
func (t *tx) saveEvents(ctx context.Context, ch docket.Change, act *ledgerdb.Act) error {
	c := ch.Case
	rows := make([][]any, len(ch.Events))
	for i, e := range ch.Events {
		body, err := json.Marshal(e)
		if err != nil {
			return err
		}
		rows[i] = []any{c.ID.String(), e.Seq, e.At, "", body} // the entry has the name of the step
		act.Rows = append(act.Rows, ledgerdb.Written("case_events", 2, rows[i]...).New())
	}
	first, last := ch.Events[0], ch.Events[len(ch.Events)-1]
	// What the actor did names the act, not what time had brought before.
	own := slices.IndexFunc(ch.Events, func(e cases.Event) bool { return e.By.Kind != gov.SystemActor })
	act.Kind = kindOf(c, ch.Events[max(own, 0)])
	act.Facts = map[string]string{
		"procedure": c.Procedure, "number": c.Number, "state": c.State,
		"events": strconv.FormatInt(first.Seq, 10) + "-" + strconv.FormatInt(last.Seq, 10),
	}
	return t.LaterRows(ctx, insertEvent, rows...)
}

// saveNotes keeps what people are to be told of the step and asks for the job
// that tells them. The job's key is the case, so that steps on two cases never
// wait for each other.
func (t *tx) saveNotes(ctx context.Context, ch docket.Change) error {
	if len(ch.Notes) == 0 {
		return nil
	}
	id := ch.Case.ID.String()
	rows := make([][]any, len(ch.Notes))
	for n, note := range ch.Notes {
		body, err := json.Marshal(note)
		if err != nil {
			return err
		}
		rows[n] = []any{id, ch.Case.Version, n, ch.Case.Touched, body}
	}
	if err := t.LaterRows(ctx, insertNote, rows...); err != nil || ch.Unlisted {
		return err
	}
	return jobdb.Enqueue(ctx, t.Tx, docket.NoticeJob, id, t.Now())
}

// listen asks whether there are systems or subscribers that are to be told of steps,
// unless the transaction knows from a case it read. The answer comes with that to
// the next question.
func (t *tx) listen(ctx context.Context) error {
	if t.listened {
		return nil
	}
	t.listened = true
	return t.Ask(ctx, func(scan func(...any) error) error { return scan(&t.listeners) }, countListeners, t.District())
}

// mark marks the events for those outside, if there is any that listens, and asks
// for the job that tells them.
func (t *tx) mark(ctx context.Context, ch docket.Change) error {
	if t.listeners == 0 {
		return nil
	}
	id := ch.Case.ID.String()
	rows := make([][]any, len(ch.Events))
	for i, e := range ch.Events {
		rows[i] = []any{id, e.Seq}
	}
	if err := t.LaterRows(ctx, insertMark, rows...); err != nil {
		return err
	}
	return jobdb.Enqueue(ctx, t.Tx, docket.HookJob, id, t.Now())
}

var _ docket.Tx = (*tx)(nil)
