// Package caseworktest gives tests casework on an empty database, and staff who
// use it.
package caseworktest

import (
	"context"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// Monday is a working morning.
var Monday = time.Date(2016, 10, 10, 9, 0, 0, 0, gov.China)

// Register is a district's staff by id.
type Register map[gov.ID]people.Person

var _ casework.Staffing = Register{}

// Person implements casework.Staffing.
func (r Register) Person(_ context.Context, _ people.Standing, id gov.ID) (people.Person, error) {
	if p, ok := r[id]; ok {
		return p, nil
	}
	return people.Person{}, gov.Errorf(gov.NotFound, "没有这个人", "no such person")
}

// Holders implements casework.Staffing.
func (r Register) Holders(context.Context, people.Standing, string, ...people.Place) ([]people.Person, error) {
	return nil, nil
}

// Officer is somebody who holds a role in a unit on Monday.
func Officer(pack *policy.Pack, unit, role string) people.Standing {
	id := gov.NewID(Monday)
	return people.Staff(people.Holdings{
		Person: people.Person{ID: id, Name: "甲", Unit: unit}, Account: &people.Account{Person: id, State: people.Active},
		Assignments: []people.Assignment{{ID: gov.NewID(Monday), Person: id, Role: role, Unit: unit, Period: people.Period{From: gov.DateOf(Monday)}}},
	}, pack, Monday, Monday)
}

// Office is casework on an empty database on Monday, and its docket.
func Office(t testing.TB, pack *policy.Pack, e store.Engine) (*casework.Casework, *docket.Docket) {
	t.Helper()
	return On(t, storetest.Open(t, storetest.DSN(t, e), func() time.Time { return Monday }), pack)
}

// On is casework on a database, and its docket.
func On(t testing.TB, db *store.DB, pack *policy.Pack) (*casework.Casework, *docket.Docket) {
	t.Helper()
	packs := dockettest.OnePack{Pack: pack}
	regs := &registers.Registers{Store: db.Registers(pack.District), Pack: packs.Current, Clock: func() time.Time { return Monday }}
	d := docket.New(db.Cases(pack.District), packs, calendar.Seed).Into(regs)
	return casework.New(d, packs, Register{}, files.NewFolder(t.TempDir())), d
}
