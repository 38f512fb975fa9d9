package residentdb

import (
	"context"
	"time"

	"quanxiang/gov"
	"quanxiang/limits"
	"quanxiang/residents"
	"quanxiang/store/sqldb"
)

const (
	challengeByID = `
select id, revision, channel, address, contact, digest, code, lang, sent, tries, expires
from resident_codes
where district = $1 and id = $2`
	insertChallenge = `
insert into resident_codes (district, id, revision, channel, address, contact, digest, code, lang, sent, tries, expires)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	updateChallenge = `
update resident_codes
set revision = revision + 1, channel = $1, address = $2, contact = $3, digest = $4, code = $5, lang = $6, sent = $7, tries = $8, expires = $9
where district = $10 and id = $11 and revision = $12`
	dropChallenge = `
delete from resident_codes
where district = $1 and id = $2`
	sessionByID = `
select id, channel, address, opened, seen
from resident_sessions
where district = $1 and id = $2`
	putSession = `
insert into resident_sessions (district, id, channel, address, address_index, opened, seen)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (district, id) do update
set seen = excluded.seen`
	dropSession = `
delete from resident_sessions
where district = $1 and id = $2`
	dropSessionsAt = `
delete from resident_sessions
where district = $1 and address_index = $2`
	countUp = `
insert into meters (district, bucket, slot, used, earlier, ends)
values ($1, $2, $3, $4, 0, $5)
on conflict (district, bucket) do update
set earlier = case
    when excluded.slot <= meters.slot then meters.earlier
    when excluded.slot = meters.slot + 1 then meters.used
    else 0
  end,
  used = excluded.used + case when excluded.slot <= meters.slot then meters.used else 0 end,
  slot = case when excluded.slot <= meters.slot then meters.slot else excluded.slot end,
  ends = case when excluded.slot <= meters.slot then meters.ends else excluded.ends end
returning slot, used, earlier`
)

// Challenge implements residents.Reader.
func (t *tx) Challenge(ctx context.Context, id string) (c residents.Challenge, err error) {
	var channel, contact, lang string
	var address, code []byte
	err = t.QueryRowContext(ctx, challengeByID, t.District(), id).Scan(&c.ID, &c.Revision, &channel, &address, &contact, &c.Digest, &code, &lang,
		&c.Sent, &c.Tries, &c.Expires)
	if err != nil {
		return c, sqldb.Classify(err, "read a challenge")
	}
	c.Lang = gov.Lang(lang)
	if c.Address, err = t.address("resident_codes", id, channel, address); err != nil {
		return c, err
	}
	value, err := t.Open("resident_codes", "code", id, code)
	if c.Code = string(value); err != nil || contact == "" {
		return c, err
	}
	return c, parse([]string{contact}, &c.Contact)
}

// address opens the address of a row.
func (t *tx) address(table, id, channel string, sealed []byte) (residents.Address, error) {
	value, err := t.Open(table, "address", id, sealed)
	return residents.Address{Channel: residents.Channel(channel), Value: string(value)}, err
}

// SaveChallenge implements residents.Tx. A challenge passes: it is in no ledger.
func (t *tx) SaveChallenge(ctx context.Context, c *residents.Challenge) error {
	contact := ""
	if !c.Contact.IsZero() {
		contact = c.Contact.String()
	}
	fields := []any{
		string(c.Address.Channel), t.Seal("resident_codes", "address", c.ID, []byte(c.Address.Value)), contact, c.Digest,
		t.Seal("resident_codes", "code", c.ID, []byte(c.Code)), string(c.Lang), c.Sent, c.Tries, c.Expires,
	}
	var err error
	if c.Revision == 0 {
		_, err = t.ExecContext(ctx, insertChallenge, append([]any{t.District(), c.ID}, fields...)...)
	} else {
		err = sqldb.ExecOne(ctx, t.Tx.Tx, updateChallenge, append(fields, t.District(), c.ID, c.Revision)...)
	}
	if err == nil {
		c.Revision++
	}
	return sqldb.Classify(err, "save a challenge")
}

// DropChallenge implements residents.Tx.
func (t *tx) DropChallenge(ctx context.Context, id string) error {
	_, err := t.ExecContext(ctx, dropChallenge, t.District(), id)
	return sqldb.Classify(err, "drop a challenge")
}

// Session implements residents.Reader.
func (t *tx) Session(ctx context.Context, id string) (s residents.Session, err error) {
	var channel string
	var address []byte
	if err = t.QueryRowContext(ctx, sessionByID, t.District(), id).Scan(&s.ID, &channel, &address, &s.Opened, &s.Seen); err != nil {
		return s, sqldb.Classify(err, "read a resident's session")
	}
	s.Address, err = t.address("resident_sessions", id, channel, address)
	return s, err
}

// PutSession implements residents.Tx.
func (t *tx) PutSession(ctx context.Context, s residents.Session) error {
	_, err := t.ExecContext(ctx, putSession, t.District(), s.ID, string(s.Address.Channel),
		t.Seal("resident_sessions", "address", s.ID, []byte(s.Address.Value)), t.at(s.Address)[0], s.Opened, s.Seen)
	return sqldb.Classify(err, "save a resident's session")
}

// DropSession implements residents.Tx.
func (t *tx) DropSession(ctx context.Context, id string) error {
	_, err := t.ExecContext(ctx, dropSession, t.District(), id)
	return sqldb.Classify(err, "end a resident's session")
}

// DropSessionsAt implements residents.Tx.
func (t *tx) DropSessionsAt(ctx context.Context, a residents.Address) error {
	for _, at := range t.at(a) {
		if _, err := t.ExecContext(ctx, dropSessionsAt, t.District(), at); err != nil {
			return sqldb.Classify(err, "end a resident's sessions")
		}
	}
	return nil
}

// Count implements residents.Tx. It is Meter.Add in one statement, so that many
// at once wait for each other instead of failing.
func (t *tx) Count(ctx context.Context, bucket string, window time.Duration, n int64) (m limits.Meter, err error) {
	slot := limits.Slot(t.Now(), window)
	err = t.QueryRowContext(ctx, countUp, t.District(), bucket, slot, n, (slot+2)*window.Milliseconds()).Scan(&m.Slot, &m.Used, &m.Earlier)
	return m, sqldb.Classify(err, "count a use")
}

const (
	insertDispatch = `
insert into dispatches (district, id, kind, target, case_id, step, queued, next_at, attempts, answer, expires)
values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9)
on conflict do nothing`
	dueDispatches = `
select id, kind, target, case_id, step, queued, next_at, attempts, answer, expires
from dispatches
where district = $1 and next_at > 0 and next_at <= $2
order by next_at, id
limit $3`
	dropDispatch = `
delete from dispatches
where district = $1 and id = $2`
	postponeDispatch = `
update dispatches
set next_at = $1, attempts = $2, answer = $3
where district = $4 and id = $5`
)

// Queue implements residents.Tx.
func (t *tx) Queue(ctx context.Context, d residents.Dispatch) error {
	of := ""
	if !d.Case.IsZero() {
		of = d.Case.String()
	}
	_, err := t.ExecContext(ctx, insertDispatch, t.District(), d.ID.String(), string(d.Kind), d.Target, of, d.Step, d.Queued, d.Next, d.Expires)
	return sqldb.Classify(err, "queue a dispatch")
}

// Due implements residents.Outbox.
func (s *Residents) Due(ctx context.Context, limit int) ([]residents.Dispatch, error) {
	return read(ctx, s, func(t *tx) ([]residents.Dispatch, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, func(scan func(...any) error) (d residents.Dispatch, err error) {
			var id, kind, of string
			if err = scan(&id, &kind, &d.Target, &of, &d.Step, &d.Queued, &d.Next, &d.Attempts, &d.Answer, &d.Expires); err != nil {
				return d, err
			}
			d.Kind = residents.DispatchKind(kind)
			if of == "" {
				return d, parse([]string{id}, &d.ID)
			}
			return d, parse([]string{id, of}, &d.ID, &d.Case)
		}, dueDispatches, t.District(), t.Now().UnixMilli(), limit)
		return list, sqldb.Classify(err, "list what is to be sent to residents")
	})
}

// Done implements residents.Outbox.
func (s *Residents) Done(ctx context.Context, id gov.ID) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.ExecContext(ctx, dropDispatch, t.District(), id.String())
		return sqldb.Classify(err, "drop dispatch %s", id)
	})
}

// Postpone implements residents.Outbox.
func (s *Residents) Postpone(ctx context.Context, d residents.Dispatch) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.ExecContext(ctx, postponeDispatch, d.Next, d.Attempts, d.Answer, t.District(), d.ID.String())
		return sqldb.Classify(err, "put dispatch %s off", d.ID)
	})
}

const (
	dropOldChallenges = `
delete from resident_codes
where district = $1 and expires < $2`
	dropOldSessions = `
delete from resident_sessions
where district = $1 and opened < $2`
	dropOldMeters = `
delete from meters
where district = $1 and ends < $2`
	dropOldDispatches = `
delete from dispatches
where district = $1 and queued < $2`
)

// keepGivenUp is how long it is known that something could not be sent. What is
// still tried is never that old.
const keepGivenUp = 30 * 24 * time.Hour

// Sweep implements residents.Store.
func (s *Residents) Sweep(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		now := t.Now()
		for _, one := range []struct {
			query string
			limit time.Time
		}{
			{dropOldChallenges, now},
			{dropOldSessions, now.Add(-residents.AbsoluteLimit)},
			{dropOldMeters, now},
			{dropOldDispatches, now.Add(-keepGivenUp)},
		} {
			if _, err := t.ExecContext(ctx, one.query, t.District(), one.limit.UnixMilli()); err != nil {
				return sqldb.Classify(err, "sweep up behind residents")
			}
		}
		return nil
	})
}
