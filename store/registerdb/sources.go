package registerdb

import (
	"context"

	"quanxiang/gov"
	"quanxiang/registers"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

const (
	sourceColumns = `case_id, register, kind, unit, key, subject, number, procedure, how, version, at`
	sourcesAbout  = `
select ` + sourceColumns + `
from register_sources
where district = $1 and register = $2 and subject = $3
order by at desc, case_id, kind, unit, key
limit $4`
	sourcesOf = `
select ` + sourceColumns + `
from register_sources
where district = $1 and case_id = $2
order by register, kind, unit, key`
	sourceVersion = `
select coalesce(max(version), 0)
from register_sources
where district = $1 and case_id = $2 and register = $3 and kind = $4 and unit = $5 and key = $6`
	insertSource = `
insert into register_sources (district, case_id, register, kind, unit, key, subject, number, procedure, how, version, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	updateSource = `
update register_sources
set subject = $1, how = $2, version = $3, at = $4
where district = $5 and case_id = $6 and register = $7 and kind = $8 and unit = $9 and key = $10 and version = $11`
)

func scanSource(scan func(...any) error) (s registers.Source, err error) {
	var id string
	var version int
	if err := scan(&id, &s.Register, &s.Kind, &s.Unit, &s.Key, &s.Subject, &s.Number, &s.Procedure, &s.How, &version, &s.At); err != nil {
		return s, err
	}
	s.Case, err = gov.ParseID(id)
	return s, err
}

// SourcesAbout implements registers.Store.
func (s *Registers) SourcesAbout(ctx context.Context, register, subject string, limit int) ([]registers.Source, error) {
	return s.sources(ctx, sourcesAbout, register, subject, limit)
}

// SourcesOf implements registers.Store.
func (s *Registers) SourcesOf(ctx context.Context, caseID gov.ID) ([]registers.Source, error) {
	return s.sources(ctx, sourcesOf, caseID.String())
}

func (s *Registers) sources(ctx context.Context, query string, args ...any) (list []registers.Source, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanSource, query, append([]any{t.District()}, args...)...)
		return err
	})
	return list, sqldb.Classify(err, "the cases of a register")
}

// PutSource implements registers.Tx.
func (t *tx) PutSource(ctx context.Context, s registers.Source) error {
	name := []any{s.Case.String(), s.Register, s.Kind, s.Unit, s.Key}
	var version int
	if err := t.QueryRowContext(ctx, sourceVersion, append([]any{t.District()}, name...)...).Scan(&version); err != nil {
		return sqldb.Classify(err, "what case %s has done in a register", s.Number)
	}
	at := t.Now().UnixMilli()
	row := append(name[:len(name):len(name)], s.Subject, s.Number, s.Procedure, string(s.How), version+1, at)
	ref := ledgerdb.Written("register_sources", 5, row...)
	if version == 0 {
		t.wrote = append(t.wrote, ref.New())
		return t.LaterRows(ctx, insertSource, row)
	}
	t.wrote = append(t.wrote, ref)
	return t.LaterOne(ctx, updateSource, append([]any{s.Subject, string(s.How), version + 1, at, t.District()}, append(name, version)...)...)
}
