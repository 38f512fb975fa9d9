package registerdb_test

import (
	"slices"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// Those in force stand with the latest first and are read piece by piece without a
// gap; all of a kind are read by their keys.
func TestLists(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, pack), t.Context()
		c := codes(t, 2)
		r.load(t, "", "gsfj", subjects(t, 2), false)
		const head = "统一社会信用代码,列入决定文号,列入日期,移出日期,列入原因\n"
		r.load(t, "serious", "gsfj", head+c[0]+",黑1号,2016-09-01,,甲\n"+c[1]+",黑2号,2016-09-03,2016-10-10,乙\n"+c[1]+",黑3号,2016-09-02,2016-10-09,丙\n"+c[1]+",黑4号,2016-10-11,,丁\n", false)
		r.load(t, "serious", "syj", head+c[1]+",药1号,2016-09-03,,戊\n", false)
		day := gov.DateOf(now)
		var got []string
		var after registers.Record
		for {
			list, err := r.Registers.Store.InForce(ctx, "market", "serious", day, after, 2)
			must(t, err)
			for _, n := range list {
				got = append(got, n.Key)
			}
			if len(list) < 2 {
				break
			}
			after = list[1].Record
		}
		if want := []string{"黑2号", "药1号", "黑1号"}; !slices.Equal(got, want) {
			t.Errorf("in force are %v, want %v", got, want)
		}
		if n, err := r.Registers.Store.CountInForce(ctx, "market", "serious", day); err != nil || n != 3 {
			t.Errorf("counted %d, %v", n, err)
		}
		all, err := r.Registers.Store.RecordsBehind(ctx, "market", "serious", "gsfj", "黑2号", 10)
		must(t, err)
		if len(all) != 3 || all[0].Key != "黑3号" || all[2].Unit != "syj" || all[0].Name == "" {
			t.Errorf("behind one there are %+v", all)
		}
	})
}
