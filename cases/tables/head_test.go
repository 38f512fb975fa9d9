package tables_test

import (
	"slices"
	"testing"

	"quanxiang/cases/tables"
	"quanxiang/gov"
)

// Columns are found by id and by label in either language, and as exports of lists
// write the heads of amounts; what means nothing is passed over.
func TestMatch(t *testing.T) {
	t.Parallel()
	columns := []tables.Heading{{ID: "name", Label: gov.Text{ZH: "名称", EN: "Name"}}, {ID: "capital", Label: gov.Text{ZH: "注册资本", EN: "Registered capital"}}}
	for _, head := range [][]string{{"备注", "注册资本（元）", "name"}, {"x", "registered capital (yuan)", "名称"}, {"（元）", "capital", "NAME"}} {
		if got, err := tables.Match(head, columns); err != nil || !slices.Equal(got, []int{-1, 1, 0}) {
			t.Errorf("%q: %v, %v", head, got, err)
		}
	}
	if _, err := tables.Match([]string{"注册资本", "注册资本（元）"}, columns); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("a column that is there twice: %v", err)
	}
}
