package store

import (
	"context"
	"fmt"
	"time"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/store/sqldb"
)

const (
	countPeople = `
select 'persons', '', count(*)
from persons
where district = $1
union all
select 'accounts', state, count(*)
from accounts
where district = $1
group by state
union all
select 'holders', role, count(distinct person)
from assignments
where district = $1 and begins <= $2 and (ends = '' or ends > $2)
group by role
union all
select 'away', '', count(distinct person)
from absences
where district = $1 and begins <= $2 and ends > $2
union all
select 'waiting', '', count(*)
from invitations i
join accounts a on a.district = i.district and a.person = i.person
where i.district = $1 and i.two = 1 and i.seconded = '' and i.used = 0 and i.expires > $3 and i.epoch = a.epoch`

	// Ids begin with their time, so days and the place in a list are stretches
	// of the primary key.
	logLines = `
select id, at, kind, person, source, agent
from security_log
where district = $1 and id >= $2 and id < $3 and ($4 = '' or kind = $4)
order by id desc
limit $5`
	logLinesOf = `
select id, at, kind, person, source, agent
from security_log
where district = $1 and id >= $2 and id < $3 and ($4 = '' or kind = $4) and person = $5
order by id desc
limit $6`

	// The kind is spelled out for the index of looks to serve.
	listLooks = `
select id, body, coalesce(actor, '')
from ledger_entries
where district = $1 and kind = 'field.looked' and id >= $2 and id < $3
  and ($4 = '' or substr(actor, 1, length($4)) = $4)
order by id desc
limit $5`
)

// Numbers implements people.Reader.
func (tx *peopleTx) Numbers(ctx context.Context, at time.Time) (people.Numbers, error) {
	n := people.Numbers{Accounts: map[people.AccountState]int{}, Holders: map[string]int{}}
	_, err := sqldb.Collect(ctx, tx.Tx.Tx, func(scan func(...any) error) (struct{}, error) {
		var what, of string
		var count int
		err := scan(&what, &of, &count)
		switch what {
		case "persons":
			n.Persons = count
		case "accounts":
			n.Accounts[people.AccountState(of)] = count
		case "holders":
			n.Holders[of] = count
		case "away":
			n.Away = count
		case "waiting":
			n.Waiting = count
		}
		return struct{}{}, err
	}, countPeople, tx.District(), gov.DateOf(at).String(), at.UnixMilli())
	return n, sqldb.Classify(err, "count the staff")
}

// Pieces of the security log and of the record of looks.
const (
	watchPiece    = 50
	maxWatchPiece = 500
)

// stretch is what ids lie in that were made on the days and come behind a
// cursor of a list with the newest first, and how many to read at most.
func stretch(from, until gov.Date, p gov.Page) (low, high string, limit int) {
	high = "~" // above every id
	if !from.IsZero() {
		low = idsFrom(from)
	}
	if !until.IsZero() {
		high = idsFrom(until.Add(1))
	}
	if p.After != "" {
		high = min(high, p.After)
	}
	limit = p.Limit
	if limit <= 0 || limit > maxWatchPiece {
		limit = watchPiece
	}
	return low, high, limit
}

// idsFrom is below every id made from the beginning of a day and above all
// before.
func idsFrom(d gov.Date) string {
	ms := d.Time().UnixMilli()
	return fmt.Sprintf("%08x-%04x", ms>>16, ms&0xffff)
}

// piece cuts a list that was read with one item too many.
func piece[T any](items []T, limit int, id func(T) gov.ID) gov.List[T] {
	if len(items) <= limit {
		return gov.List[T]{Items: items, Total: -1}
	}
	return gov.List[T]{Items: items[:limit], Next: id(items[limit-1]).String(), Total: -1}
}

// LogLines implements people.Reader.
func (tx *peopleTx) LogLines(ctx context.Context, f people.LogFilter, p gov.Page) (gov.List[people.LogLine], error) {
	low, high, limit := stretch(f.From, f.Until, p)
	query, args := logLines, []any{tx.District(), low, high, string(f.Kind)}
	if !f.Person.IsZero() {
		query, args = logLinesOf, append(args, f.Person.String())
	}
	items, err := sqldb.Collect(ctx, tx.Tx.Tx, scanLogLine, query, append(args, limit+1)...)
	return piece(items, limit, func(l people.LogLine) gov.ID { return l.ID }), sqldb.Classify(err, "read the security log")
}

func scanLogLine(scan func(...any) error) (l people.LogLine, err error) {
	var id, person string
	if err = scan(&id, &l.At, &l.Kind, &person, &l.Source, &l.Agent); err != nil {
		return l, err
	}
	if person == "" {
		return l, ids([]string{id}, &l.ID)
	}
	return l, ids([]string{id, person}, &l.ID, &l.Person)
}

// Looks implements people.Reader.
func (tx *peopleTx) Looks(ctx context.Context, f people.LookFilter, p gov.Page) (gov.List[people.Looked], error) {
	low, high, limit := stretch(f.From, f.Until, p)
	by := ""
	if !f.By.IsZero() {
		by = gov.Actor{Kind: gov.StaffActor, Name: f.By.String()}.String()
	}
	items, err := sqldb.Collect(ctx, tx.Tx.Tx, scanLook, listLooks, tx.District(), low, high, by, limit+1)
	return piece(items, limit, func(l people.Looked) gov.ID { return l.Event }), sqldb.Classify(err, "read the record of looks")
}

func scanLook(scan func(...any) error) (l people.Looked, err error) {
	var id string
	var body []byte
	if err = scan(&id, &body, &l.Actor); err != nil {
		return l, err
	}
	e, err := ledger.Decode(body)
	if err != nil {
		return l, fmt.Errorf("entry %s: %w", id, err)
	}
	l.Event, l.At, l.Object, l.Field, l.Act = e.ID, e.At, e.Object, e.Facts["field"], policy.Act(e.Facts["act"])
	return l, nil
}
