package casedb

import (
	"context"

	"quanxiang/cases/docket"
	"quanxiang/files"
	"quanxiang/files/photo"
	"quanxiang/gov"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

const (
	attachmentsOf = `
select f.sha, f.name, f.kind, f.size, f.by_whom, f.at,
  coalesce(p.width, 0), coalesce(p.height, 0), coalesce(p.thumb, ''), coalesce(p.look, ''), coalesce(p.taken, 0), coalesce(p.place, ''),
  coalesce(p.origin, ''), coalesce(p.fit, 0), coalesce(d.at, 0)
from case_files f
left join case_drafts d on d.district = f.district and d.case_id = f.case_id and d.sha = f.sha
left join case_pictures p on p.district = f.district and p.case_id = f.case_id and p.sha = f.sha
where f.district = $1 and f.case_id = $2
order by f.at, case when p.origin is null or p.origin = '' then 0 else 1 end, f.sha`
	insertAttachment = `
insert into case_files (district, case_id, sha, name, kind, size, by_whom, at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (district, case_id, sha) do nothing
returning sha`
	insertDraft = `
insert into case_drafts (district, case_id, sha, at)
values ($1, $2, $3, $4)`
	renewDraft = `
update case_drafts
set at = $1
where district = $2 and case_id = $3 and sha = $4
returning sha`
	draftsBefore = `
select case_id, sha, at
from case_drafts
where district = $1 and at < $2
order by at
limit $3`
	settleDraft = `
delete from case_drafts
where district = $1 and case_id = $2 and sha = $3 and at = $4
returning sha`
	dropPicture = `
delete from case_pictures
where district = $1 and case_id = $2 and sha = $3
returning sha`
	dropAttachment = `
delete from case_files
where district = $1 and case_id = $2 and sha = $3`
	insertPicture = `
insert into case_pictures (district, case_id, sha, width, height, thumb, look, taken, place, origin, fit)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	fitOf = `
select fit
from case_pictures
where district = $1 and case_id = $2 and sha = $3`
	setFit = `
update case_pictures
set fit = $1
where district = $2 and case_id = $3 and sha = $4 and fit = $5`
)

// Attachments implements docket.Store.
func (s *Cases) Attachments(ctx context.Context, id gov.ID) (list []docket.Attachment, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, scanAttachment, attachmentsOf, s.district, id.String())
		return sqldb.Classify(err, "list files of case %s", id)
	})
	return list, err
}

func scanAttachment(scan func(...any) error) (a docket.Attachment, err error) {
	var sha, thumb, look, of string
	var p docket.Picture
	if err = scan(&sha, &a.Name, &a.Type, &a.Size, &a.By, &a.At, &p.Width, &p.Height, &thumb, &look, &p.Taken, &p.Place, &of, &p.Fit, &a.Draft); err != nil {
		return a, err
	}
	if a.Key, err = files.ParseKey(sha); err != nil || thumb == "" {
		return a, err
	}
	a.Picture = &p
	if p.Thumb, err = files.ParseKey(thumb); err != nil {
		return a, err
	}
	if p.Look, err = photo.ParseLook(look); err != nil || of == "" {
		return a, err
	}
	p.Of, err = files.ParseKey(of)
	return a, err
}

// Attach implements docket.Tx.
func (t *tx) Attach(ctx context.Context, id gov.ID, a docket.Attachment, actor gov.Actor) error {
	added, err := t.addAttachment(ctx, id, a)
	if err != nil || !added {
		return sqldb.Classify(err, "attach a file to case %s", id)
	}
	act := ledgerdb.Act{
		Kind: "casework.attached", Object: "case:" + id.String(), Actor: actor,
		Rows: []ledgerdb.RowRef{ledgerdb.RowOf("case_files", id, string(a.Key))},
	}
	if p := a.Picture; p != nil {
		if p.Of != "" {
			act.Kind = "casework.masked"
		}
		act.Rows = append(act.Rows, ledgerdb.RowOf("case_pictures", id, string(a.Key)))
		if err := sqldb.ExecOne(ctx, t.Tx, insertPicture, t.District(), id.String(), string(a.Key), p.Width, p.Height, string(p.Thumb), p.Look.String(),
			p.Taken, p.Place, string(p.Of), p.Fit); err != nil {
			return sqldb.Classify(err, "attach a picture to case %s", id)
		}
	}
	_, err = ledgerdb.Record(ctx, t.Tx, act)
	return err
}

// addAttachment adds the row of a file and that it is a draft, or makes one that
// is there already a draft for longer.
func (t *tx) addAttachment(ctx context.Context, id gov.ID, a docket.Attachment) (added bool, err error) {
	insert := func() (bool, error) {
		list, err := sqldb.Collect(ctx, t.Tx, scanKey, insertAttachment, t.District(), id.String(), string(a.Key), a.Name, a.Type, a.Size, a.By, a.At)
		return len(list) > 0, err
	}
	if added, err = insert(); err == nil && !added {
		var renewed []string
		if renewed, err = sqldb.Collect(ctx, t.Tx, scanKey, renewDraft, a.At, t.District(), id.String(), string(a.Key)); err != nil || len(renewed) > 0 {
			return false, err
		}
		added, err = insert() // it is kept for good, or was dropped meanwhile
	}
	if err != nil || !added {
		return false, err
	}
	return true, sqldb.ExecOne(ctx, t.Tx, insertDraft, t.District(), id.String(), string(a.Key), a.At)
}

func scanKey(scan func(...any) error) (key string, err error) { return key, scan(&key) }

// Drafts implements docket.Store.
func (s *Cases) Drafts(ctx context.Context, before int64, limit int) (list []docket.Draft, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (d docket.Draft, err error) {
			var id, sha string
			if err = scan(&id, &sha, &d.At); err == nil {
				d.Case, err = gov.ParseID(id)
			}
			if err == nil {
				d.Key, err = files.ParseKey(sha)
			}
			return d, err
		}, draftsBefore, s.district, before, limit)
		return sqldb.Classify(err, "list drafts of files")
	})
	return list, err
}

// Settle implements docket.Tx.
func (t *tx) Settle(ctx context.Context, d docket.Draft, keep bool) error {
	id, key := d.Case.String(), string(d.Key)
	settled, err := sqldb.Collect(ctx, t.Tx, scanKey, settleDraft, t.District(), id, key, d.At)
	if err != nil || keep || len(settled) == 0 {
		return sqldb.Classify(err, "settle a draft of case %s", id)
	}
	act := ledgerdb.Act{
		Kind: "casework.file_dropped", Object: "case:" + id, Actor: gov.Actor{Kind: gov.SystemActor},
		Rows: []ledgerdb.RowRef{ledgerdb.RowOf("case_files", d.Case, key)},
	}
	pictures, err := sqldb.Collect(ctx, t.Tx, scanKey, dropPicture, t.District(), id, key)
	if err == nil {
		err = sqldb.ExecOne(ctx, t.Tx, dropAttachment, t.District(), id, key)
	}
	if err != nil {
		return sqldb.Classify(err, "drop a file of case %s", id)
	}
	if len(pictures) > 0 {
		act.Rows = append(act.Rows, ledgerdb.RowOf("case_pictures", d.Case, key))
	}
	_, err = ledgerdb.Record(ctx, t.Tx, act)
	return err
}

// Fit implements docket.Tx.
func (t *tx) Fit(ctx context.Context, id gov.ID, key files.Key, fit bool, actor gov.Actor) error {
	var before int64
	if err := t.QueryRowContext(ctx, fitOf, t.District(), id.String(), string(key)).Scan(&before); err != nil || (before != 0) == fit {
		return sqldb.Classify(err, "picture %s of case %s", key, id)
	}
	kind, at := "casework.picture_withdrawn", int64(0)
	if fit {
		kind, at = "casework.picture_fit", t.Now().UnixMilli()
	}
	if err := sqldb.ExecOne(ctx, t.Tx, setFit, at, t.District(), id.String(), string(key), before); err != nil {
		return sqldb.Classify(err, "picture %s of case %s", key, id)
	}
	_, err := ledgerdb.Record(ctx, t.Tx, ledgerdb.Act{
		Kind: kind, Object: "case:" + id.String(), Actor: actor,
		Rows: []ledgerdb.RowRef{ledgerdb.RowOf("case_pictures", id, string(key))},
	})
	return err
}
