package casedb

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of cases.
var Tables = []sqldb.Table{
	sqldb.NewTable("counters", sqldb.Recorded, 2, "district text, series text, last int"),
	sqldb.NewTable("cases", sqldb.Recorded, 2, `district text, id text, procedure text, pack text, number text, parent text, kind text,
		origin text, version int, body bytes`),
	sqldb.NewTable("case_events", sqldb.Recorded, 3, "district text, case_id text, seq int, at int, step text, body bytes"),
	sqldb.NewTable("case_files", sqldb.Recorded, 3, "district text, case_id text, sha file, name text, kind text, size int, by_whom text, at int"),
	sqldb.NewTable("case_pictures", sqldb.Recorded, 3, `district text, case_id text, sha text, width int, height int, thumb file, look text, taken int,
		place text, origin text, fit int`),
	sqldb.NewTable("saved_filters", sqldb.Recorded, 3, "district text, person text, id text, name text, query text"),
	sqldb.NewTable("case_rows", sqldb.Derived, 2, `district text, id text, procedure text, number text, parent text, kind text, subject text,
		units text, state text, ends text, colour text, due int, opened int, ended int, touched int, wake int, stage text, stage_due int`),
	sqldb.NewTable("case_facets", sqldb.Derived, 4, `district text, case_id text, field text, value text, procedure text, state text, colour text,
		ended int, due int`),
	sqldb.NewTable("case_tallies", sqldb.Derived, 7, "district text, procedure text, field text, value text, state text, colour text, slot int, n int"),
	sqldb.NewTable("case_listed", sqldb.Derived, 2, "district text, case_id text, body bytes"),
	sqldb.NewTable("case_counts", sqldb.Derived, 7, "district text, procedure text, field text, what text, value text, month int, part text, n int"),
	sqldb.NewTable("case_recounts", sqldb.Derived, 2, "district text, id text, procedure text, body bytes"),
	sqldb.NewTable("case_months", sqldb.Derived, 4, "district text, procedure text, month int, case_id text"),
	sqldb.NewTable("case_decisions", sqldb.Derived, 7, `district text, procedure text, precedent text, basis text, at int, case_id text, seq int,
		value text, against text`),
	sqldb.NewTable("case_notes", sqldb.Passing, 4, "district text, case_id text, step int, n int, at int, body bytes"),
	sqldb.NewTable("case_drafts", sqldb.Passing, 3, "district text, case_id text, sha text, at int"),
	sqldb.NewTable("case_turns", sqldb.Derived, 5, "district text, who text, due int, case_id text, n int, body bytes"),
	sqldb.NewTable("case_words", sqldb.Derived, 2, "district text, case_id text, rowkey int, words text"),
	sqldb.NewTable("case_spots", sqldb.Derived, 4, `district text, procedure text, cell int, case_id text, lat int, lon int, open int, kind text, state text,
		colour text, opened int, area text`),
	sqldb.NewTable("case_tiles", sqldb.Derived, 10, `district text, procedure text, zoom int, month int, tile int, open int, area text, kind text, state text,
		colour text, n int, lat int, lon int`),
	sqldb.NewTable("case_unlisted", sqldb.Derived, 2, "district text, case_id text"),
	{Name: "case_terms", Role: sqldb.Derived},
}

// Cases are the cases of one district in the database.
type Cases struct {
	db       *sqldb.DB
	district gov.District
}

var _ docket.Store = (*Cases)(nil)

// New returns the cases of a district.
func New(db *sqldb.DB, d gov.District) *Cases { return &Cases{db, d} }

// Update implements docket.Store.
func (s *Cases) Update(ctx context.Context, fn func(ctx context.Context, tx docket.Tx) error) error {
	return s.db.WriteUnder(ctx, s.district, func(ctx context.Context, t *sqldb.Tx) error {
		return fn(ctx, &tx{Tx: t, known: map[gov.ID]*known{}, claimed: map[gov.ID]bool{}})
	})
}

// Together implements docket.Store.
func (s *Cases) Together(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.db.Together(ctx, s.district, fn)
}

// Case implements docket.Store.
func (s *Cases) Case(ctx context.Context, id gov.ID) (c cases.Case, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) (err error) {
		c, err = (&tx{Tx: t}).Begun(ctx, id)
		return err
	})
	return c, err
}

const eventsAfter = `
select seq, at, body
from case_events
where district = $1 and case_id = $2 and seq > $3
order by seq`

// History implements docket.Store.
func (s *Cases) History(ctx context.Context, id gov.ID, after int64) (list []cases.Event, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = history(ctx, t, id, after)
		return err
	})
	return list, err
}

// History implements docket.Tx.
func (t *tx) History(ctx context.Context, id gov.ID) ([]cases.Event, error) {
	return history(ctx, t.Tx, id, 0)
}

func history(ctx context.Context, t *sqldb.Tx, id gov.ID, after int64) ([]cases.Event, error) {
	list, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (e cases.Event, err error) {
		var seq, at int64
		var body []byte
		if err = scan(&seq, &at, &body); err == nil {
			err = json.Unmarshal(body, &e)
		}
		e.Seq, e.At = seq, at
		return e, err
	}, eventsAfter, t.District(), id.String(), after)
	return list, sqldb.Classify(err, "history of case %s", id)
}

// SQLite joins in the order of the text: first what was looked at.
const waitingFor = `
select r.id, r.procedure, r.number, r.parent, r.kind, r.subject, r.units, r.state, r.ends, r.colour, r.due, r.stage, r.stage_due,
  r.opened, r.ended, r.touched, t.body
from (
  select distinct due, case_id
  from case_turns
  where district = $1 and who = $2 and (due, case_id) > ($3, $4)
  order by due, case_id
  limit $5
) w
cross join case_turns t
cross join case_rows r
where t.district = $1 and t.who = $2 and t.due = w.due and t.case_id = w.case_id and r.district = $1 and r.id = w.case_id
order by w.due, w.case_id, t.n`

const waitingPlace = `
select distinct due, case_id
from case_turns
where district = $1 and who = $2 and (due, case_id) > ($3, $4)
order by due, case_id
limit 1 offset $5`

// Waiting implements docket.Store.
func (s *Cases) Waiting(ctx context.Context, keys []string, facets []docket.Facet, fits func(docket.Row) bool, after docket.Place, limit int) ([]docket.Waiting, error) {
	pages := make([]docket.Waiting, len(keys))
	err := s.db.Read(ctx, s.district, func(t *sqldb.Tx) (err error) {
		for i, key := range keys {
			if pages[i], err = waiting(ctx, t, key, facets, fits, after, limit); err != nil {
				return sqldb.Classify(err, "cases that wait for %s", key)
			}
		}
		return nil
	})
	return pages, err
}

// waiting looks at the cases under one key.
func waiting(ctx context.Context, t *sqldb.Tx, key string, facets []docket.Facet, fits func(docket.Row) bool, after docket.Place, limit int) (page docket.Waiting, err error) {
	from := []any{t.District(), key, after.Due, placeID(after)}
	query, args := withFacets(waitingFor, "w", facets, append(slices.Clone(from), limit))
	looked, last := 0, gov.ID{}
	_, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (none struct{}, err error) {
		var body []byte
		var turn cases.Turn
		row, err := scanRow(scan, &body)
		if err != nil {
			return none, err
		}
		if row.ID != last {
			looked, last = looked+1, row.ID
		}
		if !fits(row) { // most are not, of what is looked for among very many
			return none, nil
		}
		if n := len(page.Cases); n == 0 || page.Cases[n-1].ID != row.ID {
			page.Cases = append(page.Cases, docket.Waiter{Row: row})
		}
		w := &page.Cases[len(page.Cases)-1]
		err = json.Unmarshal(body, &turn)
		w.Turns = append(w.Turns, turn)
		return none, err
	}, query, args...)
	if err == nil && (looked == limit || len(facets) > 0) {
		page.Stop, err = placeAt(ctx, t, waitingPlace, append(from, limit-1)...)
	}
	return page, err
}

// scanRow reads the columns of a row, and what follows them.
func scanRow(scan func(...any) error, more ...any) (r docket.Row, err error) {
	var id, parent, units string
	err = scan(append([]any{&id, &r.Procedure, &r.Number, &parent, &r.Kind, &r.Subject, &units, &r.State, &r.Ends,
		&r.Colour, &r.Due, &r.Stage, &r.StageDue, &r.Opened, &r.Ended, &r.Touched}, more...)...)
	if err != nil {
		return r, err
	}
	if units != "" {
		r.Units = strings.Split(units, "\n")
	}
	r.ID, r.Parent, err = ids(id, parent)
	return r, err
}

// placeID sorts before every id at the beginning of a list.
func placeID(p docket.Place) string {
	if p.ID.IsZero() {
		return ""
	}
	return p.ID.String()
}

const caseByNumber = `
select id
from cases
where district = $1 and number = $2`

// Find implements docket.Store.
func (s *Cases) Find(ctx context.Context, number string) (gov.ID, error) {
	list, err := s.ids(ctx, caseByNumber, number)
	if err == nil && len(list) == 0 {
		err = gov.Errorf(gov.NotFound, "没有编号为“%s”的案件", "there is no case with the number %q", number)
	}
	if err != nil {
		return gov.ID{}, err
	}
	return list[0], nil
}

// What began at one instant is ordered by number; ids of one instant are not in
// order.
const childrenOf = `
select id, procedure, number, parent, kind, subject, units, state, ends, colour, due, stage, stage_due, opened, ended, touched
from case_rows
where district = $1 and parent = $2 and parent <> ''
order by kind, opened, length(number), number`

// Children implements docket.Store.
func (s *Cases) Children(ctx context.Context, parent gov.ID) (list []docket.Row, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Row, error) { return scanRow(scan) },
			childrenOf, s.district, parent.String())
		return sqldb.Classify(err, "list sub-cases of %s", parent)
	})
	return list, err
}

const wakingBefore = `
select id
from case_rows
where district = $1 and wake > 0 and wake <= $2
order by wake
limit $3`

// Waking implements docket.Store.
func (s *Cases) Waking(ctx context.Context, at time.Time, limit int) ([]gov.ID, error) {
	return s.ids(ctx, wakingBefore, at.UnixMilli(), limit)
}

const countWaking = `
select count(*)
from case_rows
where district = $1 and wake > 0 and wake <= $2`

// Overdue implements docket.Store.
func (s *Cases) Overdue(ctx context.Context, at time.Time) (n int, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		return t.QueryRowContext(ctx, countWaking, s.district, at.UnixMilli()).Scan(&n)
	})
	return n, sqldb.Classify(err, "count cases to look at")
}

const casesAfter = `
select id
from cases
where district = $1 and id > $2
order by id
limit $3`

// All implements docket.Store.
func (s *Cases) All(ctx context.Context, after gov.ID, limit int) ([]gov.ID, error) {
	return s.ids(ctx, casesAfter, text(after), limit)
}

// ids runs a query for ids.
func (s *Cases) ids(ctx context.Context, query string, args ...any) (list []gov.ID, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (id gov.ID, err error) {
			var s string
			if err = scan(&s); err == nil {
				id, err = gov.ParseID(s)
			}
			return id, err
		}, query, append([]any{s.district}, args...)...)
		return sqldb.Classify(err, "list ids of cases")
	})
	return list, err
}

// tx is a transaction on cases.
type tx struct {
	*sqldb.Tx
	counted []counter         // counted up, for the ledger
	known   map[gov.ID]*known // the cases it read or wrote
	claimed map[gov.ID]bool   // whose first listing is its own, see Claim

	listened  bool // listen asked
	listeners int  // what it was answered
}

// counter is a row of counters.
type counter struct {
	series string
	last   int
}

const (
	caseByID = `
select procedure, pack, number, parent, kind, origin, version, body
from cases
where district = $1 and id = $2`
	// What else a step has to know comes with the case: what lists have of it, how
	// many systems are to be told of steps, what the ledger foresees, and what was
	// done under the name of the step before: on what, or on which case before the
	// ledger had the names of steps.
	caseToStep = `
select c.procedure, c.pack, c.number, c.parent, c.kind, c.origin, c.version, c.body, l.body,
  coalesce(r.subject, ''), coalesce(r.units, ''), coalesce(r.state, ''), coalesce(r.ends, ''), coalesce(r.colour, ''),
  coalesce(r.due, 0), coalesce(r.stage, ''), coalesce(r.stage_due, 0), coalesce(r.ended, 0), coalesce(r.wake, -1), ` + listeners + `, coalesce((
    select latest
    from ledger_checkpoints
    where district = $1
    order by size desc limit 1
  ), 0), coalesce((
    select version
    from ledger_rows
    where district = $1 and tbl = 'cases' and key = $2
    order by version desc limit 1
  ), 0), coalesce((
    select object
    from ledger_entries
    where district = $1 and id = $3
  ), ''), coalesce((
    select e.case_id
    from case_events e
    where e.district = $1 and e.step = $3 and e.step <> ''
  ), '')
from cases c
left join case_listed l on l.district = c.district and l.case_id = c.id
left join case_rows r on r.district = c.district and r.id = c.id
where c.district = $1 and c.id = $2`
)

// scannedCase is a case as its row was scanned.
type scannedCase struct {
	id     gov.ID
	c      cases.Case
	parent string
	body   []byte
}

// dest are the destinations of the columns of caseByID.
func (s *scannedCase) dest() []any {
	return []any{&s.c.Procedure, &s.c.Pack, &s.c.Number, &s.parent, &s.c.Kind, &s.c.Origin, &s.c.Version, &s.body}
}

// read is the case, if err, of the scan, was nil.
func (s *scannedCase) read(err error) (cases.Case, error) {
	s.c.ID = s.id
	if err == nil {
		_, s.c.Parent, err = ids("", s.parent)
	}
	if err == nil {
		err = json.Unmarshal(s.body, &s.c)
	}
	return s.c, sqldb.Classify(err, "case %s", s.id)
}

// Case implements docket.Tx.
func (t *tx) Case(ctx context.Context, id gov.ID) (cases.Case, error) {
	c, _, err := t.Stepping(ctx, id, gov.ID{})
	return c, err
}

// Begun implements docket.Tx.
func (t *tx) Begun(ctx context.Context, id gov.ID) (cases.Case, error) {
	s := scannedCase{id: id}
	return s.read(t.QueryRowContext(ctx, caseByID, t.District(), id.String()).Scan(s.dest()...))
}

// Stepping implements docket.Tx.
func (t *tx) Stepping(ctx context.Context, id, key gov.ID) (c cases.Case, of gov.ID, err error) {
	k := &known{foreseen: ledgerdb.Foresee("cases", id.String())}
	s := scannedCase{id: id}
	var named, before string
	dest := append(append(append(s.dest(), &k.raw), k.row.dest()...), &t.listeners, &k.foreseen.Latest, &k.foreseen.Version, &named, &before)
	err = t.QueryRowContext(ctx, caseToStep, t.District(), id.String(), text(key)).Scan(dest...)
	if c, err = s.read(err); err != nil {
		return c, of, err
	}
	t.listened, t.known[id] = true, k
	if named == "" {
		of, _, err = ids(before, "")
		return c, of, err
	}
	if on, ok := strings.CutPrefix(named, objectPrefix); ok {
		of, _, err = ids(on, "")
		return c, of, err
	}
	return c, of, gov.Errorf(gov.Conflict, "这个请求编号已用于另一件事", "this request id was used for something else")
}

// objectPrefix is before the id of a case as the object of an act.
const objectPrefix = "case:"

// ids reads ids of which each may be missing.
func ids(a, b string) (x, y gov.ID, err error) {
	if a != "" {
		if x, err = gov.ParseID(a); err != nil {
			return x, y, err
		}
	}
	if b != "" {
		y, err = gov.ParseID(b)
	}
	return x, y, err
}

// text is an id as it is kept, "" for none.
func text(id gov.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

const countChildren = `
select kind, count(*), count(case when ended = 0 then 1 end), count(case when ends = 'done' then 1 end)
from case_rows
where district = $1 and parent = $2 and parent <> ''
group by kind`

// Children implements docket.Tx.
func (t *tx) Children(ctx context.Context, parent gov.ID) (map[string]cases.Count, error) {
	counts := map[string]cases.Count{}
	_, err := sqldb.Collect(ctx, t.Tx, func(scan func(...any) error) (struct{}, error) {
		var kind string
		var n cases.Count
		err := scan(&kind, &n.Total, &n.Open, &n.Done)
		counts[kind] = n
		return struct{}{}, err
	}, countChildren, t.District(), parent.String())
	return counts, sqldb.Classify(err, "sub-cases of %s", parent)
}

const caseOfOrigin = `
select count(*)
from cases
where district = $1 and procedure = $2 and origin = $3 and origin <> ''`

// Made implements docket.Tx.
func (t *tx) Made(ctx context.Context, procedure, origin string) (bool, error) {
	var n int
	err := t.QueryRowContext(ctx, caseOfOrigin, t.District(), procedure, origin).Scan(&n)
	return n > 0, sqldb.Classify(err, "case of %s", origin)
}

const countUp = `
insert into counters (district, series, last)
values ($1, $2, 1)
on conflict (district, series) do update
set last = counters.last + 1
returning last`

// Number implements docket.Tx.
func (t *tx) Number(ctx context.Context, series string) (n int, err error) {
	err = t.QueryRowContext(ctx, countUp, t.District(), series).Scan(&n)
	t.counted = append(t.counted, counter{series, n})
	return n, sqldb.Classify(err, "number in series %s", series)
}

const sleepUntil = `
update case_rows
set wake = $1
where district = $2 and id = $3`

// Sleep implements docket.Tx.
func (t *tx) Sleep(ctx context.Context, id gov.ID, until time.Time) error {
	return sqldb.Classify(sqldb.ExecOne(ctx, t.Tx, sleepUntil, until.UnixMilli(), t.District(), id.String()), "put case %s off", id)
}

// kindOf is the kind of a step in the ledger: its procedure and what was done.
func kindOf(c cases.Case, e cases.Event) string {
	what := e.Action
	if e.Kind != cases.Acted {
		what = strings.TrimSuffix(string(e.Kind)+"."+e.Action, ".")
	}
	return fmt.Sprintf("case.%s.%s", c.Procedure, what)
}
