package desk

import (
	"slices"
	"testing"

	"quanxiang/gov"
)

func TestLetterLines(t *testing.T) {
	t.Parallel()
	day := gov.Date{Year: 2016, Month: 10, Day: 10}
	for _, c := range []struct {
		body, to string
		text     []string
		sign     string
	}{
		{"区统计局：\n请速报。\n2016年10月10日\n", "区统计局：", []string{"请速报。"}, "2016年10月10日"},
		{"请速报。\n2016年10月11日", "", []string{"请速报。", "2016年10月11日"}, ""}, // a day, but not the letter's
		{"区统计局：", "区统计局：", []string{}, ""},
		{"2016年10月10日", "", []string{}, "2016年10月10日"},
		{"", "", []string{""}, ""},
	} {
		if v := letterLines(c.body, day); v.To != c.to || !slices.Equal(v.Text, c.text) || v.Sign != c.sign {
			t.Errorf("%q is %+v", c.body, v)
		}
	}
}
