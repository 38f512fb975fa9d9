package syntax

import (
	"quanxiang/rules/money"
)

// items are the words a statement begins with.
var items = []Key{KDocument, KAmend, KContinued, KInput, KDefine, KBenefit, KExclude, KExcludeNature, KJointCap, KUncomputed, KRelated, KReading, KExample}

// item reads a statement.
func (p *parser) item(f *File, l *Line, first bool) {
	p.begin(l)
	key := p.need(items...)
	if key == NoKey {
		return
	}
	if head := key == KDocument || key == KAmend || key == KContinued; head != first {
		p.i = 0
		if first {
			p.fail("规则文件以“%s”或“%s”开头", "a rule file begins with %s or %s", KDocument.Spelt(p.lang), KAmend.Spelt(p.lang))
		} else {
			p.fail("“%s”只能在文件开头，且只有一次", "%s stands at the beginning of a file, once", key.Spelt(p.lang))
			return
		}
	} else if f.Amend != nil && key != KExample {
		p.i = 0
		p.fail("修订文件里只有修改和例", "an amendment holds changes and examples only")
		return
	}
	switch key {
	case KDocument:
		f.Document = p.document(l)
	case KAmend:
		f.Amend = p.amend(f, l)
	case KContinued:
		f.Continues = p.short()
		if p.i < len(p.line.Tokens) {
			p.textOf()
		}
		p.end()
		p.childless(l)
	case KInput:
		f.Inputs = append(f.Inputs, p.input(l))
	case KDefine:
		f.Defines = append(f.Defines, p.define(l))
	case KBenefit:
		f.Benefits = append(f.Benefits, p.benefit(l))
	case KExclude, KExcludeNature:
		f.Excludes = append(f.Excludes, p.exclude(l, key == KExcludeNature))
	case KJointCap:
		f.JointCaps = append(f.JointCaps, p.jointCap(l))
	case KUncomputed:
		u := &Uncomputed{Pos: l.Pos, Cites: commas(p, p.cite)}
		p.need(KBecause)
		u.Because = p.textOf()
		p.end()
		p.childless(l)
		f.Uncomputed = append(f.Uncomputed, u)
	case KRelated:
		r := &Related{Pos: l.Pos, One: p.cite()}
		p.need(KWith)
		r.Two = p.cite()
		r.How = p.textOf()
		p.end()
		p.childless(l)
		f.Related = append(f.Related, r)
	case KReading:
		f.Readings = append(f.Readings, p.reading(l))
	case KExample:
		f.Examples = append(f.Examples, p.example(l))
	}
}

// document reads the head of a file.
func (p *parser) document(l *Line) *Document {
	d := &Document{Pos: l.Pos, Short: p.short(), Rounding: money.ToFen}
	d.Number = p.textOf()
	p.end()
	years := int64(0)
	seen := map[Key]bool{}
	for _, k := range l.Kids {
		p.begin(k)
		key := p.need(KTitle, KPublished, KForce, KValid, KRound, KClauses)
		if seen[key] && key != NoKey {
			p.i = 0
			p.fail("“%s”重复了", "%s appears twice", key.Spelt(p.lang))
			continue
		}
		seen[key] = true
		switch key {
		case KTitle:
			d.Title = p.textOf()
		case KPublished:
			d.Published = p.date()
		case KForce:
			d.Force = p.date()
		case KValid:
			if p.take(KTo) != NoKey {
				d.Until = p.date()
			} else {
				years = p.whole(1, 100)
			}
		case KRound:
			d.Rounding = p.rounding()
		case KClauses:
			d.Clauses = p.whole(1, 999)
		}
		if key != NoKey {
			d.Cites = append(d.Cites, p.tail().Cites...)
		}
		p.childless(k)
	}
	p.begin(l)
	if d.Force.IsZero() {
		p.fail("文件没有写明自何日施行（%s）", "the document does not say from when it is in force (%s)", KForce.Spelt(p.lang))
	} else if years > 0 {
		d.Until = d.Force.AddYears(int(years)).Add(-1)
	} else if !d.Until.IsZero() && d.Until.Before(d.Force) {
		p.fail("有效期在施行之前就已结束", "the document ends before it is in force")
	}
	if d.Published.IsZero() {
		d.Published = d.Force
	}
	return d
}

// rounding reads a way of rounding and its step.
func (p *parser) rounding() money.Rounding {
	r := money.ToFen
	switch p.need(KHalfUp, KDown, KUp, KHalfEven) {
	case KDown:
		r.Mode = money.Down
	case KUp:
		r.Mode = money.Up
	case KHalfEven:
		r.Mode = money.HalfEven
	}
	p.need(KRoundTo)
	at := p.i
	l := p.quantity()
	if !p.failed && (l.Kind != MoneyLiteral || l.Value < 1 || l.Value > int64(money.Yi)) {
		p.i = at
		p.fail("取整到一个金额，如 1分、1元", "round to an amount like 1分 or 1元")
	}
	if !p.failed {
		r.Step = money.Fen(l.Value)
	}
	return r
}

// input reads the facts of a kind of applicant.
func (p *parser) input(l *Line) *Input {
	in := &Input{Name: p.name()}
	p.end()
	for _, k := range l.Kids {
		p.begin(k)
		if p.peek(KVerify) != NoKey && !k.is(1, ":") { // a fact may be called by that word
			if v := p.verify(k); v != nil {
				in.Verifies = append(in.Verifies, v)
			}
		} else if f := p.field(k, false); f != nil {
			in.Fields = append(in.Fields, f)
		}
	}
	return in
}

// verify reads a condition that facts must not fail, nil if there is a mistake in it.
func (p *parser) verify(l *Line) *Verify {
	p.i++
	v := &Verify{Pos: l.Pos}
	if p.take(KEach) != NoKey {
		v.List = p.name()
		if p.need(KAs, KUnique) == KUnique {
			v.Key = commas(p, p.name)
		} else {
			v.Var = p.name()
			p.needSign(":")
		}
	}
	if len(v.Key) == 0 {
		v.Expr = p.expr()
	}
	v.Text = p.textOf()
	p.end()
	failed := p.failed
	p.childless(l)
	if failed {
		return nil
	}
	return v
}

// field reads a fact; inside says that it is of an entry of a list.
func (p *parser) field(l *Line, inside bool) *Field {
	p.begin(l)
	f := &Field{Name: p.name(), Limit: 10_000}
	p.needSign(":")
	f.Type = p.need(KMoney, KRatio, KCount, KDate, KChoice, KYesNo, KText, KList)
	if f.Type == KCount || f.Type == KChoice {
		if p.needSign("(") {
			names := commas(p, p.name)
			if f.Type == KChoice {
				f.Choices = names
			} else {
				f.Unit = names[0].Text
				if len(names) > 1 {
					p.fail("一个数量只有一个单位", "a count has one unit")
				}
			}
			p.needSign(")")
		}
	}
	for !p.failed && p.i < len(p.line.Tokens) {
		switch p.need(KEvidence, KBy, KYearly, KRange, KAtMost, KDecimals) {
		case KEvidence:
			f.Evidence = p.textOf()
		case KBy:
			f.By = p.textOf()
		case KYearly:
			f.Yearly = true
			if inside || f.Type == KList || f.Type == KText {
				p.i--
				p.fail("清单、文字和清单里的项不能按年", "lists, texts and facts of an entry cannot be yearly")
			}
		case KRange:
			low := p.value()
			p.need(KTo)
			high := p.value()
			f.Low, f.High = &low, &high
		case KAtMost:
			f.Limit = p.whole(1, 100_000)
		case KDecimals:
			f.Decimals = int(p.whole(1, 6))
			if f.Type != KCount {
				p.fail("只有数量可以有小数", "only counts have decimals")
			}
		}
	}
	bad := p.failed
	if f.Type == KList {
		if inside {
			p.problems.Add(l.Pos, "清单里不能再有清单", "there is no list in a list")
			return nil
		}
		for _, k := range l.Kids {
			if p.begin(k); p.peek(KVerify) != NoKey && !k.is(1, ":") {
				p.fail("核对写在清单之外，与“%[1]s”对齐：%[2]s %[3]s %[1]s %[4]s …", "what is verified stands outside the list: %[2]s %[3]s %[1]s %[4]s …",
					f.Name.Text, KVerify.Spelt(p.lang), KEach.Spelt(p.lang), KAs.Spelt(p.lang))
				continue
			}
			if e := p.field(k, true); e != nil {
				f.Fields = append(f.Fields, e)
			}
		}
		if len(l.Kids) == 0 {
			p.problems.Add(l.Pos, "清单下面要写每项有什么", "below a list stands what an entry has")
		}
	} else {
		p.childless(l)
	}
	if bad && f.Type == NoKey {
		return nil
	}
	return f
}

func (p *parser) define(l *Line) *Define {
	d := &Define{Name: p.name()}
	p.need(KIs)
	d.Expr = p.expr()
	d.Note = p.readingsTail()
	p.childless(l)
	return d
}

// benefit reads an entitlement.
func (p *parser) benefit(l *Line) *Benefit {
	b := &Benefit{Pos: l.Pos, Name: p.name()}
	if p.take(KFor) != NoKey {
		b.For = p.name()
	}
	b.Note = p.tail()
	kids := l.Kids
	if len(kids) > 0 {
		p.begin(kids[0])
		if p.take(KNature) != NoKey {
			b.Nature = p.name()
			p.end()
			p.childless(kids[0])
			kids = kids[1:]
		}
	}
	b.Body = p.block(l, kids)
	return b
}

func (p *parser) exclude(l *Line, nature bool) *Exclude {
	e := &Exclude{Pos: l.Pos, ByNature: nature}
	if nature {
		e.Docs = commas(p, p.short)
		e.Choose = p.need(KHighest, KChosen)
		e.AllYears = p.take(KAllYears) != NoKey
	} else {
		e.Names = p.refs()
		e.Choose = p.need(KHighest, KFirst, KChosen)
		if len(e.Names) < 2 {
			p.fail("互斥至少要有两项", "an exclusion names two benefits or more")
		}
	}
	e.Note = p.readingsTail()
	p.childless(l)
	return e
}

func (p *parser) jointCap(l *Line) *JointCap {
	j := &JointCap{Pos: l.Pos, Expr: p.expr()}
	p.need(KOver)
	j.Names = p.refs()
	j.Note = p.readingsTail()
	p.childless(l)
	return j
}

// reading reads a choice that the text leaves open.
func (p *parser) reading(l *Line) *Reading {
	r := &Reading{Name: p.name()}
	r.Note = p.tail()
	pending := false
	for _, k := range l.Kids {
		p.begin(k)
		switch p.need(KQuestion, KAdopted, KOther, KBy, KPending, KRuled) {
		case KQuestion:
			r.Question = p.textOf()
		case KAdopted:
			r.Adopted = p.textOf()
		case KOther:
			r.Others = append(r.Others, p.textOf())
		case KBy:
			r.By = p.textOf()
		case KPending:
			pending = true
		case KRuled:
			r.Ruled = p.date()
			r.Ruling = p.textOf()
		}
		p.end()
		p.childless(k)
	}
	p.begin(l)
	if r.Adopted == "" || r.By == "" || pending == !r.Ruled.IsZero() {
		p.fail("解读要写明采哪一种（%s）、由谁定（%s），以及%s或%s", "a reading says which one is adopted (%s), who rules (%s), and %s or %s",
			KAdopted.Spelt(p.lang), KBy.Spelt(p.lang), KPending.Spelt(p.lang), KRuled.Spelt(p.lang))
	}
	return r
}

// amend reads an amendment.
func (p *parser) amend(f *File, l *Line) *Amend {
	a := &Amend{Pos: l.Pos, Short: p.short()}
	p.need(KFrom)
	a.From = p.date()
	a.Number = p.textOf()
	p.end()
	for _, k := range l.Kids {
		p.begin(k)
		if p.take(KPublished) != NoKey {
			a.Published = p.date()
			p.end()
			continue
		}
		if p.take(KExample) != NoKey {
			f.Examples = append(f.Examples, p.example(k))
			continue
		}
		c := Change{Pos: k.Pos, Cite: p.cite()}
		c.Old = p.value()
		p.need(KBecomes)
		c.New = p.value()
		if !p.failed && (c.Old.Kind != c.New.Kind || c.Old.Unit != c.New.Unit) {
			p.fail("“%s”不能改为“%s”：两者不是一类", "%q cannot become %q, which is of another kind", c.Old.Text, c.New.Text)
		}
		if p.i < len(p.line.Tokens) {
			c.Label = p.textOf()
		}
		p.end()
		p.childless(k)
		a.Changes = append(a.Changes, c)
	}
	if a.Published.IsZero() {
		p.begin(l)
		p.fail("修订没有写明何日公布（%s）", "the amendment does not say when it was published (%s)", KPublished.Spelt(p.lang))
	}
	return a
}

// year reads a year.
func (p *parser) year() int { return int(p.whole(1990, 2100)) }

// String is the value as it was written.
func (l Literal) String() string { return l.Text }

// refs reads benefits parted by commas, up to a comma before 解读.
func (p *parser) refs() []*Expr {
	list := []*Expr{p.ref()}
	for !p.failed && p.line.is(p.i, ",") && !p.readingAhead() {
		p.i++
		list = append(list, p.ref())
	}
	return list
}

// readingAhead reports whether a comma and 解读 follow.
func (p *parser) readingAhead() bool {
	if !p.line.is(p.i, ",") {
		return false
	}
	p.i++
	defer func() { p.i-- }()
	return p.peek(KReading) != NoKey
}

// readingsTail reads readings a line rests on and its note.
func (p *parser) readingsTail() Note {
	var names []Name
	for !p.failed && p.readingAhead() {
		p.i += 2
		names = append(names, p.name())
	}
	n := p.tail()
	n.Readings = names
	return n
}
