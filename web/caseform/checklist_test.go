package caseform

import (
	"net/url"
	"slices"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/checklist"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

// What was answered on a form that comes back stays on it, over what the case has;
// rows stand in the order of the case under whose they are.
func TestChecklistOnAForm(t *testing.T) {
	t.Parallel()
	e, pack := engine(t), sample(t)
	f := &procedure.Field{ID: "checks", Type: procedure.ChecklistField, Label: gov.Text{ZH: "清单", EN: "Checks"}, Options: []procedure.Option{
		{ID: "fine", Name: gov.Text{ZH: "符合", EN: "fine"}, Tone: procedure.Good}, {ID: "bad", Name: gov.Text{ZH: "不符合", EN: "not fine"}, Tone: procedure.Bad, Remark: true}}}
	unit := pack.Units[0]
	rows := checklist.Lines([]checklist.Row{{Code: "B-2", Title: "乙", Unit: unit.ID, Answer: "fine"}, {Code: "A-1", Title: "甲", Unit: unit.ID, Answer: "fine"}, {Code: "C-3", Title: "丙", Group: "登记"}})
	k := Maker{Messages: e.Messages(gov.ZH), Pack: pack, Under: docket.Under{Pack: pack, Procedure: &procedure.Procedure{}}, Shown: []cases.Shown{{Field: f, Value: rows}}}

	sent := url.Values{Name("checks") + ".A-1": {"bad"}, Name("checks") + ".A-1.remark": {" 过期\n三袋 "}, Name("checks") + ".C-3.remark": {""}, "other.A-1.remark": {"x"}}
	typed := answers(sent, Name("checks"))
	want := checklist.Lines([]checklist.Row{{Code: "A-1", Answer: "bad", Remark: "过期 三袋"}, {Code: "C-3"}})
	if !slices.Equal(typed, want) {
		t.Errorf("read %q, want %q", typed, want)
	}
	x := k.checklist(f, typed)
	got := x.Rows
	if !slices.Equal(got, []ui.CheckRow{
		{Code: "B-2", Title: "乙", Heading: unit.Name.ZH, Answer: "fine"},
		{Code: "A-1", Title: "甲", Heading: unit.Name.ZH, Answer: "bad", Remark: "过期 三袋"},
		{Code: "C-3", Title: "丙", Heading: "登记"},
	}) {
		t.Errorf("rows %v", got)
	}
	if parts := x.Parts(); len(parts) != 2 || len(parts[0].Rows) != 2 || x.Answered() != 2 {
		t.Errorf("parts %v, %d answered", parts, x.Answered())
	}
	x.Error = "还有 1 项没有填写"
	if x.Wrong(got[0]) || x.Wrong(got[1]) || !x.Wrong(got[2]) {
		t.Error("not the row without an answer is marked")
	}
	if words := casework.Words(pack, f, rows[:1], gov.ZH); words[0] != "乙：符合" {
		t.Errorf("in words %q", words)
	}
}
