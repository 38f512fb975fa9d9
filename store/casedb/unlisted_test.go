package casedb_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// crowded is a store at which very many write at once.
type crowded struct{ docket.Store }

type crowdedTx struct{ docket.Tx }

func (crowdedTx) Busy() bool { return true }

func (c crowded) Update(ctx context.Context, fn func(context.Context, docket.Tx) error) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx docket.Tx) error { return fn(ctx, crowdedTx{tx}) })
}

// A case that began among very many is there at once, by id and number, with its
// history and its entry. Lists have it when it was listed, once, whether that is
// done after the others or by the next step on it, and however many do so at once.
func TestManyAtOnce(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		ctx := t.Context()
		storm := docket.New(crowded{db.Cases(storetest.District)}, dockettest.OnePack{Pack: sample(t)}, calendar.Seed)
		calm := enter(t, s, gov.NewID(h.Now()))
		var ids []gov.ID
		for range 8 {
			id := gov.NewID(h.Now())
			c := enter(t, storm, id)
			if again := enter(t, storm, id); again.Number != c.Number {
				t.Errorf("sent twice it is %s and %s", c.Number, again.Number)
			}
			stored, _ := dockettest.Folded(t, s, id)
			if found, err := s.Find(ctx, c.Number); err != nil || found != id || stored.Version != 1 {
				t.Errorf("%s is %s, version %d, %v", c.Number, found, stored.Version, err)
			}
			ids = append(ids, id)
		}
		listed := func() (in []gov.ID) {
			t.Helper()
			list, _, err := s.List(ctx, docket.Query{Procedure: "payment"}, docket.Place{}, 50)
			must(t, err)
			for _, r := range list {
				in = append(in, r.ID)
			}
			return in
		}
		if in := listed(); !slices.Equal(in, []gov.ID{calm.ID}) {
			t.Fatalf("lists have %v", in)
		}
		storetest.Sound(t, db)

		// Some go on before they were listed, while others list them.
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range 4 {
			all.Go(func() {
				for range 5 { // on PostgreSQL two may be on one case at once
					_, errs[i] = s.Act(ctx, docket.Step{Case: ids[i]}, cases.Input{Action: "send_back", Actor: wang, Values: cases.Values{"reason": "重填"}})
					if gov.CodeOf(errs[i]) != gov.Conflict {
						break
					}
				}
			})
			all.Go(func() {
				for more := true; more && errs[4+i] == nil; {
					more, errs[4+i] = s.Catch(ctx, 3)
				}
			})
		}
		all.Wait()
		for _, err := range errs {
			must(t, err)
		}
		for range ids { // where those who listed found many who write, they left some
			if _, err := s.Catch(ctx, 3); err != nil {
				t.Fatal(err)
			}
		}
		if more, err := s.Catch(ctx, 1); err != nil || more {
			t.Errorf("more to be listed: %v, %v", more, err)
		}
		if in := listed(); len(in) != 9 {
			t.Errorf("lists have %d cases", len(in))
		}
		tallies, err := s.Tallies(ctx, "payment", "")
		must(t, err)
		count := map[string]int64{}
		for _, n := range tallies {
			count[n.State] += n.N
		}
		if count["entered"] != 5 || count["returned"] != 4 {
			t.Errorf("tallies %v", count)
		}
		begun, err := s.Totals(ctx, docket.Asked{Procedure: "payment", What: []docket.What{docket.CountBegun}, To: docket.Ever})
		must(t, err)
		if len(begun) != 1 || begun[0].N != 9 {
			t.Errorf("begun: %+v", begun)
		}
		if rows := storetest.Rows(t, db, "select count(distinct case_id) from case_notes"); rows[0][0] != "0" {
			jobs := storetest.Rows(t, db, "select count(*) from jobs where kind = 'notices.tell'")
			if jobs[0][0] != rows[0][0] {
				t.Errorf("%s cases have notes, %s are told of", rows[0][0], jobs[0][0])
			}
		}
		storetest.Sound(t, db)
		relist(t, db, s)

		// What is listed anew altogether is listed for the first time by that.
		enter(t, storm, gov.NewID(h.Now()))
		_, err = s.Relist(ctx, gov.ID{}, 50, func(id gov.ID, err error) { t.Errorf("case %s: %v", id, err) })
		must(t, err)
		if in := listed(); len(in) != 10 {
			t.Errorf("lists have %d cases", len(in))
		}
		relist(t, db, s)
	})
}
