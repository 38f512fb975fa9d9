package explain_test

import (
	"log/slog"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// What a filter of inspections keeps is said in words, and left to speak for itself
// where there are none.
func TestFilterInWords(t *testing.T) {
	t.Parallel()
	e, err := ui.New(ui.Site{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	pack := packtest.Xicheng(t)
	for text, want := range map[string][2]string{
		"(ended == '' && status != 'closed') && (trade in ['餐饮', '书店'])": {"未填写“注销日期”，并且“登记状态”不为“注销”，并且“行业”为下列之一：“餐饮”、“书店”", ""},
		"form == 'enterprise' && area == '110102007'":                    {"“主体类别”为“企业”，并且“所在街道”为“月坛街道”", "“Kind of subject” is “Enterprise”, and “Street” is “Yuetan”"},
		"founded >= '2015-01-01' || founded < '2000-01-01'":              {"“成立日期”不早于“2015年1月1日”，或者“成立日期”早于“2000年1月1日”", ""},
		"visited == 'XC-2026-001'":                                       {"被复查的抽查计划为“XC-2026-001”", ""},
		"trade.contains('药')":                                            {"“行业”含有“药”", "“Trade” contains “药”"},
		"size(name) > 3":                                                 {"", ""},
		"nonsense ==":                                                    {"", ""},
	} {
		for i, lang := range []gov.Lang{gov.ZH, gov.EN} {
			if got := explain.Filter(e.Messages(lang), pack, text); (i == 0 || want[i] != "") && got != want[i] {
				t.Errorf("%s in %s: %q, want %q", text, lang, got, want[i])
			}
		}
	}
}
