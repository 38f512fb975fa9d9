package money_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/demo/money"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/fundtest"
	"quanxiang/store/inspecttest"
	"quanxiang/store/storetest"
	"quanxiang/support/fund"
)

// staff are two persons, one for each role.
type staff map[gov.ID]people.Holdings

func (s staff) Holdings(_ context.Context, id gov.ID) (people.Holdings, error) { return s[id], nil }

func (s staff) holders(_ context.Context, _ people.Standing, role string, _ ...people.Place) (list []people.Person, err error) {
	for _, h := range s {
		if h.Assignments[0].Role == role {
			list = append(list, h.Person)
		}
	}
	return list, nil
}

// What is invented holds together, whatever day history ends on: every screen has
// something, and balances are the sums of their journal.
func TestScenes(t *testing.T) {
	t.Parallel()
	pack, who := packtest.Xicheng(t), staff{}
	for _, role := range []string{"finance-officer", "payment-approver"} {
		id := gov.NewID(caseworktest.Monday)
		who[id] = people.Holdings{Person: people.Person{ID: id, Name: role, Unit: "czj"}, Account: &people.Account{Person: id, State: people.Active},
			Assignments: []people.Assignment{{ID: gov.NewID(caseworktest.Monday), Person: id, Role: role, Unit: "czj", Period: people.Period{From: gov.Date{Year: 2016, Month: 1, Day: 1}}}}}
	}
	for _, end := range []time.Time{time.Date(2017, 2, 3, 10, 0, 0, 0, gov.China), time.Date(2017, 10, 8, 9, 0, 0, 0, gov.China), time.Date(2017, 11, 29, 15, 0, 0, 0, gov.China)} {
		now := end.AddDate(0, 0, -110)
		db := storetest.Open(t, storetest.DSN(t, store.SQLite), func() time.Time { return now })
		const subjects = 200
		market := inspecttest.Fill(t, db, pack, func() time.Time { return now }, subjects, 0, func(string, string) people.Standing { return people.Standing{} })
		room := fundtest.New(t, db, pack, func() time.Time { return now })
		k := &money.Money{Pack: pack, Calendar: calendar.Seed(), Clock: room.Clock, Now: end, Funds: room.Fund, Registers: market.Registers, Subjects: subjects, Holders: who.holders, Staff: who}
		last := time.Time{}
		for _, s := range k.Scenes() {
			if s.At.Before(last) || s.At.After(end) {
				t.Fatalf("a scene at %s follows one at %s; history ends at %s", s.At, last, end)
			}
			now, last = s.At, s.At
			if err := s.Do(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		now = end
		wrong, err := room.Audit(t.Context())
		if err != nil || len(wrong) > 0 {
			t.Errorf("balances %v, %v", wrong, err)
		}
		batches, err := room.Batches(t.Context(), room.Officer, gov.Page{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		var states []fund.BatchState
		for _, b := range batches.Items {
			states = append(states, b.State)
		}
		if d := cmp.Diff([]fund.BatchState{fund.Prepared, fund.Signed, fund.Answered, fund.Answered}, states); d != "" {
			t.Errorf("batches - and +:\n%s", d)
		}
		claims, err := room.Claims(t.Context(), room.Officer, "")
		if err != nil || len(claims) != 3 || !claims[0].Overdue(gov.DateOf(end)) || claims[1].Overdue(gov.DateOf(end)) || claims[2].State != fund.Settled {
			t.Errorf("claims %+v, %v", claims, err)
		}
		waits, err := room.Payable(t.Context(), room.Officer)
		if err != nil || len(waits) != 3 || waits[0].Payee != "" {
			t.Errorf("%d payments wait, %v", len(waits), err)
		}
	}
}
