package plain

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// Check runs every example and says where one comes to something else.
func (s *Set) Check() []string {
	var list []string
	for _, e := range s.examples {
		list = append(list, s.check(e)...)
	}
	return list
}

// Examples is how many expectations the examples hold.
func (s *Set) Examples() int {
	n := 0
	for _, e := range s.examples {
		n += len(e.Expect) + 3*len(e.Edges)
	}
	return n
}

// check runs an example.
func (s *Set) check(e *example) (list []string) {
	say := func(what string, got, want any) {
		list = append(list, fmt.Sprintf("%s “%s”: %s = %v, want %v", e.Pos, e.Name, what, got, want))
	}
	defer func() {
		if m, ok := recover().(missing); ok {
			say(string(m), "missing", "a value")
		}
	}()
	low, high := s.start(e, false), s.start(e, true)
	for _, x := range e.Expect {
		name := "total"
		got := func(r *run) *result {
			total := &result{amount: zero}
			for _, b := range s.benefits {
				if b.kind == r.kind {
					total.amount = add(total.amount, r.final(b).amount)
				}
			}
			return total
		}
		if x.Benefit != nil {
			b := s.find(x.Benefit, e.doc)
			name = b.name()
			got = func(r *run) *result { return r.final(b) }
		}
		a, b := got(low), got(high)
		switch {
		case x.Granted == syntax.KGrant || x.Granted == syntax.KNone:
			if a.any() != (x.Granted == syntax.KGrant) {
				say(name, a.any(), x.Granted == syntax.KGrant)
			}
		default:
			top := x.High
			if top == nil {
				top = x.Low
			}
			if a.amount.Cmp(number(*x.Low)) != 0 || b.amount.Cmp(number(*top)) != 0 {
				say(name, yuan(a.amount)+"–"+yuan(b.amount), x.Low.Text+"–"+top.Text)
			}
		}
	}
	for _, x := range e.Edges {
		b := s.find(x.Benefit, e.doc)
		for i, want := range x.Want {
			r := s.start(e, false)
			r.edge(x, int64(i-1))
			if got := r.final(b).amount; got.Cmp(number(want)) != 0 {
				say(fmt.Sprintf("%s at %s %s %+d", b.name(), x.Field.Name, x.At.Text, i-1), yuan(got), want.Text)
			}
		}
	}
	return list
}

func yuan(a *big.Rat) string { return money.Fen(floor(positive(a)).Num().Int64()).String() }

// start reads the facts of an example, those of the examples it is like first.
func (s *Set) start(e *example, upper bool) *run {
	r := &run{set: s, year: e.Year, facts: facts{}, upper: upper, results: map[*benefit]*result{}, vars: map[string]facts{}, lists: map[string]string{}}
	chain := []*example{e}
	for x := e; x.Like.Text != ""; {
		i := slices.IndexFunc(s.examples, func(o *example) bool { return o.Name == x.Like.Text })
		x = s.examples[i]
		chain = append(chain, x)
	}
	slices.Reverse(chain)
	for _, x := range chain {
		for _, f := range x.Facts {
			if r.kind == "" && !f.Rest {
				r.kind = s.kinds[slices.IndexFunc(s.kinds, func(k string) bool { return s.field(k, f.Name.Text) != nil })]
			}
		}
	}
	for _, x := range chain {
		for _, f := range x.Facts {
			if f.Rest {
				r.empty()
			}
		}
		for _, f := range x.Facts {
			if !f.Rest {
				r.give(f)
			}
		}
		for _, p := range x.Paid {
			r.paid = append(r.paid, payment{p.Year, s.find(p.Benefit, x.doc), p.Key, number(p.Amount)})
		}
	}
	// An entry knows its list, so that a path in it finds its declaration.
	for name, v := range r.facts {
		if list, ok := v.([]facts); ok {
			for _, entry := range list {
				entry["of"] = name
			}
		}
	}
	r.benefit = s.benefits[0]
	return r
}

// empty gives every fact but the dates its empty value.
func (r *run) empty() {
	for name, f := range r.set.fields {
		if name != r.kind+"."+f.Name.Text {
			continue
		}
		var v any
		switch f.Type {
		case syntax.KDate:
			continue
		case syntax.KYesNo:
			v = false
		case syntax.KChoice:
			v = f.Choices[len(f.Choices)-1].Text
		case syntax.KText:
			v = ""
		case syntax.KList:
			v = []facts{}
		default:
			v = zero
			if f.Low != nil && f.Low.Value > 0 {
				v = number(*f.Low)
			}
		}
		r.facts[f.Name.Text] = v
		if f.Yearly {
			r.facts[f.Name.Text+"-1"], r.facts[f.Name.Text+"-2"] = v, v
		}
	}
}

// give takes a fact.
func (r *run) give(f syntax.Fact) {
	name := f.Name.Text
	if f.Years > 0 {
		name += strconv.Itoa(-f.Years)
	}
	r.facts[name] = r.given(f)
}

func (r *run) given(f syntax.Fact) any {
	switch {
	case f.IsList:
		list := make([]facts, 0, len(f.Entries))
		for _, entry := range f.Entries {
			x := facts{}
			for _, y := range entry {
				x[y.Name.Text] = r.given(y)
			}
			list = append(list, x)
		}
		return list
	case f.Choice.Text != "":
		return f.Choice.Text
	case f.High != nil && r.upper:
		return value(*f.High)
	}
	return value(*f.Low)
}

// edge sets the fact of an edge so many steps beside it.
func (r *run) edge(x syntax.EdgeCase, steps int64) {
	f := r.set.field(r.kind, x.Field.Name)
	to := r.facts
	name := x.Field.Name
	if x.Field.Field != "" {
		list := slices.Clone(r.facts[name].([]facts))
		list[0] = maps.Clone(list[0])
		r.facts[name] = list
		to, name = list[0], x.Field.Field
		f = f.Fields[slices.IndexFunc(f.Fields, func(y *syntax.Field) bool { return y.Name.Text == name })]
	}
	scale := int64(1)
	for range f.Decimals {
		scale *= 10
	}
	to[name] = add(number(x.At), big.NewRat(steps, scale))
}

// Amounts is what the facts of an example come to: for each benefit of its
// kind of applicant, as "document.name", fen, or 1 if it is granted. The
// example need not be one of the files; what the set's office has not decided
// counts as nothing.
func (s *Set) Amounts(e *syntax.Example) (amounts map[string]int64, err error) {
	defer func() {
		if m, ok := recover().(missing); ok {
			err = m
		}
	}()
	r := s.start(&example{e, ""}, false)
	amounts = map[string]int64{}
	for _, b := range s.benefits {
		if b.kind != r.kind {
			continue
		}
		got := r.final(b)
		amounts[b.name()] = floor(got.amount).Num().Int64()
		if got.granted {
			amounts[b.name()] = 1
		}
	}
	return amounts, nil
}
