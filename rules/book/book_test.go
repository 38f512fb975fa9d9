package book_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/book"
	"quanxiang/rules/check"
	"quanxiang/rules/syntax"
)

const rules = `文件 甲 “甲发〔2016〕1号”
  名称 “样例”
  公布 2016-10-11
  施行 2016-11-01 @5
  有效 5年 @5
  取整 四舍五入 到 1分
  共 5条

申报 企业
  项目 ：清单
    所获资金 ：金额 范围 0元 至 10亿元
  发明专利 ：数量（项） 范围 0项 至 10万项

支持 配套资金 给 企业 @3
  性质 配套
  逐项 项目 作 项
    按 项.所获资金 的 50% @3/1
    上限 100万元 “单项上限” @3/2
  上限 300万元 “年度上限” @3/2
  解读 R1

支持 专利补贴 给 企业 @2
  性质 专利
  单价 1000元/项 × 发明专利 @2

解读 R1 “按年度合计” @3/2
  问 “上限按项目还是按年度”
  采 “按年度”
  另 “按项目”
  由 “主管部门”
  待定

不计算 @1 因 “目的”
不计算 @4 因 “职责”
`

const amendments = `修订 甲 自 2018-01-01 “乙号”
  公布 2017-12-20
  @3/2 100万元 改为 90万元
`

const later = `修订 甲 自 2019-01-01 “丙号”
  公布 2018-12-20
  @3/2 90万元 改为 80万元
`

func TestPages(t *testing.T) {
	t.Parallel()
	var list problems.List
	var files []*syntax.File
	for name, src := range map[string]string{"a.rule": rules, "b.rule": amendments, "c.rule": later} {
		files = append(files, syntax.Parse(name, []byte(src), &list))
	}
	if err := list.Err(); err != nil {
		t.Fatal(list.In(gov.EN))
	}
	p, _, err := check.Compile(files, check.When{})
	if err != nil {
		t.Fatal(err)
	}
	names := func(x book.Page) (out []string) {
		for _, b := range x.Benefits {
			out = append(out, p.Benefits[b].Name)
		}
		return out
	}
	three, ok := book.Of(p, files, "甲", "3")
	if !ok || !cmp.Equal(names(three), []string{"配套资金"}) || len(three.Readings) != 1 || len(three.Numbers) != 3 {
		t.Fatalf("article 3: %v %+v", names(three), three)
	}
	limit := three.Numbers[1]
	want := []book.Change{{From: gov.Date{Year: 2019, Month: 1, Day: 1}, Number: "丙号", Old: "90万元", New: "80万元"}, {From: gov.Date{Year: 2018, Month: 1, Day: 1}, Number: "乙号", Old: "100万元", New: "90万元"}}
	if limit.Text != "80万元" || limit.Label != "单项上限" || limit.Clause != "3/2" || !cmp.Equal(limit.Changes, want) {
		t.Errorf("a limit changed twice: %+v", limit)
	}
	if first, ok := book.Of(p, files, "甲", "3/1"); !ok || len(first.Numbers) != 1 || first.Numbers[0].Text != "50%" {
		t.Errorf("3/1: %+v", first)
	}
	if four, ok := book.Of(p, files, "甲", "4"); !ok || !cmp.Equal(four.Uncomputed, []book.Uncomputed{{Clause: "4", Because: "职责"}}) {
		t.Errorf("article 4: %+v", four)
	}
	for _, other := range []string{"6", "2/2", "3/3"} {
		if x, ok := book.Of(p, files, "甲", other); ok {
			t.Errorf("%s: %+v", other, x)
		}
	}
}
