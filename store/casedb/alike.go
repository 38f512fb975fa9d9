package casedb

import (
	"context"

	"quanxiang/cases/docket"
	"quanxiang/files"
	"quanxiang/files/photo"
	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

// lookQuarter lists pictures that share a quarter of a look. The statement for
// each quarter is written out, as its index is.
const (
	lookQuarter1 = `
select case_id, sha, look, origin
from case_pictures
where district = $1 and substr(look, 1, 4) = $2
limit $3`
	lookQuarter2 = `
select case_id, sha, look, origin
from case_pictures
where district = $1 and substr(look, 5, 4) = $2
limit $3`
	lookQuarter3 = `
select case_id, sha, look, origin
from case_pictures
where district = $1 and substr(look, 9, 4) = $2
limit $3`
	lookQuarter4 = `
select case_id, sha, look, origin
from case_pictures
where district = $1 and substr(look, 13, 4) = $2
limit $3`
)

// Alike implements docket.Store.
func (s *Cases) Alike(ctx context.Context, look photo.Look, limit int) (list []docket.Likeness, err error) {
	text := look.String()
	seen := map[docket.Likeness]bool{}
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		for i, query := range []string{lookQuarter1, lookQuarter2, lookQuarter3, lookQuarter4} {
			some, err := sqldb.Collect(ctx, t, scanLikeness, query, s.district, text[4*i:4*i+4], limit)
			if err != nil {
				return sqldb.Classify(err, "find pictures that look alike")
			}
			for _, one := range some {
				if !seen[one] && one.Look.Alike(look) {
					seen[one] = true
					list = append(list, one)
				}
			}
		}
		return nil
	})
	return list, err
}

func scanLikeness(scan func(...any) error) (l docket.Likeness, err error) {
	var id, sha, look, of string
	if err = scan(&id, &sha, &look, &of); err != nil {
		return l, err
	}
	if l.Case, err = gov.ParseID(id); err != nil {
		return l, err
	}
	if l.Key, err = files.ParseKey(sha); err != nil {
		return l, err
	}
	if of != "" {
		if l.Of, err = files.ParseKey(of); err != nil {
			return l, err
		}
	}
	l.Look, err = photo.ParseLook(look)
	return l, err
}
