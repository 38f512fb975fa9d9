package review

import (
	"testing"

	"quanxiang/cases"
	"quanxiang/packs/packtest"
	"quanxiang/web/ui"
)

// A group of units is opened to its members.
func TestGroups(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	p, _ := pack.Procedure("duty")
	lead, _ := p.Field("lead")
	list := (&Review{Deps: Deps{Pack: pack}}).groups(&ui.Messages{}, cases.Shown{Field: lead, Value: []string{"fgw", "g-jiedao"}})
	if len(list) != 1 || len(list[0].Members) != 15 {
		t.Errorf("the streets are %+v", list)
	}
}

// Wording is compared by pairs of characters, punctuation aside.
func TestAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"推进老旧小区改造", "推进老旧小区改造", 1},
		{"推进老旧小区，改造", "推进老旧小区改造", 12.0 / 13},
		{"推进老旧小区改造", "加强食品抽检", 0},
		{"推进", "", 0},
		{"甲乙丙", "乙丙丁", 0.5},
	} {
		if got := alike(c.a, c.b); got < c.want-1e-9 || got > c.want+1e-9 {
			t.Errorf("%q and %q are alike by %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
