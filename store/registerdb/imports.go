package registerdb

import (
	"context"
	"encoding/json"
	"fmt"

	"quanxiang/gov"
	"quanxiang/registers"
	"quanxiang/store/sqldb"
)

const (
	importColumns = `id, register, kind, unit, actor, file, name, size, at, phase, good_only, checked, pos, line, total, good, bad, added, changed, same,
  ended, failure_zh, failure_en, version`
	importByID = `
select ` + importColumns + `
from register_imports
where district = $1 and id = $2`
	latestImports = `
select ` + importColumns + `
from register_imports
where district = $1
order by id desc
limit $2`
	insertImport = `
insert into register_imports (district, id, register, kind, unit, actor, file, name, size, at, phase, good_only, checked, pos, line, total, good, bad, added,
  changed, same, ended, failure_zh, failure_en, version)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
on conflict (district, id) do nothing`
	updateImport = `
update register_imports
set phase = $1, good_only = $2, checked = $3, pos = $4, line = $5, total = $6, good = $7, bad = $8, added = $9, changed = $10, same = $11,
  ended = $12, failure_zh = $13, failure_en = $14, version = version + 1
where district = $15 and id = $16 and version = $17`
	insertReject = `
insert into register_rejects (district, import, line, n, field, zh, en, typed)
values ($1, $2, $3, $4, $5, $6, $7, $8)`
	rejectsAfter = `
select line, n, field, zh, en, typed
from register_rejects
where district = $1 and import = $2 and (line, n) > ($3, $4)
order by line, n
limit $5`
	sweepRejects = `
delete from register_rejects
where district = $1 and import in (
  select id
  from register_imports
  where district = $1 and ended > 0 and ended < $2
)`
	sweepImports = `
delete from register_imports
where district = $1 and ended > 0 and ended < $2`
)

func scanImport(scan func(...any) error) (i registers.Import, err error) {
	var id string
	var actor []byte
	var good, checked int
	if err := scan(&id, &i.Register, &i.Kind, &i.Unit, &actor, &i.File, &i.Name, &i.Bytes, &i.At, &i.Phase, &good, &checked, &i.Offset, &i.Line, &i.Rows,
		&i.Good, &i.Bad, &i.Added, &i.Changed, &i.Same, &i.Ended, &i.Failure.ZH, &i.Failure.EN, &i.Version); err != nil {
		return i, err
	}
	i.GoodOnly, i.Checked = good != 0, checked != 0
	if i.ID, err = gov.ParseID(id); err == nil {
		i.Actor, err = actorOf(actor)
	}
	if err != nil {
		err = fmt.Errorf("import %q: %w", id, err)
	}
	return i, err
}

// Import implements registers.Store.
func (s *Registers) Import(ctx context.Context, id gov.ID) (i registers.Import, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		i, err = scanImport(t.QueryRowContext(ctx, importByID, t.District(), id.String()).Scan)
		return err
	})
	return i, sqldb.Classify(err, "import %s", id)
}

// Imports implements registers.Store.
func (s *Registers) Imports(ctx context.Context, limit int) (list []registers.Import, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanImport, latestImports, t.District(), limit)
		return err
	})
	return list, sqldb.Classify(err, "list imports")
}

// Rejects implements registers.Store.
func (s *Registers) Rejects(ctx context.Context, id gov.ID, after registers.Reject, limit int) (list []registers.Reject, err error) {
	if after.Line == 0 {
		after.N = -1
	}
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (r registers.Reject, err error) {
			return r, scan(&r.Line, &r.N, &r.Column, &r.Text.ZH, &r.Text.EN, &r.Typed)
		}, rejectsAfter, t.District(), id.String(), after.Line, after.N, limit)
		return err
	})
	return list, sqldb.Classify(err, "what was wrong in import %s", id)
}

// AddImport implements registers.Tx.
func (t *tx) AddImport(ctx context.Context, i registers.Import) error {
	actor, err := json.Marshal(i.Actor)
	if err != nil {
		return err
	}
	return t.Later(ctx, insertImport, t.District(), i.ID.String(), i.Register, i.Kind, i.Unit, actor, i.File, i.Name, i.Bytes, i.At, string(i.Phase),
		number(i.GoodOnly), number(i.Checked), i.Offset, i.Line, i.Rows, i.Good, i.Bad, i.Added, i.Changed, i.Same, i.Ended, i.Failure.ZH, i.Failure.EN, i.Version)
}

// SaveImport implements registers.Tx.
func (t *tx) SaveImport(ctx context.Context, i registers.Import) error {
	return t.LaterOne(ctx, updateImport, string(i.Phase), number(i.GoodOnly), number(i.Checked), i.Offset, i.Line, i.Rows, i.Good, i.Bad, i.Added, i.Changed, i.Same,
		i.Ended, i.Failure.ZH, i.Failure.EN, t.District(), i.ID.String(), i.Version)
}

// AddRejects implements registers.Tx.
func (t *tx) AddRejects(ctx context.Context, id gov.ID, list []registers.Reject) error {
	rows := make([][]any, len(list))
	for n, r := range list {
		rows[n] = []any{id.String(), r.Line, r.N, r.Column, r.Text.ZH, r.Text.EN, r.Typed}
	}
	return t.LaterRows(ctx, insertReject, rows...)
}
