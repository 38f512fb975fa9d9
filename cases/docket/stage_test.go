package docket_test

import (
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
)

// While the clock that counts for the whole does not run, a case stands in lists by
// that of its present stage; where it runs, by that one alone.
func TestStages(t *testing.T) {
	t.Parallel()
	run(t, packtest.Xicheng(t), func(t *testing.T, k court) {
		ctx := t.Context()
		acceptor, dispatcher := dockettest.Staff("shou", "cgzx-jd", "acceptor"), dockettest.Staff("pai", "cgzx-zh", "dispatcher")
		c := k.begin(t, "report", cases.Input{Action: "report", Actor: cases.Actor{Kind: gov.PublicActor}, Values: cases.Values{"about": "路灯不亮", "street": "110102011", "class": "11010210109"}})
		quarter := now.Add(15 * time.Minute).UnixMilli()
		check := func(state, stage string, due int64) {
			t.Helper()
			q := docket.Query{Procedure: "report", State: state}
			list, _, err := k.List(ctx, q, docket.Place{}, 10)
			must(t, err)
			if len(list) != 1 {
				t.Fatalf("%s: %d cases", state, len(list))
			}
			r := list[0]
			if r.Stage != stage || r.StageDue != due || (r.Due == 0) != (stage != "") || r.Order() == docket.Never {
				t.Errorf("%s: stage %q until %d, due %d; want %q until %d", state, r.Stage, r.StageDue, r.Due, stage, due)
			}
			// A page ends at the place the list is ordered by, and the next one goes on there.
			if rest, _, err := k.List(ctx, q, docket.Place{Due: r.Order(), ID: r.ID}, 10); err != nil || len(rest) != 0 {
				t.Errorf("%s: behind its own place: %v, %v", state, rest, err)
			}
		}
		check("reported", "intake", quarter)
		row := ""
		rows, _ := k.pack.List("standard-rows")
		for _, e := range rows.Entries {
			if e.Text("class") == "11010210109" {
				row = e.Code
			}
		}
		k.act(t, c, acceptor, "file", cases.Values{"row": row, "street": "110102011"})
		check("filed", "dispatching", quarter)
		k.act(t, c, dispatcher, "dispatch", cases.Values{"unit": "cgwyh"})
		check("dispatched", "", 0)
	})
}
