package registerdb_test

import (
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// Every subject has its own tax rating of a year, by file and by push, under its code
// and under an earlier number; a rating sent again corrects that one alone.
func TestRecordsKnownByTheirSubject(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r := open(t, db, packtest.Xicheng(t))
		list := codes(t, 2)
		r.load(t, "", "gsfj", subjects(t, 2), false)
		rated := r.load(t, "tax", "gshj", "统一社会信用代码,评价年度,评价日期,纳税信用级别\n"+list[0]+",2015,2016-04-30,A 级\nOLD-0001,2015,2016-04-30,B 级\n", false)
		if rated.Phase != registers.Done || rated.Added != 2 {
			t.Fatalf("two firms were rated: %+v", rated)
		}
		target, err := registers.NewTarget(r.pack, "market", "tax", "gshj")
		must(t, err)
		out, err := r.Push(t.Context(), gov.Actor{Kind: gov.ProgramActor, Name: "key"}, target, []map[string]string{
			{"subject": list[0], "year": "2015", "date": "2016-04-30", "grade": "a"},
			{"subject": list[1], "year": "2015", "date": "2016-06-01", "grade": "d"},
		})
		if must(t, err); out.Sum != (registers.Sum{Changed: 1, Same: 1}) || len(out.Mistakes) > 0 {
			t.Errorf("one was corrected: %+v", out)
		}
		for i, want := range []string{"a", "d"} {
			records, err := r.Registers.Store.Records(t.Context(), "market", list[i], 10)
			if must(t, err); len(records) != 1 || records[0].Values.Text("grade") != want {
				t.Errorf("firm %d has %+v, want the grade %s", i, records, want)
			}
		}
		storetest.Sound(t, db)
	})
}
