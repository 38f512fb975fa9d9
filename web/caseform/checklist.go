package caseform

import (
	"net/url"
	"slices"
	"strings"

	"quanxiang/cases/checklist"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

// checklist is a checklist as it is filled in: the rows the case has, with the answers
// that were typed over those it has.
func (k Maker) checklist(f *procedure.Field, inputs []string) ui.Field {
	l := k.Messages.Lang()
	x := ui.Field{Kind: "checklist"}
	for _, o := range f.Options {
		x.Options = append(x.Options, ui.Option{Value: o.ID, Label: o.Name.In(l), Tone: tones[o.Tone], Remark: o.Remark})
	}
	typed := checklist.Rows(inputs)
	for _, r := range checklist.Rows(k.current(f)) {
		if i := slices.IndexFunc(typed, func(t checklist.Row) bool { return t.Code == r.Code }); i >= 0 {
			r.Answer, r.Remark = typed[i].Answer, typed[i].Remark
		}
		heading := r.Group
		if unit, ok := k.Under.Pack.Unit(r.Unit); ok && heading == "" {
			heading = unit.Name.In(l)
		}
		x.Rows = append(x.Rows, ui.CheckRow{Code: r.Code, Title: r.Title, Heading: heading, Answer: r.Answer, Remark: r.Remark})
	}
	return x
}

// tones are those of the answers as chips have them.
var tones = map[procedure.Tone]string{procedure.Calm: "quiet", procedure.Good: "good", procedure.Warning: "warn", procedure.Bad: "bad"}

// answers reads the rows of a checklist out of a form, in the order of their codes: of
// each the input with the remark is always there.
func answers(form url.Values, name string) []string {
	var rows []checklist.Row
	for input := range form {
		row, ok := strings.CutSuffix(input, ui.RemarkSuffix)
		code, own := strings.CutPrefix(row, name+".")
		if ok && own {
			rows = append(rows, checklist.Row{Code: code, Answer: form.Get(row), Remark: strings.Join(strings.Fields(form.Get(input)), " ")})
		}
	}
	slices.SortFunc(rows, func(a, b checklist.Row) int { return strings.Compare(a.Code, b.Code) })
	return checklist.Lines(rows)
}
