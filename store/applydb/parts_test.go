package applydb_test

import (
	"encoding/json"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/store/applytest"
	"quanxiang/support/apply"
)

// What a document pays in two instalments is promised in two years, half each, by an
// application of each year, to the fen.
func TestInstalments(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		r.Money.Budget(t, "16号", 2017, "", 10_000_000)
		given := map[string]json.RawMessage{"改造面积": raw(`"4000平方米"`), "引进高新企业": raw(`"12家"`), "高新企业面积": raw(`"3000平方米"`), "改造支出": raw(`"1000.01万元"`)}
		asked := func(year int) gov.ID {
			id := gov.NewID(r.Now)
			must(t, r.Begin(t.Context(), r.Firm, apply.Start{ID: id, Applicant: "企业", Year: year, Documents: []string{"16号"}, Benefits: []string{"16号.空间改造补贴"}, Contact: gov.NewID(r.Now).String(), Facts: given}))
			var edits []apply.Edit
			for name, v := range given {
				edits = append(edits, apply.Edit{Name: name, Value: v, Add: []string{r.Evidence(t, r.Firm, id)}})
			}
			must(t, r.Save(t.Context(), r.Firm, id, 1, gov.ID{}, edits))
			must(t, r.Submit(t.Context(), r.Firm, id, 2, gov.ID{}, apply.SubmitAct))
			correct(t, r, r.Clerk, id, "改造核定比例", `"15.01%"`, "管委会核定")
			return id
		}
		sum := func(id gov.ID) int64 {
			c, _, err := r.Docket.Case(t.Context(), id)
			must(t, err)
			n, _ := c.Values["amount"].(int64)
			return n
		}
		const whole = 150_101_501 // fen: 15.01 % of 1000.01万元
		promised := int64(0)
		for i, year := range []int{2016, 2017} {
			id := asked(year)
			review(t, r, id)
			want := []int64{whole / 2, whole - whole/2}[i]
			if got := sum(id); got != want {
				t.Errorf("%d: %d fen, wanted %d", year, got, want)
			}
			promised += sum(id)
			settle(t, r, id)
			must(t, decide(t, r, id))
			replayed(t, r, id)
		}
		if promised != whole {
			t.Errorf("both instalments come to %d of %d", promised, whole)
		}
	})
}
