package store

import (
	"context"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/store/sqldb"
)

const (
	staffAccounts = `
select person, state
from accounts
where district = $1 and state <> 'closed'
order by person`
	allAssignments = assignmentColumns + `
order by a.person, a.id`
	allAbsences = absenceColumns + `
order by person, id`
)

// Staff returns of everybody with an account what decides what they may do, as
// of one moment, in the order they were entered. It opens nothing that is
// sealed: of persons and accounts there is what is needed for a standing, no
// names.
func (s *People) Staff(ctx context.Context) ([]people.Holdings, error) {
	return readPeople(ctx, s, func(tx *peopleTx) ([]people.Holdings, error) {
		list, err := sqldb.Collect(ctx, tx.Tx.Tx, func(scan func(...any) error) (h people.Holdings, err error) {
			var id string
			h.Account = &people.Account{}
			if err = scan(&id, &h.Account.State); err == nil {
				err = ids([]string{id}, &h.Person.ID)
			}
			h.Account.Person = h.Person.ID
			return h, err
		}, staffAccounts, tx.District())
		if err != nil {
			return nil, sqldb.Classify(err, "list the staff")
		}
		assignments, err := sqldb.Collect(ctx, tx.Tx.Tx, scanAssignment, allAssignments, tx.District())
		if err != nil {
			return nil, sqldb.Classify(err, "list the assignments")
		}
		absences, err := sqldb.Collect(ctx, tx.Tx.Tx, scanAbsence, allAbsences, tx.District())
		if err != nil {
			return nil, sqldb.Classify(err, "list the absences")
		}
		held := map[gov.ID][]people.Assignment{}
		for _, a := range assignments {
			held[a.Person] = append(held[a.Person], a)
		}
		away, covers := map[gov.ID][]people.Absence{}, map[gov.ID][]people.Cover{}
		for _, a := range absences {
			away[a.Person] = append(away[a.Person], a)
			covers[a.Deputy] = append(covers[a.Deputy], people.Cover{Absence: a, Assignments: held[a.Person]})
		}
		for i := range list {
			id := list[i].Person.ID
			list[i].Assignments, list[i].Absences, list[i].Covers = held[id], away[id], covers[id]
		}
		return list, nil
	})
}
