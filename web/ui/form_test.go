package ui

import "testing"

// The summary of mistakes says which field each is about, once.
func TestSummaryNamesFields(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		why  string
		f    Field
		want bool
	}{
		{"the mistake alone", Field{Label: "具体情况", Error: "有 10001 个字，最多 5000 个"}, true},
		{"a mistake that names the field", Field{Label: "事由", Error: "请填写“事由”"}, false},
		{"in other letters", Field{Label: "Mobile number", Error: "this is no mobile number"}, false},
		{"about the whole form", Field{Label: "事由", Error: "请先登录", Whole: true}, false},
		{"no label", Field{Error: "请先登录"}, false},
	} {
		if tt.f.Led() != tt.want {
			t.Errorf("%s: %v", tt.why, tt.f.Led())
		}
	}
}
