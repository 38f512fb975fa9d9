package casedb

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// listed is what lists and counts have of a case: its rows in case_facets,
// case_turns, case_words and case_spots, and its part of case_tallies, case_tiles and case_counts. The
// table case_listed keeps it, so that a step need not read all of those to find
// that most are as they were.
type listed struct {
	words   string // "" for none yet
	facets  []facet
	turns   []turn
	spot    *spot           // nil when its procedure knows no places
	counted *docket.Counted // nil when it is not known
}

// listedBody is a listed as it is kept. One written before there were facets in
// it has counts alone. The names of both are in one object.
type listedBody struct {
	*docket.Counted
	Words  string      `json:"w,omitempty"`
	State  string      `json:"s,omitempty"`
	Colour string      `json:"k,omitempty"`
	Ended  int64       `json:"e,omitempty"`
	Due    int64       `json:"d,omitempty"`
	Facets [][2]string `json:"f,omitempty"` // field and value
	Turns  []turnBody  `json:"t,omitempty"`
	Spot   *spotBody   `json:"g,omitempty"` // what is under p was not counted by tiles
}

type turnBody struct {
	Who  string          `json:"w"`
	Body json.RawMessage `json:"b"`
}

// listedOf is what lists are to have of a case that had before in them.
func listedOf(l docket.Listing, before listed) (now listed, err error) {
	due := cmp.Or(l.Row.Due, docket.Never)
	now = listed{words: docket.Words(l.Row), counted: before.counted}
	if l.Recount != nil {
		now.counted = &l.Recount.Now
	}
	for _, f := range l.Facets {
		one := facet{Facet: f, state: l.Row.State, colour: l.Row.Colour, due: due}
		if l.Row.Ended != 0 {
			one.ended = 1
		}
		if !slices.Contains(now.facets, one) {
			now.facets = append(now.facets, one)
		}
	}
	order(now.facets)
	for _, one := range l.Turns {
		body, err := json.Marshal(one)
		if err != nil {
			return now, err
		}
		now.turns = append(now.turns, turn{one.Key(), string(body), due})
	}
	if l.Spot != nil {
		now.spot = spotOf(l.Row, *l.Spot)
	}
	return now, nil
}

// encode writes the listed of listedOf, whose facets, turns and spot have state,
// colour, end and due time in common.
func (l listed) encode() ([]byte, error) {
	first := l.facets[0] // every case has the facet ""
	b := listedBody{Counted: l.counted, Words: l.words, State: first.state, Colour: first.colour, Ended: first.ended, Due: first.due}
	for _, f := range l.facets {
		b.Facets = append(b.Facets, [2]string{f.Field, f.Value})
	}
	for _, t := range l.turns {
		b.Turns = append(b.Turns, turnBody{t.who, json.RawMessage(t.body)})
	}
	if l.spot != nil {
		b.Spot = &l.spot.spotBody
	}
	return json.Marshal(b)
}

// decodeListed reads what encode wrote. whole is false when it has counts alone.
func decodeListed(raw []byte) (l listed, whole bool, err error) {
	var b listedBody
	if err := json.Unmarshal(raw, &b); err != nil {
		return l, false, err
	}
	l = listed{words: b.Words, counted: b.Counted}
	for _, f := range b.Facets {
		l.facets = append(l.facets, facet{docket.Facet{Field: f[0], Value: f[1]}, b.State, b.Colour, b.Ended, b.Due})
	}
	for _, t := range b.Turns {
		l.turns = append(l.turns, turn{t.Who, string(t.Body), b.Due})
	}
	if b.Spot != nil {
		l.spot = &spot{*b.Spot, b.State, b.Colour}
	}
	return l, len(b.Facets) > 0, nil
}

// known is what a transaction knows of a case it read.
type known struct {
	foreseen *ledgerdb.Foreseen // nil when the case is new
	raw      []byte             // of case_listed, nil for none
	row      shown              // of case_rows
	isNew    bool               // lists have nothing of it
}

// shown is of a row of case_rows what steps change, but when they did.
type shown struct {
	subject, units, state, ends, colour string
	due, ended                          int64
	wake                                int64 // -1 when there is no row
}

func shownOf(l docket.Listing) shown {
	r := shown{l.Row.Subject, strings.Join(l.Row.Units, "\n"), l.Row.State, l.Row.Ends, l.Row.Colour, l.Row.Due, l.Row.Ended, 0}
	if !l.Wake.IsZero() {
		r.wake = l.Wake.UnixMilli()
	}
	return r
}

// dest are the destinations of its columns in caseToStep.
func (r *shown) dest() []any {
	return []any{&r.subject, &r.units, &r.state, &r.ends, &r.colour, &r.due, &r.ended, &r.wake}
}

const (
	listedRow = `
select body
from case_listed
where district = $1 and case_id = $2`
	putListed = `
insert into case_listed (district, case_id, body)
values ($1, $2, $3)
on conflict (district, case_id) do update
set body = excluded.body`
	// A step goes by what it read. Where the case was listed anew since, this is
	// refused (sqldb.LostRace), and the step is done again.
	changeListed = `
insert into case_listed (district, case_id, body)
values ($1, $2, $3)
on conflict (district, case_id) do update
set body = case when case_listed.body = $4 then excluded.body end`
	saveRow = `
insert into case_rows (district, id, procedure, number, parent, kind, subject, units, state, ends, colour, due, opened, ended, touched, wake)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict (district, id) do update
set subject = excluded.subject, units = excluded.units, state = excluded.state, ends = excluded.ends, colour = excluded.colour,
  due = excluded.due, ended = excluded.ended, touched = excluded.touched, wake = excluded.wake`
	// Of a row that stays as it is in part, only the rest is set: SQLite writes each
	// index of a column that is set.
	touchRow = `
update case_rows
set touched = $1
where district = $2 and id = $3`
	moveRow = `
update case_rows
set subject = $1, units = $2, state = $3, ends = $4, colour = $5, due = $6, touched = $7
where district = $8 and id = $9`
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

// turn is a row of case_turns.
type turn struct {
	who, body string
	due       int64
}

// List implements docket.Tx. It compares with the tables themselves, unless they
// have nothing.
func (t *tx) List(ctx context.Context, l docket.Listing) (err error) {
	var before listed
	first, err := t.Claim(ctx, l.Row.ID)
	if err == nil && !first {
		before, err = t.tables(ctx, l.Row.ID)
	}
	if err != nil {
		return err
	}
	_, err = t.list(ctx, l, before, &known{row: shown{wake: -1}})
	return err
}

// listStep is List for a step on a case of which something is known; it returns
// the listed as it is kept then.
func (t *tx) listStep(ctx context.Context, l docket.Listing, k *known) (raw []byte, err error) {
	var before listed
	if err := t.settled(ctx, l.Row.ID, k); err != nil {
		return nil, err
	}
	whole := k.isNew
	if k.raw != nil {
		if before, whole, err = decodeListed(k.raw); err != nil {
			return nil, err
		}
	}
	if !whole {
		if before, err = t.tables(ctx, l.Row.ID); err != nil {
			return nil, err
		}
	}
	return t.list(ctx, l, before, k)
}

// tables reads what lists have of a case from where it stands.
func (t *tx) tables(ctx context.Context, id gov.ID) (l listed, err error) {
	err = t.Ask(ctx, func(scan func(...any) error) error {
		var f facet
		err := scan(&f.Field, &f.Value, &f.state, &f.colour, &f.ended, &f.due)
		l.facets = append(l.facets, f)
		return err
	}, facetsOf, t.District(), id.String())
	if err != nil {
		return l, err
	}
	err = t.Ask(ctx, func(scan func(...any) error) error {
		var one turn
		var body []byte
		err := scan(&one.who, &one.due, &body)
		one.body = string(body)
		l.turns = append(l.turns, one)
		return err
	}, turnsOf, t.District(), id.String())
	if err != nil {
		return l, err
	}
	err = t.Ask(ctx, func(scan func(...any) error) error { return scan(&l.words) }, wordsOf, t.District(), id.String())
	if err != nil {
		return l, err
	}
	err = t.Ask(ctx, func(scan func(...any) error) error {
		var cell int64
		l.spot = &spot{}
		err := scan(&cell, &l.spot.Lat, &l.spot.Lon, &l.spot.Open, &l.spot.Kind, &l.spot.Opened, &l.spot.state, &l.spot.colour)
		l.spot.Nowhere = cell < 0
		return err
	}, spotOfCase, t.District(), id.String())
	if err != nil {
		return l, err
	}
	if err := t.Answers(ctx); err != nil { // to what was asked above
		return l, err
	}
	all, ok, err := t.Counted(ctx, id)
	if ok {
		l.counted = &all
	}
	order(l.facets)
	return l, err
}

// list writes what lists know of a case and what has changed of it. Tallies and
// sums come last, since others wait for them.
func (t *tx) list(ctx context.Context, l docket.Listing, before listed, k *known) ([]byte, error) {
	r := l.Row
	if err := t.saveRow(ctx, r, k.row, shownOf(l)); err != nil {
		return nil, err
	}
	now, err := listedOf(l, before)
	if err != nil {
		return nil, err
	}
	kept, err := now.encode()
	if err != nil || bytes.Equal(kept, k.raw) {
		return kept, err
	}
	if before.words != now.words {
		if err := t.index(ctx, r.ID, before.words == "", now.words); err != nil {
			return nil, sqldb.Classify(err, "words of case %s", r.Number)
		}
	}
	if err := t.saveFacets(ctx, r, before.facets, now.facets); err != nil {
		return nil, err
	}
	if err := t.saveTurns(ctx, r.ID.String(), before.turns, now.turns); err != nil {
		return nil, err
	}
	if err := t.saveSpot(ctx, r, before.spot, now.spot); err != nil {
		return nil, err
	}
	if err := t.keepListed(ctx, r.ID, k.raw, kept); err != nil {
		return nil, err
	}
	if err := t.tally(ctx, r, before.facets, now.facets); err != nil {
		return nil, err
	}
	if err := t.tile(ctx, r, before.spot, now.spot); err != nil || l.Recount == nil {
		return kept, err
	}
	return kept, t.recount(ctx, r, *l.Recount)
}

// keepListed keeps what lists have of a case, in place of what was read of it.
func (t *tx) keepListed(ctx context.Context, id gov.ID, read, now []byte) error {
	if read == nil {
		return t.LaterRows(ctx, putListed, []any{id.String(), now})
	}
	return t.Later(ctx, changeListed, t.District(), id.String(), now, read)
}

// saveRow keeps how lists show a case.
func (t *tx) saveRow(ctx context.Context, r docket.Row, before, now shown) error {
	id := r.ID.String()
	switch {
	case now == before:
		return t.Later(ctx, touchRow, r.Touched, t.District(), id)
	case now.wake == before.wake && now.ended == before.ended:
		return t.Later(ctx, moveRow, now.subject, now.units, now.state, now.ends, now.colour, now.due, r.Touched, t.District(), id)
	}
	return t.Later(ctx, saveRow, t.District(), id, r.Procedure, r.Number, text(r.Parent), r.Kind, now.subject, now.units,
		now.state, now.ends, now.colour, now.due, r.Opened, now.ended, r.Touched, now.wake)
}

// saveTurns keeps whose turn a case is. Most steps leave that as it was.
func (t *tx) saveTurns(ctx context.Context, id string, before, now []turn) error {
	if slices.Equal(before, now) {
		return nil
	}
	if len(before) > 0 {
		if err := t.Later(ctx, dropTurns, t.District(), id); err != nil {
			return err
		}
	}
	rows := make([][]any, len(now))
	for n, one := range now {
		rows[n] = []any{one.who, one.due, id, n, []byte(one.body)}
	}
	return t.LaterRows(ctx, insertTurn, rows...)
}
