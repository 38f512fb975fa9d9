package calculate_test

import (
	"testing"

	"quanxiang/packs/packtest"
	"quanxiang/rules/calculate"
	"quanxiang/rules/facts"
)

// What takes a glance and may decide alone is asked before figures of several years, and
// among questions of one effort what more benefits wait for comes first.
func TestOrderOfQuestions(t *testing.T) {
	t.Parallel()
	c := calculate.New(packtest.Xicheng(t).Rules)
	r, err := c.JSON([]byte(`{"applicant":"企业","year":2017,"facts":{}}`), facts.Options{}, false)
	if err != nil {
		t.Fatal(err)
	}
	list := c.Missing(r)
	if len(list) < 10 || list[0].Fact != "认定" {
		t.Fatalf("%d questions, the first is %+v", len(list), list[:min(len(list), 1)])
	}
	at := map[string]int{}
	for i, m := range list {
		at[m.Fact] = i
		glance := m.Type == "yesno" || m.Type == "choice"
		for _, before := range list[:i] {
			if glance && before.Yearly && before.Type == "money" && len(before.Benefits) < 9*len(m.Benefits) {
				t.Errorf("%s, of %d benefits, is asked before %s, of %d", before.Fact, len(before.Benefits), m.Fact, len(m.Benefits))
			}
			if before.Type == m.Type && before.Yearly == m.Yearly && len(before.Benefits) < len(m.Benefits) {
				t.Errorf("%s is asked before %s, for which more wait", before.Fact, m.Fact)
			}
		}
	}
	if i, ok := at["年收入"]; !ok || i == 0 {
		t.Errorf("income is asked at place %d", i)
	}
}
