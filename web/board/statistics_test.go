package board_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/people"
	"quanxiang/web/webtest"
)

// told goes on with the story of the board: the duty that is overdue is urged and
// then done, ten days after its end.
func told(t *testing.T) *office {
	o, rows := story(t) // rows[2] was done on 20 August, of 31 August
	o.act(o.supervision(), rows[0].ID, "urge", cases.Values{"demand": "请抓紧办理"})
	o.at("2022-09-10 09:00")
	o.finish(rows[0]) // of 31 August: late
	o.at("2022-10-10 09:00")
	return o
}

// file reads a table of statistics.
func (o *office) file(path string) [][]string {
	o.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(o.page(o.supervision(), path), "\ufeff"))).ReadAll()
	check(o.t, err)
	return rows
}

// Month by month and unit by unit the figures are those of the story, reckoned by
// hand: two duties of 区发展改革委 done in 19 and 40 days, one of them late.
func TestStatistics(t *testing.T) {
	t.Parallel()
	o := told(t)
	body := o.page(o.supervision(), "/desk/board/duty/statistics")
	for _, want := range []string{
		`50.00%（1/2）`, `“完成期限”在到期之时或之前停止的占多少`, `role="img"`, `<title>2022-09</title><desc>逾期 1</desc>`,
		`href="/desk/board/duty/statistics?unit=fgw#months"`, `href="/desk/all?by=lead%3Afgw&amp;ended=1&amp;procedure=duty"`,
		`href="/desk/board/duty/statistics/units.xlsx"`, `2021-11 至 2022-10`, `催办`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the statistics lack %s", want)
		}
	}
	if first := strings.Index(body, "<title>区发展改革委</title>"); first < 0 {
		t.Error("the unit with a late duty has no picture")
	}
	units := o.file("/desk/board/duty/statistics/units.csv")
	if want := []string{"牵头单位", "新开始", "办结", "终止", "按期率", "有期限的件数", "天数中位数", "90% 的天数", "催督"}; !slices.Equal(units[0], want) {
		t.Errorf("the head is %v", units[0])
	}
	if got := units[1]; got[0] != "区发展改革委" || !slices.Equal(got[2:], []string{"2", "0", "50.00%", "2", "19", "40", "1"}) {
		t.Errorf("the unit with a late duty: %v", got)
	}
	all := units[len(units)-1]
	if all[0] != "全部事项" || !slices.Equal(all[2:], []string{"2", "0", "50.00%", "2", "19", "40", "1"}) {
		t.Errorf("all cases: %v", all)
	}
	for _, path := range []string{"/desk/board/duty/statistics/months.csv", "/desk/board/duty/statistics/months.csv?unit=fgw"} {
		months := o.file(path)
		if len(months) != 14 || months[1][0] != "2022-10" || months[13][0] != "近 12 个月" {
			t.Fatalf("%s: %v", path, months)
		}
		if got := months[2]; !slices.Equal(got, []string{"2022-09", "0", "1", "0", "0.00%", "1", "40", "40", "1"}) {
			t.Errorf("%s: September: %v", path, got)
		}
		if got := months[3]; !slices.Equal(got[2:], []string{"1", "0", "100.00%", "1", "19", "19", "0"}) || got[1] == "0" {
			t.Errorf("%s: August: %v", path, got)
		}
	}
	if other := o.file("/desk/board/duty/statistics/months.csv?unit=czj"); other[2][2] != "0" || other[13][2] != "0" {
		t.Errorf("another unit: %v", other)
	}
}

// Statistics are the office's, of any procedure there is and of units there are,
// and unmixed in language.
func TestStatisticsAsked(t *testing.T) {
	t.Parallel()
	o := told(t)
	without, _ := o.deps.Pack.Procedure("milestone")
	without.Facets = nil
	const at = "/desk/board/duty/statistics"
	for _, c := range []struct {
		why  string
		by   people.Standing
		path string
		want int
	}{
		{"an administrator", o.staff("xzfw", "administrator", ""), at, 403},
		{"an administrator's file", o.staff("xzfw", "administrator", ""), at + "/units.csv", 403},
		{"a clerk", o.staff("fgw", "clerk", ""), at, 200},
		{"a workbook", o.supervision(), at + "/months.xlsx", 200},
		{"a procedure without a board", o.supervision(), "/desk/board/milestone/statistics", 200},
		{"no procedure", o.supervision(), "/desk/board/nothing/statistics", 404},
		{"no unit", o.supervision(), at + "?unit=nobody", 422},
		{"no such table", o.supervision(), at + "/days.csv", 404},
	} {
		if got, body := o.get(c.by, c.path); got != c.want {
			t.Errorf("%s: GET %s = %d, want %d %.200s", c.why, c.path, got, c.want, body)
		}
	}
	if code, _ := o.get(people.Public(o.Now()), at); code == 200 {
		t.Error("the public is shown statistics of the office")
	}
	for _, path := range []string{"/desk/board?lang=en", at + "?lang=en", at + "?unit=fgw&lang=en", "/desk/board/milestone/statistics?lang=en"} {
		if stray := webtest.Unmarked(t, o.page(o.supervision(), path)); len(stray) > 0 {
			t.Errorf("%s in English holds %q unmarked", path, stray)
		}
	}
}
