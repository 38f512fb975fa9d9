package clauses_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/clauses"
	"quanxiang/rules/syntax"
)

// text is a document about kites; no real one.
var text = clauses.Text{
	{Path: "1/1", Text: "为了鼓励放风筝，制定本办法。"},
	{Path: "2/1", Text: "大风筝按造价 1：0.5 补贴，分别给予 20、10、3 万元；满三年的加 5%。"},
	{Path: "2/2", Text: "总额不超过1.5亿元。"},
	{Path: "3/1", Text: "下列风筝："},
	{Path: "3(1)", Text: "2015 年 1 月 1 日后做的，每只 4000 元，最多两只；"},
	{Path: "3(2)", Text: "前十名，发行 50 万册的："},
	{Path: "3(2)1", Text: "20（含）至49次的，每天2元。"},
	{Path: "4/1", Text: "自2016年11月1日起实施。"},
}

const rules = `文件 风筝 “风筝〔2016〕1号”
  施行 2016-11-01 @4

申报 人
  造价 ：金额 范围 0元 至 7亿元
  年数 ：数量（年）
  只数 ：数量（只）
  做成 ：日期
  级别 ：选项（甲，乙，丙）
  册数 ：数量（册）
  次数 ：数量（次）
  名次 ：数量（名）

支持 大风筝 给 人 @2/1
  性质 大风筝
  合计
    按 造价 的 1:0.5
    对照 级别
      甲 ：20万元
      乙 ：10万元
      丙 ：3万元
    按 造价 的 5%，当 年数 达到 3年
  上限 1.5亿元 @2/2

支持 小风筝 给 人 @3/1
  性质 小风筝
  条件 做成 不早于 2015-01-01 @3(1)
  条件 名次 不超过 10名 且 册数 达到 50万册 @3(2)
  合计
    单价 4000元/只 × 只数，至多 2只 @3/1(1)
    单价 2元/次 × 次数，达到 20次 @3(2)1

不计算 @1 因 “目的”
`

func check(t *testing.T, src string) []string {
	t.Helper()
	var list problems.List
	f := syntax.Parse("风筝.rule", []byte(src), &list)
	if len(list) > 0 {
		t.Fatal(list.In(gov.ZH))
	}
	var got []string
	for _, e := range clauses.Check([]*syntax.File{f}, map[string]clauses.Text{"风筝": text}) {
		got = append(got, e.Text.ZH)
	}
	return got
}

func TestEveryNumberAndParagraph(t *testing.T) {
	t.Parallel()
	if got := check(t, rules); len(got) > 0 {
		t.Errorf("a right file has problems: %v", got)
	}
}

// A number that is not the document's, a clause it does not have, and a
// paragraph left out are each reported, and nothing else.
func TestWhatDiffersIsReported(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ old, now, want string }{
		{"1:0.5", "1:0.6", "“1:0.6”不在所引的条款里（@2/1）"},
		{"20万元", "30万元", "“30万元”不在所引的条款里（@2/1）"},
		{"10万元", "10.0001万元", "“10.0001万元”不在所引的条款里（@2/1）"},
		{"3万元", "3元", "“3元”不在所引的条款里（@2/1）"},
		{"3年", "4年", "“4年”不在所引的条款里（@2/1）"},
		{"5%", "5.000001%", "“5.000001%”不在所引的条款里（@2/1）"},
		{"1.5亿元", "1.5万元", "“1.5万元”不在所引的条款里（@2/2）"},
		{"2015-01-01", "2015-01-02", "“2015-01-02”不在所引的条款里（@3(1)）"},
		{"10名", "9名", "“9名”不在所引的条款里（@3(2)）"},
		{"50万册", "50册", "“50册”不在所引的条款里（@3(2)）"},
		{"4000元/只", "4001元/只", "“4001元/只”不在所引的条款里（@3/1(1)）"},
		{"2只", "3只", "“3只”不在所引的条款里（@3/1(1)）"},
		{"达到 20次 @3(2)1", "达到 50次 @3(2)1", "“50次”不在所引的条款里（@3(2)1）"},
		{"2016-11-01", "2016-11-02", "“2016-11-02”不在所引的条款里（@4）"},
		{"@2/2", "@2/3", "“风筝”没有第 2/3 款（项）；“1.5亿元”不在所引的条款里（@2/3）；“风筝”的 @2/2 没有规则，也没有写明“不计算”"},
		{"不计算 @1 因 “目的”\n", "", "“风筝”的 @1/1 没有规则，也没有写明“不计算”"},
		{"支持 小风筝 给 人 @3/1", "支持 小风筝 给 人 @3", "“风筝”的 @3/1 没有规则，也没有写明“不计算”"},
	} {
		src := strings.Replace(rules, tt.old, tt.now, 1)
		got := check(t, src)
		want := strings.Split(tt.want, "；")
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s for %s (-want +got):\n%s", tt.now, tt.old, diff)
		}
	}
}

// A document whose text is not at hand is not looked at.
func TestWithoutText(t *testing.T) {
	t.Parallel()
	var list problems.List
	f := syntax.Parse("风筝.rule", []byte(rules), &list)
	if got := clauses.Check([]*syntax.File{f}, nil); len(got) > 0 {
		t.Errorf("problems without a text: %v", got)
	}
}
