package plain_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/plain"
	"quanxiang/rules/syntax"
)

const kites = `文件 风筝 “风筝〔2016〕1号”
  施行 2016-11-01

申报 人
  造价 ：金额
  级别 ：选项（甲，乙）
  做成 ：日期
  风筝 ：清单
    名字 ：文字
    只数 ：数量（只）
    核定 ：金额

支持 大风筝 给 人 @2
  按 造价 的 50%
  上限 100元 累计
  一次性

支持 小风筝 给 人 @3
  条件 满年（做成） 达到 3年
  择优 风筝 作 筝 每 筝.名字
    单价 2元/只 × 筝.只数，达到 2只，至多 10只，酌定 筝.核定
  扣除已领

互斥 大风筝，小风筝 取高

例 “大的” 年度 2017
  已知 造价 是 100.01元，级别 是 甲，做成 是 2014-12-31，风筝 是 （）
  应得 大风筝 是 50.01元
  应得 小风筝 是 0元
  应得 合计 是 50.01元
  边界 造价 200元 得 大风筝 100元，100元，100元

例 “小的” 年度 2017
  同 “大的”
  已知 造价 是 20元
  已知 风筝 是 （名字 是 “燕”，只数 是 12只，核定 是 100元；名字 是 “燕”，只数 是 3只，核定 是 100元；名字 是 “鹰”，只数 是 1只，核定 是 100元；名字 是 “鹤”，只数 是 2只，核定 是 1元）
  应得 小风筝 是 21元
  应得 大风筝 是 0元
  边界 做成 2014-12-31 得 小风筝 21元，21元，0元

例 “待核定” 年度 2017
  同 “大的”
  已知 造价 是 0元，风筝 是 （名字 是 “燕”，只数 是 3只）
  应得 小风筝 是 0元 至 6元

例 “领过” 年度 2018
  同 “小的”
  已领 2017 小风筝 21元
  应得 小风筝 是 0元
  应得 大风筝 是 10元
`

func set(t *testing.T, src string) *plain.Set {
	t.Helper()
	var list problems.List
	f := syntax.Parse("风筝.rule", []byte(src), &list)
	if len(list) > 0 {
		t.Fatal(list.In(gov.ZH))
	}
	return plain.New([]*syntax.File{f})
}

func TestExamplesHold(t *testing.T) {
	t.Parallel()
	if got := set(t, kites).Check(); len(got) > 0 {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

// Every expectation that is changed is reported, and nothing else.
func TestWrongExpectations(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ old, now string }{
		{"大风筝 是 50.01元", "大风筝 是 50.00元"},
		{"合计 是 50.01元", "合计 是 50.02元"},
		{"得 大风筝 100元，100元，100元", "得 大风筝 100元，100元，100.01元"},
		{"小风筝 是 21元\n  应得 大", "小风筝 是 27元\n  应得 大"},
		{"21元，21元，0元", "21元，21元，21元"},
		{"0元 至 6元", "0元 至 5元"},
		{"大风筝 是 10元", "大风筝 是 0元"},
	} {
		if got := set(t, strings.Replace(kites, tt.old, tt.now, 1)).Check(); len(got) != 1 {
			t.Errorf("%s: %d reports, want 1: %v", tt.now, len(got), got)
		}
	}
	missing := set(t, strings.Replace(kites, "造价 是 100.01元，", "", 1)).Check()
	if len(missing) == 0 || !strings.Contains(missing[0], "造价") {
		t.Errorf("a missing fact is reported as %v", missing)
	}
}

// What no example notices is named; the rest of the numbers is tested.
func TestUntested(t *testing.T) {
	t.Parallel()
	got := set(t, kites).Untested()
	if len(got) > 0 {
		t.Errorf("untested: %v", got)
	}
	without := strings.Replace(kites, "  边界 造价 200元 得 大风筝 100元，100元，100元\n", "", 1)
	want := []string{"风筝.rule:15:6: 100元 → 9999", "风筝.rule:15:6: 100元 → 10001"}
	if diff := cmp.Diff(want, set(t, without).Untested()); diff != "" {
		t.Errorf("untested (-want +got):\n%s", diff)
	}
}

// Each condition, limit and exclusion is missed by an example; without that
// example it is named.
func TestUnneeded(t *testing.T) {
	t.Parallel()
	want := []string{"风筝.rule:16:3: 一次性", "风筝.rule:19:6: condition"}
	got := set(t, kites).Unneeded()
	if diff := cmp.Diff(want[:1], got); diff != "" {
		t.Errorf("unneeded (-want +got):\n%s", diff)
	}
	without := strings.Replace(kites, "  边界 做成 2014-12-31 得 小风筝 21元，21元，0元\n", "", 1)
	if diff := cmp.Diff(want, set(t, without).Unneeded()); diff != "" {
		t.Errorf("unneeded without the edge (-want +got):\n%s", diff)
	}
}
