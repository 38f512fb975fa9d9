package applydb_test

import (
	"encoding/json"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/store/applytest"
	"quanxiang/support/apply"
)

// A limit of the year over several benefits holds over the applications of the year: what
// was promised under one leaves less for the others, and nothing once it is used up.
func TestJointLimit(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		asked := func(benefit string, given map[string]json.RawMessage) gov.ID {
			id := gov.NewID(r.Now)
			must(t, r.Begin(t.Context(), r.Firm, apply.Start{ID: id, Applicant: "企业", Year: 2016, Documents: []string{"18号"}, Benefits: []string{benefit}, Contact: gov.NewID(r.Now).String(), Facts: given}))
			var edits []apply.Edit
			for name, v := range given {
				edits = append(edits, apply.Edit{Name: name, Value: v, Add: []string{r.Evidence(t, r.Firm, id)}})
			}
			must(t, r.Save(t.Context(), r.Firm, id, 1, gov.ID{}, edits))
			must(t, r.Submit(t.Context(), r.Firm, id, 2, gov.ID{}, apply.SubmitAct))
			correct(t, r, r.Clerk, id, "出版园认定", `true`, "审核认定文件")
			return id
		}
		total := int64(0)
		for _, c := range []struct {
			benefit string
			given   map[string]json.RawMessage
			want    int64 // 万元
		}{
			{"18号.海外销售补贴", map[string]json.RawMessage{"海外销售收入": raw(`{"2016":"2200万元","2015":"1000万元"}`)}, 44},
			{"18号.参展补贴", map[string]json.RawMessage{"参展参会费用": raw(`"100万元"`)}, 6},
		} {
			id := asked(c.benefit, c.given)
			review(t, r, id)
			x, _, err := r.Docket.Case(t.Context(), id)
			must(t, err)
			if x.Values["amount"] != c.want*1_000_000 {
				t.Errorf("%s comes to %v, wanted %d万元: %s", c.benefit, x.Values["amount"], c.want, x.Values.Text("granted"))
			}
			settle(t, r, id)
			must(t, decide(t, r, id))
			replayed(t, r, id)
			total += c.want
		}
		if total != 50 {
			t.Errorf("%d万元 in all", total)
		}
		id := asked("18号.境外机构奖励", map[string]json.RawMessage{"境外机构": raw(`[{"机构":"虚构巴黎分公司","种类":"销售"}]`)})
		r.Do(t, r.Clerk, id, "accept", map[string]any{"opinion": "齐全"})
		x, _, err := r.Docket.Case(t.Context(), id)
		must(t, err)
		if x.Values["amount"] != int64(0) {
			t.Errorf("once the limit is used up it comes to %v", x.Values["amount"])
		}
	})
}
