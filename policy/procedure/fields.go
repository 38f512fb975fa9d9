package procedure

import "quanxiang/policy/source"

func (c *compiler) resolveField(at source.Node, f Field) {
	c.each(at.Field("named"), f.Named, c.index.parties, "关系人", "party")
	c.each(at.Field("once"), f.Once, c.index.states, "状态", "state")
	c.optional(at.Field("among"), f.Among, c.index.parties, "关系人", "party")
	if (f.Open == OpenNamed) != (len(f.Named) > 0) {
		c.add(at, "open: named 与 named 应同时使用", "open: named and the list named go together")
	}
	if len(f.Once) > 0 && f.Open != OpenPublic {
		c.add(at.Field("once"), "once 只用于公开的字段", "once is for public fields only")
	}
	if (f.Type == ChoiceField) != (len(f.Options) > 0) {
		c.add(at, "choice 类型的字段应有 options，其他类型没有", "a field of type choice has options, others have none")
	}
	seen := map[string]bool{}
	for i, o := range f.Options {
		if seen[o.ID] {
			c.add(at.Field("options").Item(i), "选项“%s”重复", "duplicate option %q", o.ID)
		}
		seen[o.ID] = true
	}
	switch f.Accept {
	case "":
	case "image", "document":
		if f.Type != FilesField {
			c.add(at.Field("accept"), "accept 只用于 files 类型的字段", "accept is for fields of type files only")
		}
	default:
		c.add(at.Field("accept"), "accept 应为 image 或 document", "accept should be image or document")
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		c.add(at.Field("min"), "min 大于 max", "min is more than max")
	}
	if f.Type == ContactField && f.Open != OpenNamed {
		c.add(at, "联系方式是个人信息：open 应为 named", "a contact is personal data: open should be named")
	}
	if (f.Min != nil || f.Max != nil) && !f.Type.IsNumber() && !f.Type.IsText() && !f.Type.IsList() && f.Type != "" {
		c.add(at, "%s 类型的字段没有 min 和 max", "a field of type %s has no min and max", string(f.Type))
	}
	if f.Unit != "" && f.Type != IntegerField {
		c.add(at.Field("unit"), "unit 只用于 integer 类型的字段", "unit is for fields of type integer only")
	}
	if f.Among != "" && f.Type != PersonField {
		c.add(at.Field("among"), "among 只用于 person 类型的字段", "among is for fields of type person only")
	}
}
