package facts

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/check"
	"quanxiang/rules/eval"
	"quanxiang/rules/ruletest"
	"quanxiang/rules/syntax"
)

func TestRead(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	f, err := Read(p, []byte(`{"applicant": "企业", "year": 2017, "facts": {
		"认定": "认定企业", "成立日期": "2007-03-01", "年收入": {"from": "9亿", "to": "12亿元"}, "主营收入": {"2017": "１，８８０万元", "2016": "1500 万"},
		"研发投入": null, "发明专利": 12, "公共面积": "40.25平方米", "核定比例": "12.5%", "入围名单": true,
		"项目": [{"来源": "国家", "所获资金": "150万元"}, {"来源": "国家", "所获资金": "150万元"}]},
		"paid": [{"year": 2016, "benefit": "人才奖励", "amount": "50万元", "key": "张三"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	slot := func(name string, back int32) eval.Value { return f.Slots[p.Fields[p.FieldOf(0, "", name)].Slot+back] }
	for _, c := range []struct {
		name string
		back int32
		want eval.Value
	}{
		{"年收入", 0, eval.Value{Low: 90_000_000_000, High: 120_000_000_000}},
		{"主营收入", 1, eval.Value{Low: 150_000_0000, High: 150_000_0000}},
		{"研发投入", 0, eval.Value{High: 5_000_000_000_000}},
		{"公共面积", 0, eval.Value{Low: 4025, High: 4025}},
		{"核定比例", 0, eval.Value{Low: 12_500_000, High: 12_500_000}},
	} {
		if got := slot(c.name, c.back); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := eval.New(p).Run(f, false).Outcomes[p.Benefit("", "配套资金")].Final; got != (eval.Value{Low: 94_000_000, High: 94_000_000}) {
		t.Errorf("the matching funds are %v, want 94万元: what research could give is less and cannot displace it", got)
	}
}

// Nothing wrong is computed with, and everything wrong is told with its path.
func TestBadFacts(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	many := strings.Repeat(`{"来源":"国家"},`, 100_000)
	for _, c := range []struct{ facts, path, want string }{
		{`"年收人": "1元"`, "facts.年收人", `there is no fact "年收人" (did you mean "年收入"?)`},
		{`"年收入": "3家"`, "facts.年收入", `"3家" is not an amount; write 12,000.50元, 1.5万元 or 3亿5000万元`},
		{`"年收入": "12,000"`, "facts.年收入", `"12,000" has no unit; write 12,000元 or 12,000万元`},
		{`"年收入": "1,5万元"`, "facts.年收入", `is not an amount`},
		{`"年收入": 300`, "facts.年收入", `amounts carry their unit`},
		{`"年收入": "-5万元"`, "facts.年收入", `must not be negative`},
		{`"年收入": "501亿元"`, "facts.年收入", `outside the range`},
		{`"年收入": "1.005元"`, "facts.年收入", `not a whole number of fen`},
		{`"年收入": {"from": "5亿元", "to": "4亿元"}`, "facts.年收入", `ends before it begins`},
		{`"年收入": "1元", "年收入": "2元"`, "facts.年收入", `stated twice`},
		{`"发明专利": "1,5项"`, "facts.发明专利", `the commas of "1,5项" are not after every third digit`},
		{`"发明专利": "3家"`, "facts.发明专利", `wrong unit; write it like 3项`},
		{`"发明专利": 1.5`, "facts.发明专利", `"1.5" has to be a whole number, like 3项`},
		{`"认定": "认定企叶"`, "facts.认定", `did you mean "认定企业"?`},
		{`"成立日期": "2007-02-30"`, "facts.成立日期", `is no date`},
		{`"成立日期": "2018-01-01"`, "facts.成立日期", `is after the year applied for`},
		{`"主营收入": {"2014": "1元"}`, "facts.主营收入.2014", `expected a year from 2015 to 2017`},
		{`"项目": {}`, "facts.项目", `expected a list`},
		{`"项目": [{"来源": "国家", "金额": "1元"}]`, "facts.项目[0].金额", `an entry has no "金额"`},
		{`"项目": [{}, {"所获资金": "十元"}]`, "facts.项目[1].所获资金", `"十元" is not an amount`},
		{`"项目": [` + many[:len(many)-1] + `]`, "facts.项目", `the list has 100000 entries, more than 10000`},
		{`"入围名单": "是"`, "facts.入围名单", `expected true or false`},
		{`"公共面积": "5.01平方米", "总面积": "5平方米"`, "facts.公共面积", `the facts do not agree: 公共面积, 总面积: 公共面积不会大于总面积 (../trial/testdata/programme.rule:34)`},
		{`"公共面积": {"from": "6平方米", "to": "9平方米"}, "总面积": {"from": "3平方米", "to": "5平方米"}`, "facts.公共面积", `do not agree`},
		{`"称号": [{"人才": "甲a", "级别": "领军"}, {"人才": "乙", "级别": "领军"}, {"人才": " 甲 Ａ", "级别": "领军"}]`, "facts.称号[2].人才", `entries 1 and 3 of 称号 are the same in 人才, 级别: 每人每个级别一项 (../trial/testdata/programme.rule:36)`},
		{`"投资": [{"金额": "1元"}, {}, {"企业": "甲", "金额": "0元"}]`, "facts.投资[2].金额", `没有金额的不是投资`},
	} {
		_, err := Read(p, fmt.Appendf(nil, `{"applicant": "企业", "year": 2017, "facts": {%s}}`, c.facts))
		list, _ := errors.AsType[problems.List](err)
		if len(list) != 1 || list[0].Field != c.path || !strings.Contains(list[0].Text.EN, c.want) || gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%.60s: got %v, want %s: %s", c.facts, err, c.path, c.want)
		}
	}
	for text, want := range map[string]string{
		`{"applicant": "企业", "year": 2015, "facts": {}}`: "year: the year 2015 is outside the validity",
		`{"applicant": "公司", "year": 2017}`:              `there is no kind of applicant "公司"`,
		`{"applicant": "企业", "year": 2017, "fact": {}}`:  `did you mean "facts"?`,
		`{"applicant": "企业", "year": 2017} x`:            "after the JSON",
		`[`:               "the JSON ends too early",
		`{"applicant" 1}`: "cannot read the JSON at character 14",
		``:                "there is nothing",
		`{"applicant": "企业", "year": 2017, "paid": [{"year": 2017, "benefit": "人才奖励", "amount": "1元"}]}`:      "paid[0].year: a payment is from before 2017",
		`{"applicant": "企业", "year": 2017, "paid": [{"year": 2016, "benefit": "人才奖", "amount": "1元"}]}`:       "there is no benefit",
		`{"applicant": "企业", "year": 2017, "paid": [{"year": 2016, "benefit": "人才奖励", "amount": "-1元"}]}`:     "paid[0].amount: \"-1元\" must not be negative",
		`{"applicant": "企业", "year": 2017, "paid": [{"year": 2016, "benefit": "人才奖励", "amount": "20000亿元"}]}`: `"20000亿元" is too large`,
		`{"applicant": "企业", "year": 2017, "paid": [{"year": 2016, "benefit": "人才奖励", "amount": "20000"}]}`:   `paid[0].amount: "20000" has no unit`,
	} {
		if _, err := Read(p, []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// What could still hold is not held against anybody, and what nobody stated contradicts
// nothing, even where it is taken as nothing.
func TestFactsThatMayAgree(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	for _, facts := range []string{
		`"公共面积": "5平方米", "总面积": "5平方米"`,
		`"公共面积": "5平方米"`,
		`"公共面积": "5平方米", "总面积": null`,
		`"总面积": "0平方米"`,
		`"公共面积": {"from": "4平方米", "to": "9平方米"}, "总面积": "5平方米"`,
		`"投资": [{"企业": "甲"}, {"金额": {"from": "0元", "to": "1元"}}]`,
		`"投资": []`,
		`"称号": [{"人才": "甲", "级别": "杰出"}, {"人才": "甲", "级别": "领军"}, {"人才": "乙", "级别": "领军"}]`,
		`"称号": [{"人才": "甲"}, {"人才": "甲"}, {"人才": "甲", "级别": "领军"}]`,
		`"称号": [{"级别": "领军"}, {"级别": "领军"}, {"人才": "", "级别": "领军"}, {"人才": " ", "级别": "领军"}]`,
	} {
		for _, o := range []Options{{}, {Rest: true}} {
			f, err := ReadFor(p, fmt.Appendf(nil, `{"applicant": "企业", "year": 2017, "facts": {%s}}`, facts), o)
			if err != nil {
				t.Errorf("%s: %v", facts, err)
				continue
			}
			whole := p.FieldOf(0, "", "总面积")
			if null := strings.Contains(facts, "null"); o.Rest && !strings.Contains(facts, "总面积") || null {
				if got := f.Slots[p.Fields[whole].Slot]; null == got.Known() {
					t.Errorf("%s: what is not stated is %v", facts, got)
				}
			}
		}
	}
}

// Two conditions on yearly facts are told at the years that were stated.
func TestContradictoryYears(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Pack)
	_, err := Read(p, []byte(`{"applicant": "企业", "year": 2017, "facts": {"主营业务收入": {"2017": "3万元", "2016": "2万元"}, "年收入": {"2016": "1万元", "2017": "2万元"}}}`))
	list, _ := errors.AsType[problems.List](err)
	if len(list) != 2 || list[0].Field != "facts.主营业务收入.2017" || list[1].Field != "facts.主营业务收入.2016" ||
		!strings.Contains(list[1].Text.ZH, "主营业务收入（2016 年）、年收入（2016 年）不符：上年的主营业务收入不会多于上年的年收入（") {
		t.Errorf("%v", err)
	}
	if _, err = Read(p, []byte(`{"applicant": "企业", "year": 2017, "facts": {"主营业务收入": "3万元", "年收入": "2万元"}}`)); err == nil || !strings.Contains(err.Error(), "facts.主营业务收入: ") {
		t.Errorf("stated without years: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"applicant": "企业", "year": 2017, "facts": {"年收入": {"from": "9亿元"}, "项目": [{"来源": "国家"}]}, "paid": []}`)
	data, err := os.ReadFile("../trial/testdata/programme.rule")
	if err != nil {
		f.Fatal(err)
	}
	var list problems.List
	p, _, err := check.Compile([]*syntax.File{syntax.Parse("p.rule", data, &list)}, check.When{})
	if err != nil {
		f.Fatal(err)
	}
	m := eval.New(p)
	f.Fuzz(func(t *testing.T, text string) {
		x, err := Read(p, []byte(text))
		if err != nil {
			return
		}
		for _, o := range m.Run(x, true).Outcomes {
			if o.Final.Low > o.Final.High || o.Final.Low < 0 {
				t.Errorf("%d to %d", o.Final.Low, o.Final.High)
			}
		}
	})
}
