package facts

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/check"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// Examples turns the examples of rule files into facts.
type Examples struct {
	Program *ir.Program
	All     []*syntax.Example

	list problems.List
}

// reading of an example: the facts that are said, by name, later ones winning.
type said struct {
	facts []syntax.Fact
	paid  []syntax.Paid
	input int32
	rest  bool
}

// Facts are those of an example with those of the examples it names. What is
// wrong is in the error with its place.
func (x *Examples) Facts(e *syntax.Example) (*eval.Facts, error) {
	x.list = nil
	s := said{input: ir.None}
	x.gather(e, &s, nil)
	x.applicant(e, &s)
	for _, t := range outside(x.Program, nil, e.Year) {
		x.list = append(x.list, (&gov.Error{Code: gov.Invalid, Text: t}).At(e.Pos))
	}
	if err := x.list.Err(); err != nil {
		return nil, err
	}
	f := eval.NewFacts(x.Program, s.input, e.Year)
	for i := range s.facts {
		x.fact(f, &s.facts[i])
	}
	x.verified(e, f)
	if s.rest {
		Nothing(x.Program, f, false)
	}
	for _, p := range s.paid {
		b := x.benefit(e.Doc, p.Benefit)
		if b == ir.None {
			continue
		}
		if p.Year >= e.Year {
			x.list.Add(p.Amount.Pos, "已领的年份应早于 %d", "a payment is from before %d", e.Year)
			continue
		}
		f.Paid = append(f.Paid, eval.Payment{Year: p.Year, Benefit: b, Key: p.Key, Amount: p.Amount.Value})
	}
	x.list.Sort()
	if err := x.list.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// gather follows 同.
func (x *Examples) gather(e *syntax.Example, s *said, seen []*syntax.Example) {
	if slices.Contains(seen, e) {
		x.list.Add(e.Like.Pos, "例绕成一圈：“%s”", "examples run in a circle: %q", e.Name)
		return
	}
	seen = append(seen, e)
	if e.Like.Text != "" {
		i := slices.IndexFunc(x.All, func(o *syntax.Example) bool { return o.Name == e.Like.Text })
		if i < 0 {
			var known []string
			for _, o := range x.All {
				known = append(known, o.Name)
			}
			x.list.AddGuess(e.Like.Pos, problems.Suggest(e.Like.Text, known), "没有名为“%s”的例", "there is no example %q", e.Like.Text)
		} else {
			x.gather(x.All[i], s, seen)
		}
	}
	own := map[string]bool{}
	for _, f := range e.Facts {
		if f.Rest {
			s.rest = true
			continue
		}
		key := f.Name.Text + string(rune('0'+f.Years))
		if own[key] {
			x.list.Add(f.Name.Pos, "“%s”写了两次", "%q is stated twice", f.Name.Text)
		}
		own[key] = true
		s.facts = slices.DeleteFunc(s.facts, func(o syntax.Fact) bool { return o.Name.Text == f.Name.Text && o.Years == f.Years })
		s.facts = append(s.facts, f)
	}
	s.paid = append(s.paid, e.Paid...)
}

func (x *Examples) benefit(own string, e *syntax.Expr) int32 {
	b := x.Program.Named(own, e.Doc, e.Name)
	if b == ir.None {
		var known []string
		for i := range x.Program.Benefits {
			known = append(known, x.Program.Benefits[i].Name)
		}
		x.list.AddGuess(e.Pos, problems.Suggest(e.Name, known), "没有名为“%s”的支持，或者几个文件里都有", "there is no benefit %q, or several documents have one", e.Name)
	}
	return b
}

// applicant finds out whom an example is about: by what it expects, else by its
// facts.
func (x *Examples) applicant(e *syntax.Example, s *said) {
	for _, w := range e.Expect {
		if w.Benefit != nil {
			if b := x.Program.Named(e.Doc, w.Benefit.Doc, w.Benefit.Name); b != ir.None {
				s.input = x.Program.Benefits[b].Input
				return
			}
		}
	}
	for _, w := range e.Edges {
		if b := x.Program.Named(e.Doc, w.Benefit.Doc, w.Benefit.Name); b != ir.None {
			s.input = x.Program.Benefits[b].Input
			return
		}
	}
	for _, f := range s.facts {
		for i := range x.Program.Inputs {
			if x.Program.FieldOf(int32(i), "", f.Name.Text) != ir.None {
				s.input = int32(i)
				return
			}
		}
	}
	if s.rest || len(s.facts) == 0 {
		s.input = 0
		return
	}
	x.list.Add(e.Pos, "看不出例说的是哪一种申报者", "one cannot tell which kind of applicant the example is about")
}

// Nothing makes nothing of everything that was not told: numbers 0 or their least, no entries, the
// last choice. Dates stay unknown, and with own what an office finds out.
func Nothing(p *ir.Program, f *eval.Facts, own bool) {
	for i := range p.Fields {
		d := &p.Fields[i]
		if d.Input != f.Input || d.Column != ir.None || d.Type == ir.Date || own && d.By != "" {
			continue
		}
		if d.Type == ir.List {
			if !f.Told(int32(i), 0) {
				f.SetList(d.List, 0)
			}
			continue
		}
		v := max(d.Min, min(0, d.Max))
		switch d.Type {
		case ir.Choice:
			v = d.Max
		case ir.Text:
			v = f.Text("")
		}
		years := int32(0)
		if d.Yearly {
			years = 2
		}
		for y := range years + 1 {
			if !f.Told(int32(i), y) {
				f.Set(int32(i), y, eval.Value{Low: v, High: v})
			}
		}
	}
}

// fact sets a fact that is said.
func (x *Examples) fact(f *eval.Facts, s *syntax.Fact) {
	i := x.Program.FieldOf(f.Input, "", s.Name.Text)
	if i == ir.None {
		x.list.AddGuess(s.Name.Pos, problems.Suggest(s.Name.Text, names(x.Program, f.Input, ir.None)), "没有“%s”这个事实", "there is no fact %q", s.Name.Text)
		return
	}
	d := &x.Program.Fields[i]
	if (d.Type == ir.List) != s.IsList {
		x.list.Add(s.Name.Pos, "“%s”是不是清单，与申报的不一致", "%q is a list in one place and none in the other", s.Name.Text)
		return
	}
	if !s.IsList {
		if s.Years > 0 && !d.Yearly {
			x.list.Add(s.Name.Pos, "“%s”不是按年的事实", "%q is not yearly", s.Name.Text)
			return
		}
		if v, ok := x.value(f, d, s); ok {
			f.Set(i, int32(s.Years), v)
		}
		return
	}
	if int64(len(s.Entries)) > x.Program.Lists[d.List].Limit {
		x.list.Add(s.Name.Pos, "清单多于 %d 项", "the list has more than %d entries", x.Program.Lists[d.List].Limit)
		return
	}
	l := f.SetList(d.List, len(s.Entries))
	for k, entry := range s.Entries {
		for j := range entry {
			e := &entry[j]
			c := x.Program.FieldOf(f.Input, d.Name, e.Name.Text)
			if c == ir.None {
				x.list.AddGuess(e.Name.Pos, problems.Suggest(e.Name.Text, names(x.Program, f.Input, d.List)), "清单的项没有“%s”", "an entry has no %q", e.Name.Text)
				continue
			}
			if v, ok := x.value(f, &x.Program.Fields[c], e); ok {
				l.Columns[x.Program.Fields[c].Column][k] = v
			}
		}
	}
}

// value is a value as written, of the type of a fact and within its range.
func (x *Examples) value(f *eval.Facts, d *ir.FieldInfo, s *syntax.Fact) (eval.Value, bool) {
	if s.Low == nil {
		k := slices.Index(d.Choices, s.Choice.Text)
		if d.Type != ir.Choice || k < 0 {
			x.list.AddGuess(s.Choice.Pos, problems.Suggest(s.Choice.Text, d.Choices), "“%s”不是其中的选项", "%q is none of the choices", s.Choice.Text)
			return eval.Value{}, false
		}
		return eval.Value{Low: int64(k), High: int64(k)}, true
	}
	one := func(l syntax.Literal) (int64, bool) {
		if d.Type == ir.Text && l.Kind == syntax.TextLiteral {
			return f.Text(l.Text), true
		}
		v, ok := check.ValueAs(l, d)
		switch {
		case !ok:
			x.list.Add(l.Pos, "“%s”不是“%s”的值：种类或单位不对", "%q is no value of %q: the kind or the unit is wrong", l.Text, d.Name)
		case v < d.Min || v > d.Max:
			x.list.Add(l.Pos, "“%s”超出“%s”的范围", "%q is outside the range of %q", l.Text, d.Name)
			ok = false
		}
		return v, ok
	}
	low, ok := one(*s.Low)
	if !ok {
		return eval.Value{}, false
	}
	if s.High == nil {
		return eval.Value{Low: low, High: low}, true
	}
	high, ok := one(*s.High)
	if ok && high < low {
		x.list.Add(s.High.Pos, "范围的下限大于上限", "the range ends before it begins")
		ok = false
	}
	return eval.Value{Low: low, High: high}, ok
}
