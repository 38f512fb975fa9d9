package syntax

// example reads facts and what they come to.
func (p *parser) example(l *Line) *Example {
	e := &Example{Pos: l.Pos, Name: p.textOf()}
	p.need(KYear)
	e.Year = p.year()
	p.end()
	for _, k := range l.Kids {
		p.begin(k)
		switch p.need(KLike, KGiven, KPaid, KExpect, KEdge, KRefused) {
		case KLike:
			at := p.pos()
			e.Like = Name{p.textOf(), at}
		case KGiven:
			e.Facts = append(e.Facts, commas(p, p.fact)...)
		case KPaid:
			y := p.year()
			paid := Paid{Year: y, Benefit: p.ref(), Amount: p.quantity()}
			if p.take(KKeyed) != NoKey {
				paid.Key = p.textOf()
			}
			if !p.failed && (paid.Amount.Kind != MoneyLiteral || paid.Amount.Value < 0) {
				p.fail("已领的是金额，不为负", "what was paid is an amount of money and not negative")
			}
			e.Paid = append(e.Paid, paid)
		case KExpect:
			e.Expect = append(e.Expect, p.expect(k))
		case KRefused:
			at := p.pos()
			e.Refuse = append(e.Refuse, Name{p.textOf(), at})
		case KEdge:
			c := EdgeCase{Pos: k.Pos, Field: p.path(), At: p.value()}
			p.need(KGives)
			c.Benefit = p.ref()
			for i := range c.Want {
				if i > 0 {
					p.needSign(",")
				}
				c.Want[i] = p.amountValue()
			}
			e.Edges = append(e.Edges, c)
		}
		p.end()
		p.childless(k)
	}
	if p.begin(l); len(e.Refuse) > 0 && len(e.Expect)+len(e.Edges) > 0 {
		p.fail("事实不符的例（%s）没有得数", "an example whose facts are refused (%s) comes to nothing", KRefused.Spelt(p.lang))
	}
	return e
}

// amountValue reads an amount of money.
func (p *parser) amountValue() Literal {
	at := p.i
	l := p.quantity()
	if !p.failed && l.Kind != MoneyLiteral {
		p.i = at
		p.fail("这里应是金额，如 94万元", "expected an amount like 94万元")
	}
	return l
}

// fact reads a fact of an example.
func (p *parser) fact() Fact {
	var f Fact
	switch p.take(KLastYear, KYearBefore) {
	case KLastYear:
		f.Years = 1
	case KYearBefore:
		f.Years = 2
	}
	if f.Years == 0 && p.peek(KElse) != NoKey && (p.i+1 < len(p.line.Tokens)) {
		p.i++
		if p.take(KKeyed, KIs) != NoKey && p.take(KEmpty) != NoKey {
			f.Rest = true
			return f
		}
		p.i--
	}
	f.Name = p.name()
	p.need(KIs)
	switch {
	case p.failed:
	case p.line.is(p.i, "("):
		p.i++
		f.IsList = true
		for !p.failed && !p.line.is(p.i, ")") {
			f.Entries = append(f.Entries, commas(p, p.fact))
			if !p.sign(";") {
				break
			}
		}
		p.needSign(")")
	case p.i < len(p.line.Tokens) && p.line.Tokens[p.i].Kind == Word && p.peek(KIs, KNo) == NoKey:
		f.Choice = p.name()
	default:
		low := p.value()
		f.Low = &low
		if p.take(KTo) != NoKey {
			high := p.value()
			f.High = &high
		}
	}
	return f
}

// expect reads what an example must come to.
func (p *parser) expect(l *Line) Expect {
	x := Expect{Pos: l.Pos}
	if p.take(KSum) == NoKey {
		x.Benefit = p.ref()
	}
	p.need(KIs)
	if k := p.take(KGrant, KNone); k != NoKey {
		x.Granted = k
	} else {
		low := p.amountValue()
		x.Low = &low
		if p.take(KTo) != NoKey {
			high := p.amountValue()
			x.High = &high
		}
	}
	if p.take(KNeeds) != NoKey {
		x.Needs = commas(p, p.name)
	}
	if p.take(KBecause) != NoKey {
		x.Because = commas(p, p.cite)
	}
	return x
}
