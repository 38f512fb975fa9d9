package explain_test

import (
	"testing"

	"quanxiang/gov"
	"quanxiang/rules/explain"
)

func TestCitation(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][2]string{
		"3":       {"第三条", "art. 3"},
		"10":      {"第十条", "art. 10"},
		"16/2":    {"第十六条第二款", "art. 16/2"},
		"20(1)":   {"第二十条第（一）项", "art. 20(1)"},
		"7(3)2":   {"第七条第（三）项第2目", "art. 7(3)2"},
		"6/2(12)": {"第六条第二款第（十二）项", "art. 6/2(12)"},
	} {
		if got := [2]string{explain.Citation(path, gov.ZH), explain.Citation(path, gov.EN)}; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
