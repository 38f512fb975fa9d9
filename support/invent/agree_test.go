package invent

import (
	"testing"

	"quanxiang/rules/eval"
	"quanxiang/rules/ruletest"
)

// Entries that would be the same are made up once; what differs stays in its order.
func TestSameEntriesAreDropped(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, "../../rules/trial/testdata/programme.rule")
	f := eval.NewFacts(p, 0, 2017)
	who, level := &p.Fields[p.FieldOf(0, "称号", "人才")], &p.Fields[p.FieldOf(0, "称号", "级别")]
	rows := []struct {
		who   string
		level int64
	}{{"甲", 0}, {"乙", 0}, {"甲", 0}, {"甲", 1}, {"乙 ", 0}}
	l := f.SetList(who.List, len(rows))
	for k, r := range rows {
		n := f.Text(r.who)
		l.Columns[who.Column][k], l.Columns[level.Column][k] = eval.Value{Low: n, High: n}, eval.Value{Low: r.level, High: r.level}
	}
	if failed := eval.Verify(p, f); len(failed) != 2 || failed[0].Entry != 2 || failed[0].Same != 0 || failed[1].Entry != 4 || failed[1].Same != 1 {
		t.Fatalf("%+v", failed)
	}
	if err := (&maker{p: p, f: f}).agree(); err != nil {
		t.Fatal(err)
	}
	var left []string
	for k := range l.Len {
		left = append(left, f.Texts[l.Columns[who.Column][k].Low])
	}
	if len(left) != 3 || left[0] != "甲" || left[1] != "乙" || left[2] != "甲" || l.Columns[level.Column][2].Low != 1 {
		t.Errorf("left: %q, %+v", left, l.Columns)
	}
}
