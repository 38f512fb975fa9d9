package noticedb

import (
	"context"

	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/store/sqldb"
)

const (
	insertMail = `
insert into mails (district, id, person, daily, queued, next_at, attempts, answer)
values ($1, $2, $3, $4, $5, $5, 0, 0)`
	waitingForDaily = `
select distinct person
from messages
where district = $1 and mail = 'daily'
order by person`
	gatherUnseen = `
update messages
set mail = $1
where district = $2 and person = $3 and mail = 'daily' and seen = 0`
	leaveSeen = `
update messages
set mail = ''
where district = $1 and person = $2 and mail = 'daily' and seen > 0`
	dueMails = `
select id, person, daily, queued, next_at, attempts, answer
from mails
where district = $1 and next_at > 0 and next_at <= $2
order by next_at, id
limit $3`
	dropMail = `
delete from mails
where district = $1 and id = $2`
	postponeMail = `
update mails
set next_at = $1, attempts = $2, answer = $3
where district = $4 and id = $5`
	countMails = `
select coalesce(sum(case when next_at > 0 and next_at <= $1 then 1 else 0 end), 0),
  coalesce(min(case when next_at > 0 then queued end), 0),
  coalesce(sum(case when next_at = 0 then 1 else 0 end), 0)
from mails
where district = $2`
	lastAnswer = `
select answer
from mails
where district = $1 and next_at = 0
order by queued desc
limit 1`
)

// queue asks for a mail.
func queue(ctx context.Context, t *sqldb.Tx, id string, person gov.ID, daily bool) error {
	n := 0
	if daily {
		n = 1
	}
	_, err := t.ExecContext(ctx, insertMail, t.District(), id, person.String(), n, t.Now().UnixMilli())
	return sqldb.Classify(err, "queue a mail to %s", person)
}

// Waiting implements notices.Store.
func (s *Notices) Waiting(ctx context.Context) (list []gov.ID, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (id gov.ID, err error) {
			var text string
			if err = scan(&text); err == nil {
				id, err = gov.ParseID(text)
			}
			return id, err
		}, waitingForDaily, s.district)
		return sqldb.Classify(err, "list who gets a daily mail")
	})
	return list, err
}

// Gather implements notices.Store.
func (s *Notices) Gather(ctx context.Context, person, mail gov.ID) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		if _, err := t.ExecContext(ctx, leaveSeen, t.District(), person.String()); err != nil {
			return sqldb.Classify(err, "leave out what %s read", person)
		}
		n, err := affected(ctx, t, gatherUnseen, mail.String(), t.District(), person.String())
		if err != nil || n == 0 {
			return sqldb.Classify(err, "gather messages of %s", person)
		}
		return queue(ctx, t, mail.String(), person, true)
	})
}

// Due implements notices.Store.
func (s *Notices) Due(ctx context.Context, limit int) (list []notices.Letter, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (l notices.Letter, err error) {
			var id, person string
			var daily int
			if err = scan(&id, &person, &daily, &l.Queued, &l.Next, &l.Attempts, &l.Answer); err == nil {
				err = parse([]string{id, person}, &l.ID, &l.Person)
			}
			l.Daily = daily != 0
			return l, err
		}, dueMails, s.district, t.Now().UnixMilli(), limit)
		return sqldb.Classify(err, "list mails to be sent")
	})
	return list, err
}

// Content implements notices.Store.
func (s *Notices) Content(ctx context.Context, mail gov.ID) (list []notices.Message, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanMessage, messagesIn, s.district, mail.String())
		return sqldb.Classify(err, "messages of mail %s", mail)
	})
	return list, err
}

// Done implements notices.Store.
func (s *Notices) Done(ctx context.Context, mail gov.ID) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		_, err := t.ExecContext(ctx, dropMail, t.District(), mail.String())
		return sqldb.Classify(err, "mail %s was sent", mail)
	})
}

// Postpone implements notices.Store.
func (s *Notices) Postpone(ctx context.Context, l notices.Letter) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		_, err := t.ExecContext(ctx, postponeMail, l.Next, l.Attempts, l.Answer, t.District(), l.ID.String())
		return sqldb.Classify(err, "put mail %s off", l.ID)
	})
}

// Outbox implements notices.Store.
func (s *Notices) Outbox(ctx context.Context) (o notices.Outbox, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		if err := t.QueryRowContext(ctx, countMails, t.Now().UnixMilli(), s.district).Scan(&o.Waiting, &o.Since, &o.GivenUp); err != nil || o.GivenUp == 0 {
			return err
		}
		return t.QueryRowContext(ctx, lastAnswer, s.district).Scan(&o.Answer)
	})
	return o, sqldb.Classify(err, "look into the outbox")
}
