package syntax

import (
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/rules/money"
)

// maxNesting bounds expressions in expressions.
const maxNesting = 64

// Days is the number of a date: days since 1 January 1970.
func Days(d gov.Date) int64 {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86_400
}

// DateOf is the date of a number of days.
func DateOf(days int64) gov.Date {
	y, m, d := time.Unix(days*86_400, 0).UTC().Date()
	return gov.Date{Year: y, Month: m, Day: d}
}

// ReadQuantity reads a number with its unit as people write it: 100万元, 3项,
// 50%, 1:0.5, 4000元/项. Its second result says what is wrong, or is zero.
func ReadQuantity(text string) (Literal, gov.Text) {
	text = asciiOf([]rune(text))
	l := Literal{Text: text}
	if s, ok := strings.CutSuffix(text, "%"); ok {
		l.Kind = RatioLiteral
		if l.Value, ok = money.Decimal(s, int64(money.Whole)/100); !ok {
			return l, gov.Textf("比例“%s”多于六位小数", "the ratio %q has more than six decimals", text)
		}
		return l, gov.Text{}
	}
	if one, other, ok := strings.Cut(text, ":"); ok {
		l.Kind = RatioLiteral
		a, okA := money.Decimal(one, 1_000_000)
		b, okB := money.Decimal(other, 1_000_000)
		if !okA || !okB || a == 0 {
			return l, gov.Textf("比例“%s”读不懂", "cannot read the ratio %q", text)
		}
		v, okV := money.MulDiv(b, int64(money.Whole), a, money.Down)
		if !okV || money.CompareProducts(v, a, b, int64(money.Whole)) != 0 {
			return l, gov.Textf("比例“%s”除不尽", "the ratio %q is no whole number of hundred-millionths", text)
		}
		l.Value = v
		return l, gov.Text{}
	}
	n := strings.IndexFunc(text, func(r rune) bool { return !(r >= '0' && r <= '9' || r == '.' || r == ',' || r == '-') })
	if n < 0 {
		n = len(text)
	}
	number, unit := text[:n], text[n:]
	if _, parted := money.Ungroup(number); !parted {
		return l, gov.Textf("“%s”分节不对：逗号每三位一个", "the commas of %q are not after every third digit", text)
	}
	unit, per, rate := strings.Cut(unit, "/")
	if scale := money.Unit(unit); scale > 0 {
		l.Kind = MoneyLiteral
		if rate {
			l.Kind, l.Per = RateLiteral, strings.Split(per, "·")
		}
		v, ok := money.Decimal(number, int64(scale))
		if !ok {
			return l, gov.Textf("金额“%s”不是整数分，或者太大", "the amount %q is not a whole number of fen, or too large", text)
		}
		l.Value = v
		return l, gov.Text{}
	}
	if rate {
		return l, gov.Textf("“%s”不是金额", "%q is no amount of money", text)
	}
	l.Kind = CountLiteral
	scale := int64(1)
	for _, m := range []struct {
		word  string
		times int64
	}{{"亿", 100_000_000}, {"千万", 10_000_000}, {"百万", 1_000_000}, {"万", 10_000}} {
		if rest, ok := strings.CutPrefix(unit, m.word); ok {
			unit, scale = rest, m.times
			break
		}
	}
	l.Unit = unit
	for l.Decimals = 0; l.Decimals <= 6; l.Decimals++ {
		if v, ok := money.Decimal(number, scale*money.Power(l.Decimals)); ok {
			l.Value = v
			return l, gov.Text{}
		}
	}
	return l, gov.Textf("数“%s”读不懂，或者太大", "cannot read the number %q, or it is too large", text)
}

// quantity reads a number with its unit.
func (p *parser) quantity() Literal {
	minus := p.line.is(p.i, "-")
	if minus {
		p.i++
	}
	t, ok := p.kind(Quantity, "一个数", "a number")
	if !ok {
		return Literal{}
	}
	l, wrong := ReadQuantity(t.Text)
	l.Pos = t.Pos
	if !wrong.IsZero() {
		p.i--
		p.fail("%[1]s", "%[2]s", wrong.ZH, wrong.EN)
		p.i++
	}
	if minus {
		l.Value, l.Text = -l.Value, "-"+l.Text
	}
	return l
}

// value reads a written value of any kind; a name is no value.
func (p *parser) value() Literal {
	if p.i >= len(p.line.Tokens) {
		p.fail("这里少一个值", "a value is missing here")
		return Literal{}
	}
	switch t := p.line.Tokens[p.i]; {
	case t.Kind == Date:
		return Literal{Kind: DateLiteral, Value: Days(p.date()), Text: t.Text, Pos: t.Pos}
	case t.Kind == Text:
		p.i++
		return Literal{Kind: TextLiteral, Text: t.Text, Pos: t.Pos}
	case p.peek(KIs, KNo) != NoKey:
		l := Literal{Kind: YesNoLiteral, Text: t.Text, Pos: t.Pos}
		if p.take(KIs, KNo) == KIs {
			l.Value = 1
		}
		return l
	}
	return p.quantity()
}

// deeper guards against expressions nested without end.
func (p *parser) deeper() func() {
	p.depth++
	if p.depth > maxNesting {
		p.fail("表达式套得太深", "the expression is nested too deeply")
	}
	return func() { p.depth-- }
}

// expr reads an expression.
func (p *parser) expr() *Expr {
	defer p.deeper()()
	return p.chain(KOr, Or, func() *Expr { return p.chain(KAnd, And, p.negation) })
}

// chain reads a chain of 或 or 且.
func (p *parser) chain(key Key, kind ExprKind, part func() *Expr) *Expr {
	e := part()
	for !p.failed && p.peek(key) != NoKey {
		if e.Kind != kind {
			e = &Expr{Kind: kind, Pos: e.Pos, Args: []*Expr{e}}
		}
		p.i++
		e.Args = append(e.Args, part())
	}
	return e
}

func (p *parser) negation() *Expr {
	at := p.pos()
	if p.take(KNot) != NoKey {
		defer p.deeper()()
		if p.failed {
			return &Expr{Kind: Not, Pos: at, Args: []*Expr{{Pos: at}}}
		}
		return &Expr{Kind: Not, Pos: at, Args: []*Expr{p.negation()}}
	}
	return p.comparison()
}

// comparing are the words between two sides of a comparison.
var comparing = []Key{KLeast, KMore, KLess, KMost, KIs, KIsNot, KSince, KAfter, KBefore, KUntil}

func (p *parser) comparison() *Expr {
	left := p.sum()
	if p.failed {
		return left
	}
	if k := p.take(comparing...); k != NoKey {
		return &Expr{Kind: Compare, Key: k, Pos: left.Pos, Args: []*Expr{left, p.sum()}}
	}
	if p.take(KIn) != NoKey {
		e := &Expr{Kind: In, Pos: left.Pos, Args: []*Expr{left}}
		if p.needSign("(") {
			e.Names = commas(p, p.name)
			p.needSign(")")
		}
		return e
	}
	return left
}

func (p *parser) sum() *Expr {
	e := p.product()
	for !p.failed {
		kind := Add
		if p.line.is(p.i, "-") {
			kind = Sub
		} else if !p.line.is(p.i, "+") {
			break
		}
		p.i++
		e = &Expr{Kind: kind, Pos: e.Pos, Args: []*Expr{e, p.product()}}
	}
	return e
}

func (p *parser) product() *Expr {
	e := p.shareOf()
	for !p.failed && p.sign("×") {
		e = &Expr{Kind: Mul, Pos: e.Pos, Args: []*Expr{e, p.shareOf()}}
	}
	return e
}

func (p *parser) shareOf() *Expr {
	e := p.primary()
	if !p.failed && !(p.share && p.bare == 0) && p.take(KAt) != NoKey {
		e = &Expr{Kind: Share, Pos: e.Pos, Args: []*Expr{e, p.primary()}}
	}
	return e
}

// functions take arguments in brackets.
var functions = []Key{KFullYears, KNumber, KTotal, KLimited, KAmount, KGranted}

func (p *parser) primary() *Expr {
	defer p.deeper()()
	at := p.pos()
	if p.failed {
		return &Expr{Pos: at}
	}
	if p.sign("(") {
		p.bare++
		e := p.expr()
		p.bare--
		p.needSign(")")
		return e
	}
	if k := p.take(KLastYear, KYearBefore); k != NoKey {
		e := &Expr{Kind: Earlier, Pos: at, Years: 1, Args: []*Expr{p.path()}}
		if k == KYearBefore {
			e.Years = 2
		}
		return e
	}
	if k := p.take(KYearStart, KYearEnd); k != NoKey {
		return &Expr{Kind: Call, Key: k, Pos: at}
	}
	if k := p.take(functions...); k != NoKey {
		p.bare++
		defer func() { p.bare-- }()
		return p.call(k, at)
	}
	if p.i < len(p.line.Tokens) {
		t := p.line.Tokens[p.i]
		if t.Kind == Word && p.peek(KIs, KNo) == NoKey || t.Kind == Quantity && p.line.is(p.i+1, ".") {
			return p.path()
		}
	}
	return &Expr{Kind: Value, Pos: at, Literal: p.value()}
}

// path reads a name, a field of an entry, or a benefit of another document.
func (p *parser) path() *Expr {
	e := &Expr{Kind: Path, Pos: p.pos()}
	first := p.short()
	e.Name = first.Text
	if !p.failed && p.sign(".") {
		second := p.name()
		e.Field = second.Text
	}
	return e
}

// ref reads the name of a benefit, which may be another document's.
func (p *parser) ref() *Expr {
	e := p.path()
	if e.Field != "" {
		e.Doc, e.Name, e.Field = e.Name, e.Field, ""
	}
	return e
}

// call reads the arguments of a function. Where they are wrong it gives an empty
// expression, as the other ways here do: a caller that goes on to look for
// further mistakes relies on the arguments of a function being there.
func (p *parser) call(k Key, at gov.Pos) *Expr {
	e := &Expr{Kind: Call, Key: k, Pos: at}
	if !p.needSign("(") {
		return &Expr{Pos: at}
	}
	switch k {
	case KAmount, KGranted:
		e.Refs = commas(p, p.ref)
		if k == KAmount && len(e.Refs) > 1 {
			p.fail("“%s”只问一项支持", "%s asks about one benefit", k.Spelt(p.lang))
		}
	case KNumber, KTotal:
		e.Name = p.name().Text
		if p.take(KAs) != NoKey {
			e.Var = p.name().Text
		}
		if p.take(KWhen) != NoKey {
			e.Where = p.expr()
		}
		if k == KTotal && p.needSign(":") {
			e.Args = []*Expr{p.expr()}
		}
	default:
		e.Args = commas(p, p.expr)
		low, high := 1, 2
		if k == KLimited {
			low = 2
		}
		if n := len(e.Args); !p.failed && (n < low || n > high) {
			p.fail("“%s”的参数个数不对", "wrong number of arguments of %s", k.Spelt(p.lang))
		}
	}
	p.needSign(")")
	if p.failed {
		return &Expr{Pos: at}
	}
	return e
}
