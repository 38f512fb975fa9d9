package trial

import (
	"slices"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/money"
	"quanxiang/rules/ruletest"
	"quanxiang/rules/syntax"
)

// Every example of the sample comes out, and every number and edge of its rules
// is tested by one.
func TestProgramme(t *testing.T) {
	t.Parallel()
	p, examples := ruletest.Load(t, ruletest.Sample)
	n, failures := Run(p, examples)
	if err := failures.Err(); err != nil {
		t.Fatal(failures.In(gov.EN))
	}
	if n < 50 {
		t.Errorf("only %d expectations", n)
	}
	for _, u := range Mutate(p, examples) {
		t.Errorf("%s: %s", u.Pos, u.Text.EN)
	}
}

// The pack's examples come out, and every number and edge is tested.
func TestPack(t *testing.T) {
	t.Parallel()
	p, examples := ruletest.Load(t, programmes(t)["pack"]...)
	n, failures := Run(p, examples)
	if err := failures.Err(); err != nil {
		t.Fatal(failures.In(gov.EN))
	}
	if n < 400 {
		t.Errorf("only %d expectations", n)
	}
	for _, u := range Mutate(p, examples) {
		t.Errorf("%s: %s", u.Pos, u.Text.EN)
	}
}

// A key that no example tests is named, as a whole and each of its fields by itself.
func TestKeysUntested(t *testing.T) {
	t.Parallel()
	p, examples := ruletest.Load(t, ruletest.Sample)
	untested := func(with func(*syntax.Example) bool) (list []string) {
		for _, u := range Mutate(p, slices.DeleteFunc(slices.Clone(examples), func(e *syntax.Example) bool { return !with(e) })) {
			if strings.Contains(u.Text.EN, "每人每个级别一项") {
				list = append(list, u.Text.EN)
			}
		}
		return list
	}
	refused := func(e *syntax.Example) bool { return len(e.Refuse) > 0 }
	talents := func(e *syntax.Example) bool {
		return slices.ContainsFunc(e.Facts, func(f syntax.Fact) bool { return f.Name.Text == "称号" })
	}
	want := []string{`no example tests "每人每个级别一项": without it all examples still hold`}
	if got := untested(func(e *syntax.Example) bool { return !refused(e) }); !slices.Equal(got, want) {
		t.Errorf("without the example that is refused: %q", got)
	}
	want = []string{`no example tests "每人每个级别一项": two entries that differ in 人才 alone`, `no example tests "每人每个级别一项": two entries that differ in 级别 alone`}
	if got := untested(func(e *syntax.Example) bool { return refused(e) || !talents(e) }); !slices.Equal(got, want) {
		t.Errorf("without those that have several: %q", got)
	}
}

// The sample has the cliff it was written with: at 20亿元 of income and 3 % of
// research, one fen more of income and the research is below its share.
func TestCliffs(t *testing.T) {
	t.Parallel()
	p, examples := ruletest.Load(t, ruletest.Sample)
	found := false
	for _, c := range Cliffs(p, examples) {
		found = found || c.Field == "年收入" && c.At == 200_000_000_001 && c.Before == 50_000_000 && c.After == 0
	}
	if !found {
		t.Errorf("no cliff of income: %+v", Cliffs(p, examples))
	}
}

// Amounts in what is said of a cliff are written as officials write them, however large.
func TestCliffWords(t *testing.T) {
	t.Parallel()
	for fen, want := range map[int64]string{4_000_000_000_001: "超过 400亿元", 1_000_001: "超过 1万元", 119_999_833_334: "到 约 119,999.83万元", 94_0000_00: "到 94万元", 9_512_35: "到 9512.35元", 1: "到 0.01元", 0: "到 0元"} {
		if got := reached(money.Fen(fen)).ZH; got != want {
			t.Errorf("%d fen: %s, want %s", fen, got, want)
		}
	}
	if got := reached(4_000_000_000_001).EN; got != "above 40,000,000,000 yuan" {
		t.Error(got)
	}
}

// Wrong expectations of every kind are told.
func TestWrongExpectations(t *testing.T) {
	t.Parallel()
	p, all := ruletest.Load(t, ruletest.Sample)
	var list problems.List
	f := syntax.Parse("wrong.rule", []byte(`续 样16号
例 “错” 年度 2017
  同 “研发较多”
  应得 研发资金 是 49万元
  应得 研发资金 是 50万元 因 @3/2
  应得 优秀称号 是 无
  应得 合计 是 1元
  边界 年收入 10亿元 得 研发资金 25万元，50万元，51万元
例 “缺” 年度 2017
  已知 年收入 是 8亿元
  应得 研发资金 是 0元 至 25万元 需 研发投入
例 “圈” 年度 2017
  同 “圈”
  应得 研发资金 是 0元
例 “早” 年度 2015
  应得 研发资金 是 0元
例 “矛盾” 年度 2017
  已知 年收入 是 1元，年收入 是 2元，研发投入 是 3项，发明专利 是 -1项
  应得 研发资金 是 0元
`), &list)
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	_, failures := Run(p, append(all, f.Examples...))
	got := failures.In(gov.EN)
	for _, want := range []string{
		`wrong.rule:4:3: 研发资金 comes to 50万元, expected 49万元`, `wrong.rule:5:3: "研发资金" was not decided by @3/2`, `wrong.rule:6:3: "优秀称号" is granted or not`,
		`wrong.rule:7:3: the total is`, `wrong.rule:8:3: one step above 研发资金 comes to 50万元, expected 51万元`, `wrong.rule:11:3: 研发资金 needs 研发投入、认定, expected 研发投入`,
		`examples run in a circle: "圈"`, `the year 2015 is outside the validity`, `"年收入" is stated twice`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %s", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}
