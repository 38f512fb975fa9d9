package applydb_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/packs/packtest"
	"quanxiang/store/applytest"
	"quanxiang/support/apply"
)

// Who enters one prize twice is told so at the second, and nothing is begun or changed by
// it; a reviewer is told the same.
func TestEntryStatedTwice(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		told := func(err error) {
			t.Helper()
			list, _ := errors.AsType[problems.List](err)
			if len(list) != 1 || list[0].Field != "facts.科技奖项[1].奖项" || gov.CodeOf(err) != gov.Invalid || !strings.Contains(list[0].Text.EN, "entries 1 and 2 of 科技奖项 are the same in 奖项: 一个奖项只填一项") {
				t.Fatalf("stated twice: %v", err)
			}
		}
		twice := raw(`[{"奖项":"虚构科技奖甲","级别":"国家"},{"奖项":" 虚构科技奖甲","级别":"市级"}]`)
		start := apply.Start{ID: gov.NewID(r.Now), Applicant: "企业", Year: 2016, Documents: []string{"16号"}, Contact: gov.NewID(r.Now).String(), Facts: map[string]json.RawMessage{"科技奖项": twice}}
		told(r.Begin(t.Context(), r.Firm, start))
		id := applied(t, r, 2016, prize{"虚构科技奖甲", "国家"}, prize{"虚构科技奖乙", "市级"})
		before := version(t, r, r.Firm, id)
		told(r.Correct(t.Context(), r.Clerk, id, before, gov.ID{}, "科技奖项", twice, "按证书更正"))
		if after := version(t, r, r.Firm, id); after != before {
			t.Errorf("version %d after %d", after, before)
		}
	})
}
