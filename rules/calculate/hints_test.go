package calculate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quanxiang/gov"
	"quanxiang/rules/calculate"
	"quanxiang/rules/facts"
	"quanxiang/rules/ruletest"
)

// Hints are told as facts are written.
func TestHintsInWords(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	c := calculate.New(p)
	f, err := facts.Read(p, []byte(`{"applicant": "企业", "year": 2017, "facts": {"认定": "统计范围企业", "成立日期": "2015-01-01", "年收入": "2亿元", "主营收入": {"2017": "2亿元", "2016": "2亿元"},
  "研发投入": "1163万元", "发明专利": "0项", "其他权利": "1项", "登记数": "0件", "公共面积": "0平方米", "总面积": "0平方米", "天数": "0天", "改造支出": "0元", "核定比例": "0%", "入围名单": false,
  "项目": [], "投资": [], "称号": []}}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []calculate.Hint
	for _, h := range c.Hints(f) {
		if h.Fact == "研发投入" || h.Fact == "其他权利" {
			got = append(got, h)
		}
	}
	want := []calculate.Hint{
		{Fact: "研发投入", To: "1200万元", Further: "37万元", More: 25_0000_00, Gains: []calculate.Gain{{Benefit: "样16号.研发资金", More: 25_0000_00}, {Benefit: "样16号.优秀称号", More: 1}}, Clauses: []string{"样16号:3/1"}},
		{Fact: "其他权利", To: "3项", Further: "2项", More: 3000_00, Gains: []calculate.Gain{{Benefit: "样16号.知识产权补贴", More: 3000_00}}, Clauses: []string{"样16号:4(2)"}},
	}
	if to, further := got[0].Words(gov.ZH); to != "1200万元" || further != "37万元" {
		t.Errorf("in Chinese %s, %s more", to, further)
	}
	if to, further := got[0].Words(gov.EN); to != "12,000,000 yuan" || further != "370,000 yuan" {
		t.Errorf("in English %s, %s more", to, further)
	}
	if to, further := got[1].Words(gov.EN); to != "3项" || further != "2项" {
		t.Errorf("a count %s, %s more", to, further)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(calculate.Hint{})); diff != "" {
		t.Error(diff)
	}
}
