package casedb

import (
	"context"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/cases/precedent"
	"quanxiang/store/sqldb"
)

const (
	putDecision = `
insert into case_decisions (district, procedure, precedent, basis, at, case_id, seq, value, against)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (district, procedure, precedent, basis, at, case_id, seq) do update
set value = excluded.value, against = excluded.against`
	dropDecision = `
delete from case_decisions
where district = $1 and procedure = $2 and precedent = $3 and basis = $4 and at = $5 and case_id = $6 and seq = $7`
	lastDecisions = `
select at, seq, value, against
from case_decisions
where district = $1 and procedure = $2 and precedent = $3 and basis = $4
order by at desc, case_id desc, seq desc
limit $5`
)

// decided keeps what was decided in a case. A decision that is taken back stays,
// with what took it back.
func (t *tx) decided(ctx context.Context, r docket.Row, before, now []precedent.Decision) error {
	if slices.Equal(before, now) {
		return nil
	}
	key := func(d precedent.Decision) []any {
		return []any{r.Procedure, d.Precedent, d.Basis, d.At, r.ID.String(), d.Seq}
	}
	for _, d := range before {
		same := func(o precedent.Decision) bool {
			return o.Precedent == d.Precedent && o.Basis == d.Basis && o.At == d.At && o.Seq == d.Seq
		}
		if slices.ContainsFunc(now, same) {
			continue
		}
		if err := t.Later(ctx, dropDecision, append([]any{t.District()}, key(d)...)...); err != nil {
			return err
		}
	}
	var rows [][]any
	for _, d := range now {
		if !slices.Contains(before, d) {
			rows = append(rows, append(key(d), d.Value, d.Against))
		}
	}
	return t.LaterRows(ctx, putDecision, rows...)
}

// Decisions implements docket.Store.
func (s *Cases) Decisions(ctx context.Context, procedure, precedentID, basis string, limit int) (list []precedent.Decision, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (precedent.Decision, error) {
			d := precedent.Decision{Precedent: precedentID, Basis: basis}
			err := scan(&d.At, &d.Seq, &d.Value, &d.Against)
			return d, err
		}, lastDecisions, s.district, procedure, precedentID, basis, limit)
		return sqldb.Classify(err, "decisions of %s", procedure)
	})
	return list, err
}
