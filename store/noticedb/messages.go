package noticedb

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of notices. Messages travel with a backup; mails that
// were not sent do not: by then they are old news, and the messages are there.
var Tables = []sqldb.Table{
	sqldb.NewTable("messages", sqldb.Evidence, 3, `district text, person text, id text, case_id text, step int, at int, why text, clock text,
		seen int, mail text`),
	sqldb.NewTable("message_choices", sqldb.Recorded, 2, "district text, person text, revision int, lang text, mails text"),
	sqldb.NewTable("mails", sqldb.Passing, 2, "district text, id text, person text, daily int, queued int, next_at int, attempts int, answer int"),
}

// choiceMade is the kind of the act of SaveChoice.
const choiceMade = "notices.chosen"

// Notices are the messages of one district in the database.
type Notices struct {
	db       *sqldb.DB
	district gov.District
}

var _ notices.Store = (*Notices)(nil)

// New returns the messages of a district.
func New(db *sqldb.DB, d gov.District) *Notices { return &Notices{db, d} }

const (
	pendingOf = `
select step, at, body
from case_notes
where district = $1 and case_id = $2
order by step, n`
	dropPending = `
delete from case_notes
where district = $1 and case_id = $2 and step <= $3`
	insertMessage = `
insert into messages (district, person, id, case_id, step, at, why, clock, seen, mail)
values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)
on conflict (district, person, case_id, step) do nothing`
)

// Pending implements notices.Store.
func (s *Notices) Pending(ctx context.Context, caseID gov.ID) (list []notices.Pending, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (p notices.Pending, err error) {
			var body []byte
			if err = scan(&p.Step, &p.At, &body); err == nil {
				err = json.Unmarshal(body, &p.Note)
			}
			return p, err
		}, pendingOf, s.district, caseID.String())
		return sqldb.Classify(err, "whom to tell of case %s", caseID)
	})
	return list, err
}

// Deliver implements notices.Store.
func (s *Notices) Deliver(ctx context.Context, caseID gov.ID, upTo int64, list []notices.Message) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		for _, m := range list {
			n, err := affected(ctx, t, insertMessage, t.District(), m.Person.String(), m.ID.String(), m.Case.String(), m.Step, m.At, string(m.Why), m.Clock, m.Mail)
			if err != nil {
				return sqldb.Classify(err, "tell %s", m.Person)
			}
			if n == 0 || m.Mail == "" || m.Mail == notices.WaitsForDaily {
				continue
			}
			if err := queue(ctx, t, m.Mail, m.Person, false); err != nil {
				return err
			}
		}
		_, err := t.ExecContext(ctx, dropPending, t.District(), caseID.String(), upTo)
		return sqldb.Classify(err, "case %s was told", caseID)
	})
}

// affected runs a statement and tells how many rows it touched.
func affected(ctx context.Context, t *sqldb.Tx, query string, args ...any) (int64, error) {
	r, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

const (
	// The case may not be listed at the moment, after a restore.
	messageColumns = `
select m.id, m.person, m.case_id, m.step, m.at, m.why, m.clock, m.seen, m.mail, c.number, c.procedure, coalesce(r.subject, '')
from messages m
join cases c on c.district = m.district and c.id = m.case_id
left join case_rows r on r.district = m.district and r.id = m.case_id
where m.district = $1`
	messagesOf = messageColumns + ` and m.person = $2 and m.id < $3
order by m.id desc
limit $4`
	messageOf  = messageColumns + ` and m.person = $2 and m.id = $3`
	messagesIn = messageColumns + ` and m.mail = $2
order by m.at, c.number, m.step`
	countUnseen = `
select count(*)
from messages
where district = $1 and person = $2 and seen = 0`
	seeOne = `
update messages
set seen = $1
where district = $2 and person = $3 and id = $4 and seen = 0`
	seeAll = `
update messages
set seen = $1
where district = $2 and person = $3 and seen = 0`
)

func scanMessage(scan func(...any) error) (m notices.Message, err error) {
	var id, person, of, why string
	if err = scan(&id, &person, &of, &m.Step, &m.At, &why, &m.Clock, &m.Seen, &m.Mail, &m.Number, &m.Procedure, &m.Subject); err != nil {
		return m, err
	}
	m.Why = cases.Notice(why)
	return m, parse([]string{id, person, of}, &m.ID, &m.Person, &m.Case)
}

// parse reads ids.
func parse(texts []string, ids ...*gov.ID) (err error) {
	for i, text := range texts {
		if *ids[i], err = gov.ParseID(text); err != nil {
			return err
		}
	}
	return nil
}

// newest sorts behind every id.
const newest = "~"

// Messages implements notices.Store.
func (s *Notices) Messages(ctx context.Context, person gov.ID, p gov.Page) (list gov.List[notices.Message], err error) {
	limit := p.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	after := newest
	if p.After != "" {
		after = p.After
	}
	list.Total = -1
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list.Items, err = sqldb.Collect(ctx, t, scanMessage, messagesOf, s.district, person.String(), after, limit+1)
		return sqldb.Classify(err, "messages of %s", person)
	})
	if len(list.Items) > limit {
		list.Items = list.Items[:limit]
		list.Next = list.Items[limit-1].ID.String()
	}
	return list, err
}

// Message implements notices.Store.
func (s *Notices) Message(ctx context.Context, person, id gov.ID) (m notices.Message, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		m, err = scanMessage(t.QueryRowContext(ctx, messageOf, s.district, person.String(), id.String()).Scan)
		return err
	})
	return m, sqldb.Classify(err, "message %s", id)
}

// Unseen implements notices.Store.
func (s *Notices) Unseen(ctx context.Context, person gov.ID) (n int, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		return t.QueryRowContext(ctx, countUnseen, s.district, person.String()).Scan(&n)
	})
	return n, sqldb.Classify(err, "count messages of %s", person)
}

// See implements notices.Store.
func (s *Notices) See(ctx context.Context, person gov.ID, ids []gov.ID) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		now := t.Now().UnixMilli()
		if len(ids) == 0 {
			_, err := t.ExecContext(ctx, seeAll, now, t.District(), person.String())
			return sqldb.Classify(err, "mark messages of %s", person)
		}
		for _, id := range ids {
			if _, err := t.ExecContext(ctx, seeOne, now, t.District(), person.String(), id.String()); err != nil {
				return sqldb.Classify(err, "mark message %s", id)
			}
		}
		return nil
	})
}

const (
	choiceOf = `
select revision, lang, mails
from message_choices
where district = $1 and person = $2`
	insertChoice = `
insert into message_choices (district, person, revision, lang, mails)
values ($1, $2, 1, $3, $4)`
	updateChoice = `
update message_choices
set revision = revision + 1, lang = $1, mails = $2
where district = $3 and person = $4 and revision = $5`
)

// Choice implements notices.Store.
func (s *Notices) Choice(ctx context.Context, person gov.ID) (c notices.Choice, err error) {
	c.Person, c.Mail = person, map[cases.Notice]notices.Way{}
	var mails string
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		return t.QueryRowContext(ctx, choiceOf, s.district, person.String()).Scan(&c.Revision, &c.Lang, &mails)
	})
	for line := range strings.Lines(mails) {
		why, way, _ := strings.Cut(strings.TrimSpace(line), " ")
		c.Mail[cases.Notice(why)] = notices.Way(way)
	}
	return c, sqldb.Classify(err, "choice of %s", person)
}

// SaveChoice implements notices.Store.
func (s *Notices) SaveChoice(ctx context.Context, c notices.Choice) error {
	lines := make([]string, 0, len(c.Mail))
	for _, why := range notices.Reasons {
		lines = append(lines, fmt.Sprintf("%s %s", why, c.Mail[why]))
	}
	mails, person := strings.Join(lines, "\n"), c.Person.String()
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) (err error) {
		if c.Revision == 0 {
			_, err = t.ExecContext(ctx, insertChoice, t.District(), person, string(c.Lang), mails)
		} else {
			err = sqldb.ExecOne(ctx, t, updateChoice, string(c.Lang), mails, t.District(), person, c.Revision)
		}
		if err != nil {
			return sqldb.Classify(err, "save the choice of %s", person)
		}
		_, err = ledgerdb.Record(ctx, t, ledgerdb.Act{
			Kind: choiceMade, Object: "person:" + person, Actor: gov.Actor{Kind: gov.StaffActor, Name: person},
			Rows: []ledgerdb.RowRef{ledgerdb.RowOf("message_choices", person)},
		})
		return err
	})
}

const (
	sweepMessages = `
delete from messages
where district = $1 and seen > 0 and seen < $2`
	sweepMails = `
delete from mails
where district = $1 and next_at = 0 and queued < $2`
)

// Sweep implements notices.Store.
func (s *Notices) Sweep(ctx context.Context, kept time.Duration) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		before := t.Now().Add(-kept).UnixMilli()
		for _, query := range []string{sweepMessages, sweepMails} {
			if _, err := t.ExecContext(ctx, query, t.District(), before); err != nil {
				return sqldb.Classify(err, "delete old messages")
			}
		}
		return nil
	})
}
