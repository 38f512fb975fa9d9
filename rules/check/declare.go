package check

import (
	"math"
	"slices"

	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// Bounds of facts that do not say theirs.
const (
	maxMoney = 1_000_000_000_000 * int64(money.Yuan)
	maxCount = 100_000_000_000
	maxRatio = 10 * int64(money.Whole)
	minDay   = -25_567 // 1900-01-01
	maxDay   = 84_006  // 2200-01-01
)

// yearsBack is how many earlier years a yearly fact has.
const yearsBack = 2

var types = map[syntax.Key]ir.Type{
	syntax.KMoney: ir.Money, syntax.KRatio: ir.Ratio, syntax.KCount: ir.Count, syntax.KDate: ir.Date,
	syntax.KChoice: ir.Choice, syntax.KYesNo: ir.Bool, syntax.KText: ir.Text, syntax.KList: ir.List,
}

// declare enters facts, definitions, readings and the heads of benefits.
func (c *compiler) declare() {
	for _, d := range c.order {
		for _, f := range d.files {
			for _, in := range f.Inputs {
				n := c.p.Input(in.Name.Text)
				if n == ir.None {
					n = int32(len(c.p.Inputs))
					c.p.Inputs = append(c.p.Inputs, in.Name.Text)
				}
				for _, field := range in.Fields {
					c.field(n, ir.None, field)
				}
			}
			for _, def := range f.Defines {
				key := d.short + "." + def.Name.Text
				if c.defines[key] != nil {
					c.bad(def.Name.Pos, "“%s”定义了两次", "%q is defined twice", def.Name.Text)
				}
				c.defines[key] = def
			}
			for _, r := range f.Readings {
				if slices.ContainsFunc(c.p.Readings, func(o ir.ReadingInfo) bool { return o.Doc == d.short && o.Name == r.Name.Text }) {
					c.bad(r.Name.Pos, "解读“%s”写了两次", "the reading %q appears twice", r.Name.Text)
				}
				c.p.Readings = append(c.p.Readings, ir.ReadingInfo{
					Name: r.Name.Text, Doc: d.short, Title: r.Label, Question: r.Question, Adopted: r.Adopted, Others: r.Others, By: r.By,
					Pending: r.Ruled.IsZero(), Ruled: r.Ruled, Ruling: r.Ruling, Clauses: clauses(d, r.Cites), Pos: r.Name.Pos,
				})
			}
			d.without = append(d.without, f.Uncomputed...)
			for _, cite := range headCites(f) {
				c.account(d, cite)
			}
		}
	}
	c.body = map[int32]*syntax.Benefit{}
	for _, d := range c.order {
		for _, f := range d.files {
			for _, b := range f.Benefits {
				c.head(d, b)
			}
		}
	}
}

func headCites(f *syntax.File) []syntax.Clause {
	if f.Document == nil {
		return nil
	}
	return f.Document.Cites
}

// head enters a benefit, so that others may name it.
func (c *compiler) head(d *document, b *syntax.Benefit) {
	if c.p.Benefit(d.short, b.Name.Text) != ir.None {
		c.bad(b.Name.Pos, "“%s”写了两次", "%q appears twice", b.Name.Text)
		return
	}
	info := ir.BenefitInfo{Name: b.Name.Text, Doc: d.short, Nature: b.Nature.Text, Clauses: clauses(d, b.Cites), Pos: b.Pos}
	switch {
	case b.For.Text != "":
		info.Input = c.p.Input(b.For.Text)
		if info.Input == ir.None {
			c.unknown(b.For, c.p.Inputs, "没有申报者“%s”", "there is no kind of applicant %q")
			return
		}
	case len(d.files[0].Inputs) == 1:
		info.Input = c.p.Input(d.files[0].Inputs[0].Name.Text)
	default:
		c.bad(b.Pos, "“%[1]s”没有写给谁（%[2]s）", "%[1]q does not say whom it is for (%[2]s)", b.Name.Text, syntax.KFor.Spelt(d.files[0].Source.Lang))
		return
	}
	if len(b.Cites) == 0 {
		c.bad(b.Pos, "“%s”没有写依据哪一条", "%q cites no clause", b.Name.Text)
	}
	c.body[int32(len(c.p.Benefits))] = b
	c.p.Benefits = append(c.p.Benefits, info)
}

// field enters a fact; list is the list it is a field of, or None.
func (c *compiler) field(input, list int32, f *syntax.Field) {
	info := ir.FieldInfo{
		Name: f.Name.Text, Input: input, Type: types[f.Type], Unit: f.Unit, Decimals: f.Decimals, Yearly: f.Yearly,
		Evidence: f.Evidence, By: f.By, List: list, Column: ir.None, Pos: f.Name.Pos,
	}
	for _, n := range f.Choices {
		if slices.Contains(info.Choices, n.Text) {
			c.bad(n.Pos, "选项“%s”写了两次", "the choice %q appears twice", n.Text)
		}
		info.Choices = append(info.Choices, n.Text)
	}
	if len(info.Choices) > 64 {
		c.bad(f.Name.Pos, "选项多于 64 个", "more than 64 choices")
		return
	}
	switch info.Type {
	case ir.Money:
		info.Max = maxMoney
	case ir.Ratio:
		info.Max = maxRatio
	case ir.Count:
		info.Max = maxCount * money.Power(f.Decimals)
	case ir.Date:
		info.Min, info.Max = minDay, maxDay
	case ir.Choice:
		info.Max = int64(len(info.Choices)) - 1
	case ir.Bool:
		info.Max = 1
	case ir.Text:
		info.Max = math.MaxInt32
	}
	if f.Low != nil {
		info.Min, info.Max = c.bound(f, *f.Low), c.bound(f, *f.High)
		if info.Min > info.Max {
			c.bad(f.Low.Pos, "范围的下限大于上限", "the range ends before it begins")
		}
	}
	list2 := ""
	if list != ir.None {
		list2 = c.p.Fields[c.p.Lists[list].Field].Name
	}
	if old := c.p.FieldOf(input, list2, info.Name); old != ir.None {
		c.again(old, info, f)
		return
	}
	n := int32(len(c.p.Fields))
	switch {
	case list != ir.None:
		info.Column = int32(len(c.p.Lists[list].Fields))
		c.p.Lists[list].Fields = append(c.p.Lists[list].Fields, n)
	case info.Type == ir.List:
		info.List = int32(len(c.p.Lists))
		c.p.Lists = append(c.p.Lists, ir.ListInfo{Field: n, Limit: f.Limit})
	default:
		info.Slot = c.p.Slots
		c.p.Slots++
		if f.Yearly {
			c.p.Slots += yearsBack
		}
	}
	c.p.Fields = append(c.p.Fields, info)
	for _, e := range f.Fields {
		c.field(input, info.List, e)
	}
}

// again holds two declarations of one fact together.
func (c *compiler) again(old int32, info ir.FieldInfo, f *syntax.Field) {
	o := &c.p.Fields[old]
	if o.Pos.File == info.Pos.File {
		c.bad(info.Pos, "“%s”写了两次", "%q appears twice", info.Name)
		return
	}
	if o.Type != info.Type || o.Unit != info.Unit || o.Decimals != info.Decimals || o.Yearly != info.Yearly || !slices.Equal(o.Choices, info.Choices) ||
		info.Type != ir.List && (o.Min != info.Min || o.Max != info.Max) {
		c.bad(info.Pos, "“%[1]s”与 %[2]s 处的同名事实不一致；同名即同一事实", "%[1]q differs from the fact of that name at %[2]s; one name is one fact", info.Name, o.Pos)
		return
	}
	for _, e := range f.Fields {
		c.field(info.Input, o.List, e)
	}
}

// bound reads an end of a range.
func (c *compiler) bound(f *syntax.Field, l syntax.Literal) int64 {
	v, ok := valueAs(l, types[f.Type], f.Unit, f.Decimals)
	if !ok {
		c.bad(l.Pos, "“%s”不是这个事实的值", "%q is no value of this fact", l.Text)
	}
	return v
}

// valueAs is a written value as one of a type; false if it is none.
func valueAs(l syntax.Literal, kind ir.Type, unit string, decimals int) (int64, bool) {
	want := map[syntax.LiteralKind]ir.Type{syntax.MoneyLiteral: ir.Money, syntax.RatioLiteral: ir.Ratio, syntax.CountLiteral: ir.Count, syntax.DateLiteral: ir.Date, syntax.YesNoLiteral: ir.Bool}
	if t, ok := want[l.Kind]; !ok || t != kind {
		return 0, false
	}
	if kind != ir.Count {
		return l.Value, true
	}
	if l.Unit != "" && l.Unit != unit || l.Decimals > decimals {
		return 0, false
	}
	return money.MulDiv(l.Value, money.Power(decimals-l.Decimals), 1, money.Down)
}

// ValueAs is a written value as a value of a fact; false if it is none.
func ValueAs(l syntax.Literal, f *ir.FieldInfo) (int64, bool) {
	return valueAs(l, f.Type, f.Unit, f.Decimals)
}

// unknown reports a name that means nothing, with a guess.
func (c *compiler) unknown(n syntax.Name, known []string, zh, en string) {
	c.problems.AddGuess(n.Pos, suggest(n.Text, known), zh, en, n.Text)
}
