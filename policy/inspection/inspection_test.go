package inspection_test

import (
	"os"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/policy/policytest"
)

// TestMistakes loads a pack whose file says what is wrong with it.
func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := policy.Load(os.DirFS("testdata"), "mistakes")
	problems, ok := err.(policy.Problems)
	if !ok {
		t.Fatalf("Load = %v, want problems", err)
	}
	policytest.Compare(t, os.DirFS("testdata/mistakes"), problems, "inspections.yaml")
}

// Filters read what is open to everybody, and nothing else.
func TestFilter(t *testing.T) {
	t.Parallel()
	rules := packtest.Xicheng(t).Inspections
	for filter, wrong := range map[string]string{
		"form == 'enterprise' && trade in ['餐饮'] && area == '110102007'": "",
		"head == '甲'":    "没有公开的字段“head”",
		"class == 'D'":   "没有公开的字段“class”",
		"complaints > 0": "没有公开的字段“complaints”",
		"trade":          "结果应为",
		"trade == ":      "表达式有误",
		"founded < '2010-01-01' && !(status == 'revoked')": "",
	} {
		_, err := rules.Filter(filter)
		if text := gov.TextOf(err, gov.ZH); wrong == "" && err != nil || wrong != "" && (gov.CodeOf(err) != gov.Invalid || !strings.Contains(text, wrong)) {
			t.Errorf("%s: %v, want %q", filter, err, wrong)
		}
	}
}
