package library

import (
	"testing"

	"quanxiang/gov"
)

func date(s string) gov.Date {
	d, err := gov.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestStatusAsOfADate(t *testing.T) {
	t.Parallel()
	norm := Lifecycle{Signed: date("2016-10-11"), Effective: date("2016-11-01"), ValidUntil: date("2021-10-31"), Known: true}
	repealed := norm
	repealed.RepealedOn, repealed.RepealedBy = date("2018-06-01"), "西政发〔2018〕3号"
	late := norm
	late.RepealedOn, late.RepealedBy = date("2022-06-01"), "西政发〔2022〕3号"
	plan := Lifecycle{Signed: date("2016-09-07"), PlanEnds: date("2020-12-31"), Known: true}
	tests := []struct {
		why  string
		c    Lifecycle
		on   string
		want Status
		from string
	}{
		{"the day before its first", norm, "2016-10-31", NotYet, ""},
		{"its first day", norm, "2016-11-01", InForce, "2016-11-01"},
		{"its last day", norm, "2021-10-31", InForce, "2016-11-01"},
		{"the day after", norm, "2021-11-01", Expired, "2021-11-01"},
		{"the day before the repeal", repealed, "2018-05-31", InForce, "2016-11-01"},
		{"the day of the repeal", repealed, "2018-06-01", Repealed, "2018-06-01"},
		{"repealed, and its validity over since", repealed, "2022-01-01", Repealed, "2018-06-01"},
		{"expired before it was repealed", late, "2022-01-01", Expired, "2021-11-01"},
		{"repealed after it expired", late, "2022-06-01", Repealed, "2022-06-01"},
		{"a plan's last day", plan, "2020-12-31", InForce, "2016-09-07"},
		{"a plan that is over", plan, "2021-01-01", PlanEnded, "2021-01-01"},
		{"a stub", Lifecycle{Signed: date("2015-01-01")}, "2016-01-01", UnknownStatus, ""},
		{"a stub known to be repealed, the day not", Lifecycle{RepealedBy: "京政发〔2018〕1号"}, "2019-01-01", Repealed, ""},
	}
	for _, tt := range tests {
		got := tt.c.On(date(tt.on))
		if got.Status != tt.want || got.Since != date(tt.from) {
			t.Errorf("%s: %s since %s, want %s since %s", tt.why, got.Status, got.Since, tt.want, tt.from)
		}
		if got.Reason.ZH == "" || got.Reason.EN == "" {
			t.Errorf("%s: no reason in both languages", tt.why)
		}
	}
}

func TestPlanEnd(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"“十三五”时期生态发展规划":    "2020-12-31",
		"“十三”五时期安全发展规划":    "2020-12-31", // a misprint
		"第十三个五年规划纲要任务分工":   "2020-12-31",
		"十四五规划":            "2025-12-31",
		"实施方案（2015—2017年）": "2017-12-31",
		"2016年政务公开工作方案":    "2016-12-31",
		"关于2016年某事的通知":     "", // no plan
		"第十五次会议工作方案":       "",
		"停车管理办法":           "",
	} {
		if got := PlanEnd(title).String(); got != want {
			t.Errorf("PlanEnd(%s) = %q, want %q", title, got, want)
		}
	}
}

func TestNumbersInPrint(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"第二十三条": "23", "第六条之一": "6-1", "（十）": "10", "1.": "1", "第一百零五条": "105", "专栏3": "3", "附件": "",
	} {
		if got := numbers(in); got != want {
			t.Errorf("numbers(%s) = %q, want %q", in, got, want)
		}
	}
}
