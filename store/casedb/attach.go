package casedb

import (
	"context"

	"quanxiang/cases/docket"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

const (
	attachmentsOf = `
select sha, name, kind, size, by_whom, at
from case_files
where district = $1 and case_id = $2
order by at, sha`
	insertAttachment = `
insert into case_files (district, case_id, sha, name, kind, size, by_whom, at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (district, case_id, sha) do nothing
returning sha`
)

// Attachments implements docket.Store.
func (s *Cases) Attachments(ctx context.Context, id gov.ID) (list []docket.Attachment, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (a docket.Attachment, err error) {
			var sha string
			if err = scan(&sha, &a.Name, &a.Type, &a.Size, &a.By, &a.At); err == nil {
				a.Key, err = files.ParseKey(sha)
			}
			return a, err
		}, attachmentsOf, s.district, id.String())
		return sqldb.Classify(err, "list files of case %s", id)
	})
	return list, err
}

// Attach implements docket.Tx.
func (t *tx) Attach(ctx context.Context, id gov.ID, a docket.Attachment, actor gov.Actor) error {
	added, err := sqldb.Collect(ctx, t.Tx, func(scan func(...any) error) (sha string, err error) { return sha, scan(&sha) },
		insertAttachment, t.District(), id.String(), string(a.Key), a.Name, a.Type, a.Size, a.By, a.At)
	if err != nil || len(added) == 0 { // it is attached already
		return sqldb.Classify(err, "attach a file to case %s", id)
	}
	_, err = ledgerdb.Record(ctx, t.Tx, ledgerdb.Act{
		Kind: "casework.attached", Object: "case:" + id.String(), Actor: actor,
		Rows: []ledgerdb.RowRef{ledgerdb.RowOf("case_files", id, string(a.Key))},
	})
	return err
}
