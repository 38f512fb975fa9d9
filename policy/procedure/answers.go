package procedure

import (
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// What expressions read of a checklist besides the rows with each answer:
// answers.FIELD.all, the codes of all rows, and answers.FIELD.none, of those
// without an answer.
const (
	AllRows  = "all"
	NoAnswer = "none"
)

// resolveOptions checks the options of a choice, or the answers of a checklist.
func (c *compiler) resolveOptions(at source.Node, f Field) {
	seen := map[string]bool{}
	for i, o := range f.Options {
		n := at.Item(i)
		if seen[o.ID] {
			c.add(n, "选项“%s”重复", "duplicate option %q", o.ID)
		}
		seen[o.ID] = true
		switch {
		case f.Type != ChecklistField:
			if o.Tone != "" || o.Remark {
				c.add(n, "tone 和 remark 只用于 checklist 的选项", "tone and remark are for options of a checklist only")
			}
		case o.ID != "" && (!idForm.MatchString(o.ID) || o.ID == AllRows || o.ID == NoAnswer):
			c.add(n.Field("id"), "“%s”不能作清单选项的编号：表达式要读它", "%q cannot be the id of an answer: expressions read it", o.ID)
		}
	}
}

// answers lists what expressions may read of a checklist: the codes of the rows
// with each answer.
func (f *Field) answers() []guard.Var {
	vars := []guard.Var{{Name: "answers." + f.ID + "." + AllRows, Kind: guard.List}, {Name: "answers." + f.ID + "." + NoAnswer, Kind: guard.List}}
	for _, o := range f.Options {
		vars = append(vars, guard.Var{Name: "answers." + f.ID + "." + o.ID, Kind: guard.List})
	}
	return vars
}
