package funddb

import (
	"context"
	"encoding/json"
	"strconv"

	"quanxiang/gov"
	"quanxiang/store/sqldb"
	"quanxiang/support/fund"
)

const (
	batchColumns = `
select version, body
from fund_batches
where district = $1`
	batchByID   = batchColumns + ` and id = $2`
	batchesList = batchColumns + ` and ($2 = '' or id < $2)
order by id desc
limit $3`
	rowsOf = `
select version, state, amount, payee, body
from fund_rows
where district = $1 and batch = $2
order by n`
	fileByID = `
select head, sealed, taken
from fund_files
where district = $1 and id = $2`
	filesOf = `
select head, taken
from fund_files
where district = $1 and batch = $2
order by at, id`
	claimColumns = `
select version, body
from fund_claims
where district = $1`
	claimByID  = claimColumns + ` and id = $2`
	claimsOf   = claimColumns + ` and promise = $2 order by id`
	claimsList = claimColumns + ` and ($2 = '' or subject = $2)
order by case state when 'open' then 0 else 1 end, due, id
limit $3`
)

func scanBatch(scan func(...any) error) (b fund.Batch, err error) {
	var version int64
	var body []byte
	if err := scan(&version, &body); err != nil {
		return b, err
	}
	err = json.Unmarshal(body, &b)
	b.Row = version
	return b, err
}

func scanClaim(scan func(...any) error) (c fund.Claim, err error) {
	var version int64
	var body []byte
	if err := scan(&version, &body); err != nil {
		return c, err
	}
	err = json.Unmarshal(body, &c)
	c.Row = version
	return c, err
}

// Batch implements fund.Store.
func (s *Funds) Batch(ctx context.Context, id gov.ID) (fund.Batch, error) {
	return read(ctx, s, func(t *tx) (fund.Batch, error) { return t.Batch(ctx, id) })
}

// Batch implements fund.Tx.
func (t *tx) Batch(ctx context.Context, id gov.ID) (fund.Batch, error) {
	b, err := scanBatch(t.QueryRowContext(ctx, batchByID, t.District(), id.String()).Scan)
	return b, sqldb.Classify(err, "batch %s", id)
}

// Batches implements fund.Store.
func (s *Funds) Batches(ctx context.Context, p gov.Page) ([]fund.Batch, error) {
	return read(ctx, s, func(t *tx) ([]fund.Batch, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, scanBatch, batchesList, t.District(), p.After, int64(p.Limit))
		return list, sqldb.Classify(err, "list batches")
	})
}

// Rows implements fund.Store.
func (s *Funds) Rows(ctx context.Context, batch gov.ID) ([]fund.Row, error) {
	return read(ctx, s, func(t *tx) ([]fund.Row, error) { return t.Rows(ctx, batch) })
}

// rowKey names a row for the seal of its account.
func rowKey(batch gov.ID, n int) string { return batch.String() + "/" + strconv.Itoa(n) }

// Rows implements fund.Tx.
func (t *tx) Rows(ctx context.Context, batch gov.ID) ([]fund.Row, error) {
	list, err := sqldb.Collect(ctx, t.Tx.Tx, func(scan func(...any) error) (r fund.Row, err error) {
		var version, amount int64
		var state string
		var sealed, body []byte
		if err := scan(&version, &state, &amount, &sealed, &body); err != nil {
			return r, err
		}
		if err := json.Unmarshal(body, &r); err != nil {
			return r, err
		}
		r.Row, r.State, r.Amount = version, fund.RowState(state), amount
		if len(sealed) == 0 {
			return r, nil
		}
		open, err := t.Open("fund_rows", "payee", rowKey(r.Batch, r.N), sealed)
		if err != nil {
			return r, err
		}
		return r, json.Unmarshal(open, &r.Payee)
	}, rowsOf, t.District(), batch.String())
	return list, sqldb.Classify(err, "payments of batch %s", batch)
}

// File implements fund.Store.
func (s *Funds) File(ctx context.Context, id gov.ID) (fund.File, error) {
	return read(ctx, s, func(t *tx) (x fund.File, err error) {
		var head, sealed []byte
		var taken int
		if err := t.QueryRowContext(ctx, fileByID, t.District(), id.String()).Scan(&head, &sealed, &taken); err != nil {
			return x, sqldb.Classify(err, "file %s", id)
		}
		if err := json.Unmarshal(head, &x); err != nil {
			return x, err
		}
		x.Taken = taken != 0
		x.Body, err = t.Open("fund_files", "sealed", id.String(), sealed)
		return x, err
	})
}

// Files implements fund.Store.
func (s *Funds) Files(ctx context.Context, batch gov.ID) ([]fund.File, error) {
	return read(ctx, s, func(t *tx) ([]fund.File, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, func(scan func(...any) error) (x fund.File, err error) {
			var head []byte
			var taken int
			if err := scan(&head, &taken); err != nil {
				return x, err
			}
			err = json.Unmarshal(head, &x)
			x.Taken = taken != 0
			return x, err
		}, filesOf, t.District(), batch.String())
		return list, sqldb.Classify(err, "files of batch %s", batch)
	})
}

// Claim implements fund.Store.
func (s *Funds) Claim(ctx context.Context, id gov.ID) (fund.Claim, error) {
	return read(ctx, s, func(t *tx) (fund.Claim, error) { return t.Claim(ctx, id) })
}

// Claim implements fund.Tx.
func (t *tx) Claim(ctx context.Context, id gov.ID) (fund.Claim, error) {
	c, err := scanClaim(t.QueryRowContext(ctx, claimByID, t.District(), id.String()).Scan)
	return c, sqldb.Classify(err, "claim %s", id)
}

// ClaimsOf implements fund.Tx.
func (t *tx) ClaimsOf(ctx context.Context, promise gov.ID) ([]fund.Claim, error) {
	list, err := sqldb.Collect(ctx, t.Tx.Tx, scanClaim, claimsOf, t.District(), promise.String())
	return list, sqldb.Classify(err, "claims of %s", promise)
}

// Claims implements fund.Store.
func (s *Funds) Claims(ctx context.Context, subject string, p gov.Page) ([]fund.Claim, error) {
	return read(ctx, s, func(t *tx) ([]fund.Claim, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, scanClaim, claimsList, t.District(), subject, int64(p.Limit))
		return list, sqldb.Classify(err, "list claims")
	})
}
