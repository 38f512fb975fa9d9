package syntax

import "slices"

// amounts are the words an amount begins with.
var amounts = []Key{KFixed, KShare, KUnit, KTier, KMatch, KCases, KEvery, KSum, KBest, KEach, KGrant, KPart}

// limits are the words a limit begins with.
var limits = []Key{KCap, KWhen, KReaching, KAtMost, KLessPaid, KOnce, KLasting, KInstalments, KDiscretion, KRound, KReading}

// block reads conditions, one amount and limits; l is the line they belong to.
func (p *parser) block(l *Line, kids []*Line) *Block {
	b := &Block{Pos: l.Pos}
	for _, k := range kids {
		p.begin(k)
		switch {
		case p.peek(KCondition, KGate) != NoKey:
			c := &Condition{Pos: k.Pos, Gate: p.take(KCondition, KGate) == KGate, Expr: p.expr()}
			c.Note = p.readingsTail()
			p.childless(k)
			if b.Amount != nil {
				p.problems.Add(k.Pos, "条件写在金额之前", "conditions stand before the amount")
			}
			b.Conditions = append(b.Conditions, c)
		case p.peek(amounts...) != NoKey:
			a := p.amount(k)
			if b.Amount != nil {
				p.problems.Add(k.Pos, "这里已经有一个金额；几个金额要写在“%s”或“%s”之下", "there is an amount already; several stand below %s or %s", KSum.Spelt(p.lang), KBest.Spelt(p.lang))
				continue
			}
			b.Amount = a
		case p.peek(limits...) != NoKey:
			if b.Amount == nil {
				p.fail("限额写在金额之后", "limits stand after the amount")
			}
			b.Limits = append(b.Limits, p.limitLine()...)
			p.childless(k)
		default:
			p.wanted(slices.Concat([]Key{KNature, KCondition, KGate}, amounts, limits)...)
		}
	}
	if b.Amount == nil {
		p.problems.Add(l.Pos, "这一段没有写给多少", "this block does not say how much is given")
	}
	return b
}

// limitLine reads the limits of a line with their common note.
func (p *parser) limitLine() []*Limit {
	list := p.limits()
	n := p.tail()
	for _, x := range list {
		x.Note = n
	}
	return list
}

// limits reads limits parted by commas. 当 right after a cap is the cap's.
func (p *parser) limits() []*Limit {
	var list []*Limit
	for {
		l := &Limit{Pos: p.pos()}
		l.Kind = p.need(limits...)
		switch l.Kind {
		case KCap:
			l.Expr = p.expr()
			l.Per = p.per()
			if p.take(KEver) != NoKey {
				l.Ever = true
				if p.i < len(p.line.Tokens) && p.line.Tokens[p.i].Kind == Quantity {
					l.Years = p.whole(2, 50)
				}
			}
			if p.line.is(p.i, ",") {
				p.i++
				if p.take(KWhen) != NoKey {
					l.When = p.expr()
				} else {
					p.i--
				}
			}
		case KWhen, KReaching, KAtMost:
			l.Expr = p.expr()
		case KLessPaid, KOnce:
			l.Per = p.per()
		case KLasting:
			l.Years = p.whole(1, 50)
			l.Per = p.per()
		case KInstalments:
			l.Years = p.whole(2, 50)
		case KDiscretion:
			l.Expr = p.path()
		case KRound:
			l.Rounding = p.rounding()
		case KReading:
			l.Reading = p.name()
		}
		list = append(list, l)
		if p.failed || !p.sign(",") {
			return list
		}
	}
}

// per reads the key a limit is counted by.
func (p *parser) per() *Expr {
	if p.failed || p.take(KPer) == NoKey {
		return nil
	}
	return p.path()
}

// amount reads a line that says how much, and what is below it.
func (p *parser) amount(l *Line) *Amount {
	a := &Amount{Pos: l.Pos, Kind: p.take(amounts...)}
	rows := false
	switch a.Kind {
	case KFixed:
		a.Base = p.expr()
	case KShare:
		p.share = true
		a.Base = p.expr()
		p.share = false
		p.need(KAt)
		if k := p.peek(KTier, KMatch, KCases); k != NoKey {
			a.Table, rows = p.tableHead(), true
		} else {
			a.Ratio = p.primary()
		}
	case KUnit:
		a.Factor = []*Expr{p.shareOf()}
		for !p.failed && p.sign("×") {
			a.Factor = append(a.Factor, p.shareOf())
		}
		if len(a.Factor) < 2 {
			p.fail("单价之后写“× 数量”", "after a unit price stands × and a quantity")
		}
	case KTier, KMatch, KCases:
		p.i--
		a.Table, rows = p.tableHead(), true
	case KEvery:
		a.Step = p.shareOf()
		p.need(KPay)
		a.Pay = p.shareOf()
		p.need(KOn)
		a.On = p.sum()
		if p.take(KAbove) != NoKey {
			a.Above = p.sum()
		}
	case KEach:
		a.List = p.name()
		p.need(KAs)
		a.Var = p.name()
	case KBest:
		if p.i < len(p.line.Tokens) && p.line.Tokens[p.i].Kind == Word && !p.line.is(p.i, ",") {
			a.List = p.name()
			p.need(KAs)
			a.Var = p.name()
			if a.Per = p.per(); a.Per == nil {
				p.wanted(KPer)
			}
		}
	case KGrant:
		a.Grant = p.textOf()
	}
	if !p.failed && p.sign(",") {
		a.Limits = p.limits()
	}
	a.Note = p.tail()
	switch {
	case rows:
		p.rows(a.Table, l)
	case a.Kind == KEach, a.Kind == KPart, a.Kind == KBest && a.List.Text != "":
		a.Body = p.block(l, l.Kids)
	case a.Kind == KSum, a.Kind == KBest:
		for _, k := range l.Kids {
			p.begin(k)
			if p.peek(amounts...) == NoKey {
				p.wanted(amounts...)
				continue
			}
			a.Items = append(a.Items, p.amount(k))
		}
		if len(l.Kids) == 0 {
			p.problems.Add(l.Pos, "下面要写各项金额", "the amounts stand below this line")
		}
	default:
		p.childless(l)
	}
	return a
}

func (p *parser) tableHead() *Table {
	t := &Table{Pos: p.pos(), Kind: p.take(KTier, KMatch, KCases)}
	if t.Kind != KCases {
		t.Subject = p.sum()
	}
	return t
}

// rows reads the rows of a table.
func (p *parser) rows(t *Table, l *Line) {
	for _, k := range l.Kids {
		p.begin(k)
		r := &Row{Pos: k.Pos}
		switch {
		case p.take(KElse) != NoKey:
			r.Else = true
		case t.Kind == KCases:
			r.Cond = p.expr()
		case t.Kind == KMatch:
			r.Names = commas(p, p.name)
		default:
			for n := 0; n < 2 && (n == 0 || p.peek(KLeast, KMore, KLess, KMost, KIs) != NoKey); n++ {
				e := Edge{Pos: p.pos(), Key: p.need(KLeast, KMore, KLess, KMost, KIs)}
				e.Value = p.sum()
				r.Edges = append(r.Edges, e)
			}
		}
		if !p.failed && t.Kind != KCases && !r.Else && p.take(KAnd) != NoKey {
			r.Cond = p.expr()
		}
		p.needSign(":")
		if !p.failed && p.take(KNone) == NoKey {
			r.Value = p.expr()
		}
		r.Note = p.tail()
		p.childless(k)
		t.Rows = append(t.Rows, r)
	}
	if len(l.Kids) == 0 {
		p.problems.Add(l.Pos, "下面要写表的各行", "the rows of the table stand below this line")
	}
}
