package due

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseDue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text       string
		start, end string
	}{
		{"2016年5月下旬", "2016-05-21", "2016-05-31"},
		{"2016 年 8 月\n上旬", "2016-08-01", "2016-08-10"},
		{"2016年8月中旬", "2016-08-11", "2016-08-20"},
		{"2016 年 6 月中下旬", "2016-06-11", "2016-06-30"},
		{"2016年6月上中旬", "2016-06-01", "2016-06-20"},
		{"2016年2月", "2016-02-01", "2016-02-29"},
		{"2015年2月底", "", "2015-02-28"},
		{"2016年10月底前", "", "2016-10-31"},
		{"2016年10月1日前完成并持续落实", "", "2016-10-01"},
		{"2016年10月1日完成并持续落实", "", "2016-10-01"},
		{"2016年10月1日", "2016-10-01", "2016-10-01"},
		{"2016年10月前", "", "2016-09-30"},
		{"2016年全年", "2016-01-01", "2016-12-31"},
		{"全年", "2019-01-01", "2019-12-31"},
		{"2016年上半年", "2016-01-01", "2016-06-30"},
		{"2016年下半年", "2016-07-01", "2016-12-31"},
		{"2016年第一季度", "2016-01-01", "2016-03-31"},
		{"2016年四季度", "2016-10-01", "2016-12-31"},
		{"第3季度", "2019-07-01", "2019-09-30"},
		{"2016年底", "", "2016-12-31"},
		{"年底前", "", "2019-12-31"},
		{"到2020年", "", "2020-12-31"},
		{"2020年", "2020-01-01", "2020-12-31"},
		{"2020年前", "", "2019-12-31"},
		{"2016年6月至10月底", "2016-06-01", "2016-10-31"},
		{"2016年6月5日至20日", "2016-06-05", "2016-06-20"},
		{"2015 年 11 月-2016 年 3 月", "2015-11-01", "2016-03-31"},
		{"2018年12月—2019年03月", "2018-12-01", "2019-03-31"},
		{"11月底", "", "2019-11-30"},
		{"2017年1月起", "2017-01-01", ""},
		{"2016年6月至10月底前", "2016-06-01", "2016-10-31"},
		{"2016年2月30日", "2016-02-01", "2016-02-29"}, // no such day: the month stands
		{"适时", "", ""},
		{"长期", "", ""},
	} {
		d := Parse(tt.text, 2019)
		if d.Start.String() != tt.start || d.End.String() != tt.end {
			t.Errorf("parseDue(%q) = %s to %s, want %s to %s", tt.text, d.Start, d.End, tt.start, tt.end)
		}
	}
	if d := Parse("  ", 2019); d != nil {
		t.Errorf("blank text gives %v", d)
	}
	if d := Parse("2016 年 9 月", 2019); d.Text != "2016年9月" {
		t.Errorf("text %q", d.Text)
	}
}

func TestRecurrences(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]Recurrence{
		"按月公开名单，按季度公开开支。":         {{Every: "month", Text: "按月公开"}, {Every: "quarter", Text: "按季度公开"}},
		"窗口至少每周更新一次。":             {{Every: "week", Text: "每周更新"}},
		"每月前 3个工作日报送台账；":          {{Every: "month", Within: 3, Unit: "working-day", Text: "每月前3个工作日"}},
		"每月10日前汇总":                {{Every: "month", Within: 10, Unit: "day", Text: "每月10日前"}},
		"每年 3月 31 日前印发年报":         {{Every: "year", By: "03-31", Text: "每年3月31日前"}},
		"确保一年 2次移送":               {{Every: "year", Text: "一年2次"}},
		"名册，在作出决定之日起 20 个工作日内，公布": {{Every: "event", Within: 20, Unit: "working-day", Text: "在作出决定之日起20个工作日内"}},
		"收到之后24小时内回复":             {{Every: "event", Within: 24, Unit: "hour", Text: "收到之后24小时内"}},
		"每月评选两次最美窗口":              {{Every: "month", Text: "每月评选两次"}},
		"自收到申请之日起十五日内答复":          {{Every: "event", Within: 15, Unit: "day", Text: "自收到申请之日起十五日内"}},
		"每月前三个工作日报送台账":            {{Every: "month", Within: 3, Unit: "working-day", Text: "每月前三个工作日"}},
		"每周评论旧址":                  nil, // a name, not a schedule
		"在每个街道建一座馆":               nil,
		"每年减少两成":                  nil,
	} {
		if diff := cmp.Diff(want, Recurrences(text)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", text, diff)
		}
	}
	if got := Continuous("10月底前完成并持续落实"); len(got) != 1 || got[0].Every != "continuous" {
		t.Errorf("continuous: %v", got)
	}
}

func FuzzParseDue(f *testing.F) {
	f.Add("2016年6月至10月底")
	f.Add("每月前3个工作日")
	f.Fuzz(func(t *testing.T, s string) {
		if d := Parse(s, 2016); d != nil {
			if !d.Start.IsZero() && !d.Start.Valid() || !d.End.IsZero() && !d.End.Valid() {
				t.Errorf("%q: %v to %v is no interval", s, d.Start, d.End)
			}
		}
		for _, r := range Recurrences(s) {
			if r.Every == "" || r.Text == "" {
				t.Errorf("%q: %+v", s, r)
			}
		}
	})
}
