package xicheng_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/facts"
	"quanxiang/rules/plain"
	"quanxiang/rules/syntax"
)

// applicants makes up applicants whose figures lie at, just below and just
// above those of the rules.
type applicants struct {
	*rand.Rand
	money, counts []int64
	fields        []*syntax.Field
	benefits      []*syntax.Expr
}

// TestEvaluatorsAgree gives made-up enterprises to the compiled program and to
// the plain interpreter, which share nothing but the reader of rule files: they
// must come to the same fen for every benefit.
func TestEvaluatorsAgree(t *testing.T) {
	t.Parallel()
	files, p := load(t).Programmes, load(t).Rules
	set, m := plain.New(files), eval.New(p)
	any := *p
	any.Checks = nil // figures made up may contradict each other, and are computed all the same
	reader := &facts.Examples{Program: &any}
	const seed = 16
	a := newApplicants(files, rand.New(rand.NewPCG(seed, 17)))
	paying := map[string]int{}
	for n := range 500 {
		e := a.next()
		want, err := set.Amounts(e)
		if err != nil {
			t.Fatal(err)
		}
		f, err := reader.Facts(e)
		if err != nil {
			t.Fatal(err)
		}
		res := m.Run(f, false)
		for i, o := range res.Outcomes {
			if !o.Applies {
				continue
			}
			name := p.Benefits[i].Key()
			if !o.Final.Known() {
				t.Fatalf("applicant %d: %s is %v", n, name, o.Final)
			}
			if o.Final.Low != want[name] {
				t.Errorf("applicant %d of seed %d: %s is %d compiled, %d plain", n, seed, name, o.Final.Low, want[name])
			}
			if want[name] > 0 {
				paying[name]++
			}
		}
		if t.Failed() {
			return
		}
	}
	if len(paying) < 50 {
		t.Errorf("only %d benefits were ever paid; the applicants are too poor to say anything: %v", len(paying), paying)
	}
}

func newApplicants(files []*syntax.File, r *rand.Rand) *applicants {
	a := &applicants{Rand: r}
	var walk func(l *syntax.Line)
	walk = func(l *syntax.Line) {
		for _, t := range l.Tokens {
			if t.Kind != syntax.Quantity {
				continue
			}
			switch v, _ := syntax.ReadQuantity(t.Text); v.Kind {
			case syntax.MoneyLiteral:
				a.money = append(a.money, v.Value)
			case syntax.CountLiteral:
				if v.Decimals == 0 {
					a.counts = append(a.counts, v.Value)
				}
			}
		}
		for _, k := range l.Kids {
			walk(k)
		}
	}
	seen := map[string]bool{}
	for _, f := range files {
		for _, l := range f.Source.Lines {
			walk(l)
		}
		for _, in := range f.Inputs {
			for _, x := range in.Fields {
				if in.Name.Text == "企业" && !seen[x.Name.Text] {
					seen[x.Name.Text] = true
					a.fields = append(a.fields, x)
				}
			}
		}
		for _, b := range f.Benefits {
			if b.For.Text == "企业" && f.Document != nil {
				a.benefits = append(a.benefits, &syntax.Expr{Kind: syntax.Path, Doc: f.Document.Short.Text, Name: b.Name.Text})
			}
		}
	}
	return a
}

// next makes up an applicant: facts of most benefits are empty, so that some
// are paid.
func (a *applicants) next() *syntax.Example {
	e := &syntax.Example{Name: "made up", Year: 2018, Facts: []syntax.Fact{{Rest: true}}}
	for _, f := range a.fields {
		years := 1
		if f.Yearly {
			years = 3
		}
		for back := range years {
			if x := a.fact(f); x.Name.Text != "" {
				x.Years = back
				e.Facts = append(e.Facts, x)
			}
		}
	}
	for range a.IntN(6) {
		b := a.benefits[a.IntN(len(a.benefits))]
		e.Paid = append(e.Paid, syntax.Paid{Year: 2014 + a.IntN(4), Benefit: b, Key: a.name(), Amount: syntax.Literal{Kind: syntax.MoneyLiteral, Value: 1 + a.Int64N(60_000_000)}})
	}
	return e
}

func (a *applicants) name() string { return fmt.Sprint("甲乙丙丁"[3*a.IntN(4):][:3]) }

// near is a figure of the rules or one beside it, or any other.
func (a *applicants) near(pool []int64, most int64) int64 {
	if a.IntN(4) == 0 {
		return a.Int64N(most)
	}
	return pool[a.IntN(len(pool))]*(1+a.Int64N(2)) + a.Int64N(3) - 1
}

func (a *applicants) fact(f *syntax.Field) syntax.Fact {
	x := syntax.Fact{Name: f.Name}
	within := func(v int64, scale int64) int64 {
		if f.Low != nil {
			v = max(v, f.Low.Value*scale)
		} else {
			v = max(v, 0)
		}
		if f.High != nil {
			v = min(v, f.High.Value*scale)
		}
		return min(v, 100_000_000_000*scale)
	}
	switch f.Type {
	case syntax.KMoney:
		x.Low = &syntax.Literal{Kind: syntax.MoneyLiteral, Value: within(a.near(a.money, 20_000_000_000), 1)}
	case syntax.KCount:
		scale := int64(1)
		for range f.Decimals {
			scale *= 10
		}
		v := a.near(a.counts, 2000) * scale
		x.Low = &syntax.Literal{Kind: syntax.CountLiteral, Unit: f.Unit, Decimals: f.Decimals, Value: within(v+a.Int64N(scale), scale)}
	case syntax.KRatio:
		x.Low = &syntax.Literal{Kind: syntax.RatioLiteral, Value: []int64{0, 12_345_678, 50_000_000, 100_000_000}[a.IntN(4)]}
	case syntax.KDate:
		d := gov.Date{Year: 2006 + a.IntN(12), Month: 1, Day: 1}
		x.Low = &syntax.Literal{Kind: syntax.DateLiteral, Value: syntax.Days(d) - a.Int64N(2)}
	case syntax.KYesNo:
		x.Low = &syntax.Literal{Kind: syntax.YesNoLiteral, Value: int64(a.IntN(2))}
	case syntax.KText:
		x.Low = &syntax.Literal{Kind: syntax.TextLiteral, Text: a.name()}
	case syntax.KChoice:
		x.Choice = f.Choices[a.IntN(len(f.Choices))]
	case syntax.KList:
		x.IsList = true
		for range a.IntN(4) {
			var entry []syntax.Fact
			for _, g := range f.Fields {
				entry = append(entry, a.fact(g))
			}
			x.Entries = append(x.Entries, entry)
		}
	}
	return x
}
