package hookdb

import (
	"context"
	"time"

	"quanxiang/gov"
	"quanxiang/notices/hooks"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

const (
	markedOf = `
select seq
from hook_marks
where district = $1 and case_id = $2
order by seq`
	dropMarks = `
delete from hook_marks
where district = $1 and case_id = $2 and seq <= $3`
	insertDelivery = `
insert into hook_deliveries (district, id, hook, case_id, seq, event, body, at, next_at, attempts, answer)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)`
	dueDeliveries = `
select d.id, d.hook, d.case_id, d.seq, d.event, d.body, d.at, d.next_at, d.attempts, d.answer
from (
  select id, hook, case_id, seq, event, body, at, next_at, attempts, answer, row_number() over (partition by hook order by at, case_id, seq, id) as place
  from hook_deliveries
  where district = $1 and next_at > 0 and next_at <= $2
) d
join hooks h on h.district = $1 and h.id = d.hook and h.active = 1
where d.place <= $3
order by d.at, d.case_id, d.seq, d.id`
	deadDeliveries = `
select id, hook, case_id, seq, event, body, at, next_at, attempts, answer
from hook_deliveries
where district = $1 and next_at = 0
order by id desc
limit $2`
	dropDelivery = `
delete from hook_deliveries
where district = $1 and id = $2`
	postponeDelivery = `
update hook_deliveries
set next_at = $1, attempts = $2, answer = $3
where district = $4 and id = $5`
	tryAgain = `
update hook_deliveries
set next_at = $1, attempts = 0
where district = $2 and id = $3 and next_at = 0`
	sweepDeliveries = `
delete from hook_deliveries
where district = $1 and at < $2 and (next_at = 0 or hook in (
  select id
  from hooks
  where district = $1 and active = 0))`
	saveHealth = `
insert into hook_health (district, hook, answered, failing)
values ($1, $2, $3, $4)
on conflict (district, hook) do update
set answered = case when excluded.answered > 0 then excluded.answered else hook_health.answered end,
  failing = case when excluded.failing = 0 then 0 when hook_health.failing > 0 then hook_health.failing else excluded.failing end`
)

// Marked implements hooks.Store.
func (s *Hooks) Marked(ctx context.Context, caseID gov.ID) (list []int64, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (n int64, err error) { return n, scan(&n) }, markedOf, s.district, caseID.String())
		return sqldb.Classify(err, "what happened in case %s", caseID)
	})
	return list, err
}

// Queue implements hooks.Store. Of two that write the same deliveries the second
// finds no mark to drop, and writes none.
func (s *Hooks) Queue(ctx context.Context, caseID gov.ID, upTo int64, list []hooks.Delivery) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		r, err := t.ExecContext(ctx, dropMarks, t.District(), caseID.String(), upTo)
		if err != nil {
			return sqldb.Classify(err, "case %s is announced", caseID)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, d := range list {
			if _, err := t.ExecContext(ctx, insertDelivery, t.District(), d.ID.String(), d.Hook.String(), d.Case.String(), d.Step, d.Event, d.Body, d.At, d.Next); err != nil {
				return sqldb.Classify(err, "queue a delivery to %s", d.Hook)
			}
		}
		return nil
	})
}

func scanDelivery(scan func(...any) error) (d hooks.Delivery, err error) {
	var id, hook, of string
	if err = scan(&id, &hook, &of, &d.Step, &d.Event, &d.Body, &d.At, &d.Next, &d.Attempts, &d.Answer); err != nil {
		return d, err
	}
	for _, p := range []struct {
		to   *gov.ID
		text string
	}{{&d.ID, id}, {&d.Hook, hook}, {&d.Case, of}} {
		if *p.to, err = gov.ParseID(p.text); err != nil {
			return d, err
		}
	}
	return d, nil
}

// Due implements hooks.Store.
func (s *Hooks) Due(ctx context.Context, limit int) (list []hooks.Delivery, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanDelivery, dueDeliveries, s.district, t.Now().UnixMilli(), limit)
		return sqldb.Classify(err, "list deliveries to be sent")
	})
	return list, err
}

// Dead implements hooks.Store.
func (s *Hooks) Dead(ctx context.Context, limit int) (list []hooks.Delivery, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanDelivery, deadDeliveries, s.district, limit)
		return sqldb.Classify(err, "list deliveries that were given up")
	})
	return list, err
}

// What is known of the other side after something.
type answer int

const (
	took answer = iota
	refused
	forget
)

func (s *Hooks) health(ctx context.Context, t *sqldb.Tx, hook gov.ID, a answer) error {
	answered, failing := int64(0), int64(0)
	switch a {
	case took:
		answered = t.Now().UnixMilli()
	case refused:
		failing = t.Now().UnixMilli()
	}
	_, err := t.ExecContext(ctx, saveHealth, t.District(), hook.String(), answered, failing)
	return sqldb.Classify(err, "health of subscription %s", hook)
}

// Sent implements hooks.Store.
func (s *Hooks) Sent(ctx context.Context, d hooks.Delivery) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		if _, err := t.ExecContext(ctx, dropDelivery, t.District(), d.ID.String()); err != nil {
			return sqldb.Classify(err, "delivery %s was sent", d.ID)
		}
		return s.health(ctx, t, d.Hook, took)
	})
}

// Failed implements hooks.Store.
func (s *Hooks) Failed(ctx context.Context, d hooks.Delivery) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		if _, err := t.ExecContext(ctx, postponeDelivery, d.Next, d.Attempts, d.Answer, t.District(), d.ID.String()); err != nil {
			return sqldb.Classify(err, "put delivery %s off", d.ID)
		}
		return s.health(ctx, t, d.Hook, refused)
	})
}

// Again implements hooks.Store.
func (s *Hooks) Again(ctx context.Context, id gov.ID, actor gov.Actor) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		r, err := t.ExecContext(ctx, tryAgain, t.Now().UnixMilli(), t.District(), id.String())
		if err != nil {
			return sqldb.Classify(err, "try delivery %s again", id)
		}
		n, err := r.RowsAffected()
		if err == nil && n == 0 {
			err = gov.Errorf(gov.NotFound, "没有这条放弃的推送", "there is no such delivery that was given up")
		}
		if err != nil {
			return err
		}
		_, err = ledgerdb.Record(ctx, t, ledgerdb.Act{Kind: "hooks.resent", Object: "delivery:" + id.String(), Actor: actor})
		return err
	})
}

// Sweep implements hooks.Store.
func (s *Hooks) Sweep(ctx context.Context, kept time.Duration) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		_, err := t.ExecContext(ctx, sweepDeliveries, t.District(), t.Now().Add(-kept).UnixMilli())
		return sqldb.Classify(err, "delete old deliveries")
	})
}
