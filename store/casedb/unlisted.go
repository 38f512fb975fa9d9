package casedb

import (
	"context"
	"database/sql"
	"errors"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/jobdb"
	"quanxiang/store/sqldb"
)

// The cases that lists know nothing of yet stand in case_unlisted. Who takes a case
// out of it lists it for the first time, alone: whoever wants to at the same time
// waits, and then finds it listed. Only then people are told of its beginning.
const (
	insertUnlisted = `
insert into case_unlisted (district, case_id)
values ($1, $2)`
	dropUnlisted = `
delete from case_unlisted
where district = $1 and case_id = $2`
	holdCase = `
update cases
set version = version
where district = $1 and id = $2`
	oldestUnlisted = `
select case_id
from case_unlisted
where district = $1
order by case_id
limit $2`
)

// Unlisted implements docket.Store.
func (s *Cases) Unlisted(ctx context.Context, limit int) ([]gov.ID, error) {
	return s.ids(ctx, oldestUnlisted, limit)
}

// Claim implements docket.Tx.
func (t *tx) Claim(ctx context.Context, id gov.ID) (bool, error) {
	if k := t.known[id]; t.claimed[id] || k != nil && k.raw != nil {
		return t.claimed[id], nil
	}
	n, err := t.ExecContext(ctx, dropUnlisted, t.District(), id.String())
	if err != nil || n == 0 {
		return false, sqldb.Classify(err, "claim the listing of case %s", id)
	}
	t.claimed[id] = true
	return true, jobdb.Enqueue(ctx, t.Tx, docket.NoticeJob, id.String(), t.Now())
}

// Hold implements docket.Tx.
func (t *tx) Hold(ctx context.Context, id gov.ID) error {
	return t.Later(ctx, holdCase, t.District(), id.String())
}

// settled makes sure that what is known of a case's lists is what they have, when
// it was read without any: it was never listed, or has been since.
func (t *tx) settled(ctx context.Context, id gov.ID, k *known) error {
	if k.raw != nil || k.isNew {
		return nil
	}
	// The case is the transaction's own once its writes have run.
	err := t.Answers(ctx)
	if err != nil {
		return err
	}
	if k.isNew, err = t.Claim(ctx, id); err != nil || k.isNew {
		return err
	}
	err = t.QueryRowContext(ctx, listedRow, t.District(), id.String()).Scan(&k.raw)
	if errors.Is(err, sql.ErrNoRows) { // older than the table
		err = nil
	}
	return sqldb.Classify(err, "what lists have of case %s", id)
}
