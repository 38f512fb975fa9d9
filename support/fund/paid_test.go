package fund_test

import (
	"encoding/json"
	"testing"

	"quanxiang/packs/packtest"
	"quanxiang/rules/facts"
	"quanxiang/support/fund"
)

// What a subject was paid is read by the rules as it is written.
func TestPaidIsWhatRulesRead(t *testing.T) {
	t.Parallel()
	p := fund.Position{Payments: []fund.Payment{{Year: 2016, Benefit: "16号.配套资金", Amount: 12_345_67}, {Year: 2016, Benefit: "16号.人才奖励", Key: "张三", Amount: 1_000_000}, {Year: 2017, Benefit: "16号.配套资金", Amount: 1}}}
	body, err := json.Marshal(map[string]any{"applicant": "企业", "year": 2017, "paid": p.Before(2017)})
	if err != nil {
		t.Fatal(err)
	}
	f, err := facts.ReadFor(packtest.Xicheng(t).Rules, body, facts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Paid) != 2 || f.Paid[0].Amount != 12_345_67 || f.Paid[0].Year != 2016 || f.Paid[1].Key != "张三" || f.Paid[1].Amount != 1_000_000 {
		t.Errorf("the rules read %+v", f.Paid)
	}
}
