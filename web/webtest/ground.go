package webtest

import (
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/atlas"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// Ground is an atlas of the reference pack with these cases, numbered from
// CG2016-000001 on, one a day up to now: two reports of a lamp at one place, one
// of litter with no place, one that is not filed and so not public, and a cover
// that was settled on the spot.
func Ground(t testing.TB, pack *policy.Pack, now time.Time) *atlas.Atlas {
	t.Helper()
	now = now.AddDate(0, 0, -5)
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), func() time.Time { return now })
	packs := dockettest.OnePack{Pack: pack}
	d := docket.New(db.Cases(pack.District), packs, calendar.Seed)
	acceptor, collector := dockettest.Staff("shou", "cgzx-jd", "acceptor"), dockettest.Staff("xun", "cgzx-jd", "supervisor")
	photo := []string{strings.Repeat("a1", 32)}
	begin := func(actor cases.Actor, action string, v cases.Values) gov.ID {
		now = now.AddDate(0, 0, 1)
		id := gov.NewID(now)
		if _, err := d.Begin(t.Context(), id, "report", cases.Input{Action: action, Actor: actor, Values: v}); err != nil {
			t.Fatal(err)
		}
		return id
	}
	file := func(id gov.ID, row string) {
		v := cases.Values{"row": row, "street": "110102011"}
		if _, err := d.Act(t.Context(), docket.Step{Case: id}, cases.Input{Action: "file", Actor: acceptor, Values: v}); err != nil {
			t.Fatal(err)
		}
	}
	row := func(class string) string {
		list, _ := pack.List("standard-rows")
		for _, e := range list.Entries {
			if e.Text("class") == class {
				return e.Code
			}
		}
		t.Fatalf("no standard for %s", class)
		return ""
	}
	anybody := cases.Actor{Kind: gov.PublicActor}
	const lamp, litter, cover, street = "11010210109", "11010210302", "11010210101", "110102011"
	for range 2 {
		file(begin(anybody, "report", cases.Values{"about": "路灯不亮", "class": lamp, "place": "39.912300,116.366000"}), row(lamp))
	}
	file(begin(anybody, "report", cases.Values{"about": "果皮箱满溢", "class": litter, "street": street}), row(litter))
	begin(anybody, "report", cases.Values{"about": "尚未立案", "class": lamp, "place": "39.912400,116.366000"})
	begin(collector, "settle", cases.Values{"about": "井盖复位", "class": cover, "place": "39.930000,116.380000", "photos": photo, "after_photos": photo})
	return atlas.New(d, packs)
}
