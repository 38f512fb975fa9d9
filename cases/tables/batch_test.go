package tables_test

import (
	"strings"
	"testing"

	"quanxiang/cases/casework"
	"quanxiang/cases/tables"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
)

func start(t *testing.T, w *casework.Casework, s people.Standing, action string) casework.Start {
	t.Helper()
	for _, o := range w.Starts(s) {
		if o.Action.ID == action {
			return o
		}
	}
	t.Fatalf("%s may not %s", s.Name, action)
	return casework.Start{}
}

// A table is read as a whole: every row that cannot be begun says why, by its
// line and field.
func TestBatch(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	w, _ := caseworktest.Office(t, pack, store.SQLite)
	by := caseworktest.Officer(pack, "zfb", "supervision")
	enter := start(t, w, by, "enter")
	table := [][]string{
		{"\ufeff任务名称", "Lead units", "end", "备注", "任务内容", "start"},
		{"整治背街小巷", "区城管监督指挥中心、西长安街街道", "2016/12/31", "不用的列", "逐条整治", ""},
		{"", "", "", "", "", ""},
		{"没有这样的单位", "区魔法委", "2016-12-31", "", "试", ""},
		{"日期写错", "区城管监督指挥中心", "年底", "", "试", ""},
		{"", "区城管监督指挥中心", "2016-13-01", "", "试", ""},
		{"短行", "区发展改革委", "2017年6月30日", "", "补一行"},
	}
	b, err := tables.Read(t.Context(), w, by, enter, table)
	check(t, err)
	want := map[int]string{2: "", 4: "lead", 5: "end", 6: "end title", 7: ""}
	if len(b.Rows) != len(want) || b.Good() != 2 || b.Columns[3] != "" {
		t.Fatalf("%d rows, %d good, columns %q: %v", len(b.Rows), b.Good(), b.Columns, b.Rows)
	}
	for _, r := range b.Rows {
		var fields []string
		for _, m := range r.Mistakes {
			fields = append(fields, m.Field)
		}
		if got := strings.Join(fields, " "); got != want[r.Line] {
			t.Errorf("line %d has mistakes in %q, want %q: %v", r.Line, got, want[r.Line], r.Mistakes)
		}
	}
}

func TestBatchUnusable(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	w, _ := caseworktest.Office(t, pack, store.SQLite)
	by := caseworktest.Officer(pack, "zfb", "supervision")
	enter := start(t, w, by, "enter")
	for _, c := range []struct {
		why   string
		by    people.Standing
		table [][]string
		code  gov.Code
		says  string
	}{
		{"no table", by, nil, gov.Invalid, "空"},
		{"a head alone", by, [][]string{{"任务名称", "任务内容", "牵头单位", "完成期限"}}, gov.Invalid, "没有内容"},
		{"a column is missing", by, [][]string{{"任务名称", "任务内容", "完成期限"}, {"a", "b", "2016-12-31"}}, gov.Invalid, "牵头单位"},
		{"a column twice", by, [][]string{{"任务名称", "title", "任务内容", "牵头单位", "完成期限"}, {"a"}}, gov.Invalid, "两列"},
		{"too long", by, make([][]string, 5002), gov.TooLarge, "5000"},
		{"an administrator", caseworktest.Officer(pack, "zfb", "administrator"), [][]string{{"任务名称"}}, gov.Forbidden, "查看案件"},
		{"nobody", people.Public(caseworktest.Monday), [][]string{{"任务名称"}}, gov.Unknown, "登录"},
	} {
		_, err := tables.Read(t.Context(), w, c.by, enter, c.table)
		if gov.CodeOf(err) != c.code || !strings.Contains(gov.TextOf(err, gov.ZH), c.says) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}
