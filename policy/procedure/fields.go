package procedure

import (
	"maps"
	"slices"
	"strings"

	"quanxiang/policy/codes"
	"quanxiang/policy/source"
)

func (c *compiler) resolveField(at source.Node, f Field) {
	c.each(at.Field("named"), f.Named, c.index.parties, "关系人", "party")
	c.each(at.Field("once"), f.Once, c.index.states, "状态", "state")
	c.optional(at.Field("among"), f.Among, c.index.parties, "关系人", "party")
	if f.Open == OpenNamed && len(f.Named) == 0 || len(f.Named) > 0 && f.Open != OpenNamed && f.Open != OpenStaff && len(f.Once) == 0 {
		c.add(at, "open: named 应有 named；除此以外 named 只与 open: staff 或 once 同用", "open: named goes with the list named, which else stands with open: staff or once alone")
	}
	if len(f.Once) > 0 && f.Open != OpenPublic {
		c.add(at.Field("once"), "once 只用于公开的字段", "once is for public fields only")
	}
	if (f.Type == ChoiceField || f.Type == ChecklistField) != (len(f.Options) > 0) {
		c.add(at, "choice 和 checklist 类型的字段应有 options，其他类型没有", "fields of types choice and checklist have options, others have none")
	}
	c.resolveOptions(at.Field("options"), f)
	switch f.Accept {
	case "":
	case "image", "document", "signature":
		if f.Type != FilesField {
			c.add(at.Field("accept"), "accept 只用于 files 类型的字段", "accept is for fields of type files only")
		}
	default:
		c.add(at.Field("accept"), "accept 应为 image、document 或 signature", "accept should be image, document or signature")
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		c.add(at.Field("min"), "min 大于 max", "min is more than max")
	}
	if f.Type == ContactField && f.Open != OpenNamed {
		c.add(at, "联系方式是个人信息：open 应为 named", "a contact is personal data: open should be named")
	}
	if (f.Min != nil || f.Max != nil) && !f.Type.IsNumber() && !f.Type.IsText() && !f.Type.IsList() && f.Type != "" || (f.Min != nil || f.Max != nil) && f.Type == ChecklistField {
		c.add(at, "%s 类型的字段没有 min 和 max", "a field of type %s has no min and max", string(f.Type))
	}
	if (f.Type == EntryField || f.Type == SubjectField) != (f.Of != "") {
		c.add(at, "entry 和 subject 类型的字段应有 of，其他类型没有", "a field of type entry or subject has of, others have none")
	}
	if f.Type == EntryField && f.Of != "" && c.names.Lists[f.Of] == nil {
		c.refer(at.Field("of"), f.Of, slices.Sorted(maps.Keys(c.names.Lists)), "代码表", "list")
	}
	c.resolveAt(at, f)
	if f.Unit != "" && f.Type != IntegerField {
		c.add(at.Field("unit"), "unit 只用于 integer 类型的字段", "unit is for fields of type integer only")
	}
	if f.Among != "" && f.Type != PersonField && f.Type != PersonsField {
		c.add(at.Field("among"), "among 只用于 person 和 persons 类型的字段", "among is for fields of types person and persons only")
	}
}

// resolveAt checks an area that follows from a point, and a text that says in
// words where the point is.
func (c *compiler) resolveAt(at source.Node, f Field) {
	words := f.Type == TextField && f.Size == ""
	if (f.At != "") != (f.Size != "") && !words {
		c.add(at, "at 与 level 应同时使用", "at and level go together")
	}
	if f.At == "" {
		return
	}
	c.typed(at.Field("at"), f.At, PointField)
	c.refer(at.Field("level"), f.Size, c.names.Levels, "区域级别", "level of areas")
	switch {
	case words:
	case f.Type != AreaField:
		c.add(at.Field("at"), "at 只用于 area 类型的字段；text 类型的字段用 at 时没有 level", "at is for fields of type area, and without level for fields of type text")
	case f.Value != "":
		c.add(at.Field("at"), "at 与 value 只能用一个", "at and value exclude each other")
	case c.field(f.At).Sealed && !f.Sealed:
		c.add(at.Field("at"), "字段“%s”是密封的，由它得出的区域也应密封", "the field %q is sealed: an area that follows from it should be, too", f.At)
	}
}

// column finds the column that FIELD.COLUMN names, of a type, and the list it
// is of.
func (c *compiler) column(at source.Node, ref string, want codes.ColumnType) (list *codes.List, column string) {
	field, column, ok := strings.Cut(ref, ".")
	if !ok {
		c.add(at, "“%s”应写作 字段.列", "%q should be FIELD.COLUMN", ref)
		return nil, ""
	}
	if c.typed(at, field, EntryField); c.field(field).list == nil {
		return nil, ""
	}
	list = c.field(field).list
	col, ok := list.Column(column)
	switch {
	case !ok:
		var ids []string
		for _, k := range list.Columns {
			ids = append(ids, k.ID)
		}
		c.refer(at, column, ids, "列", "column")
	case col.Type != want:
		c.add(at, "列“%[1]s”应为 %[2]s 类型，现在是 %[3]s", "the column %[1]q should be of type %[2]s, not %[3]s", column, string(want), string(col.Type))
	default:
		return list, column
	}
	return nil, ""
}

// fieldOf is the field that a variable of an expression is about.
func fieldOf(variable string) string {
	head, rest, _ := strings.Cut(variable, ".")
	if !slices.Contains([]string{"given", "entry", "serving", "area", "answers"}, head) {
		return variable
	}
	field, _, _ := strings.Cut(rest, ".")
	return field
}
