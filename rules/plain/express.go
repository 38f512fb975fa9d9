package plain

import (
	"math/big"
	"slices"
	"strconv"
	"time"

	"quanxiang/gov"
	"quanxiang/rules/syntax"
)

// list is the entries of a list.
func (r *run) list(name string) []facts {
	v, ok := r.facts[name]
	if !ok {
		panic(missing(name))
	}
	return v.([]facts)
}

func (r *run) key(e *syntax.Expr) string { return r.eval(e).(string) }

func (r *run) truth(e *syntax.Expr) bool { return r.eval(e).(bool) }

func (r *run) number(e *syntax.Expr) *big.Rat { return r.eval(e).(*big.Rat) }

// fieldOf is the declaration of the fact a path names.
func (r *run) fieldOf(e *syntax.Expr) *syntax.Field {
	if e.Field == "" {
		return r.set.field(r.kind, e.Name)
	}
	for _, k := range r.set.fields {
		if k.Type != syntax.KList {
			continue
		}
		entry, ok := r.vars[e.Name]
		if !ok || entry["of"] != k.Name.Text {
			continue
		}
		for _, f := range k.Fields {
			if f.Name.Text == e.Field {
				return f
			}
		}
	}
	return &syntax.Field{}
}

// look is the value of a fact, or false if nobody gave it.
func (r *run) look(e *syntax.Expr) (any, bool) {
	if e.Field == "" {
		v, ok := r.facts[e.Name]
		return v, ok
	}
	v, ok := r.vars[e.Name][e.Field]
	return v, ok
}

// eval computes an expression: a number, a truth or a text.
func (r *run) eval(e *syntax.Expr) any {
	switch e.Kind {
	case syntax.Value:
		return value(e.Literal)
	case syntax.Path:
		return r.path(e)
	case syntax.Earlier:
		name := e.Args[0].Name + strconv.Itoa(-e.Years)
		if v, ok := r.facts[name]; ok {
			return v
		}
		panic(missing(name))
	case syntax.Share:
		v := mul(r.number(e.Args[0]), r.number(e.Args[1]))
		if !r.exact && v.Sign() >= 0 && r.money(e.Args[0]) {
			v = round(v, r.rounding())
		}
		return v
	case syntax.Mul:
		return mul(r.number(e.Args[0]), r.number(e.Args[1]))
	case syntax.Add:
		return add(r.number(e.Args[0]), r.number(e.Args[1]))
	case syntax.Sub:
		return sub(r.number(e.Args[0]), r.number(e.Args[1]))
	case syntax.Compare:
		return r.compare(e)
	case syntax.In:
		is := r.eval(e.Args[0]).(string)
		return slices.ContainsFunc(e.Names, func(n syntax.Name) bool { return n.Text == is })
	case syntax.And:
		for _, x := range e.Args {
			if !r.truth(x) {
				return false
			}
		}
		return true
	case syntax.Or:
		for _, x := range e.Args {
			if r.truth(x) {
				return true
			}
		}
		return false
	case syntax.Not:
		return !r.truth(e.Args[0])
	}
	return r.call(e)
}

func (r *run) path(e *syntax.Expr) any {
	if v, ok := r.look(e); ok {
		return v
	}
	if d := r.set.defines[r.benefit.doc+"."+e.Name]; d != nil && e.Field == "" {
		return r.eval(d.Expr)
	}
	panic(missing(e.Name + "." + e.Field))
}

// compare compares numbers, and choices with the name of one.
func (r *run) compare(e *syntax.Expr) bool {
	defer func(before bool) { r.exact = before }(r.exact)
	r.exact = true
	switch left := r.eval(e.Args[0]).(type) {
	case string:
		right := e.Args[1]
		name := right.Name
		if right.Kind != syntax.Path || right.Field != "" {
			name = r.eval(right).(string)
		}
		return compares(e.Key, map[bool]int{true: 0, false: 1}[left == name])
	case bool:
		return compares(e.Key, map[bool]int{true: 0, false: 1}[left == r.truth(e.Args[1])])
	default:
		return compares(e.Key, left.(*big.Rat).Cmp(r.number(e.Args[1])))
	}
}

// money reports whether an expression is an amount of money.
func (r *run) money(e *syntax.Expr) bool {
	switch e.Kind {
	case syntax.Value:
		return e.Literal.Kind == syntax.MoneyLiteral
	case syntax.Path:
		f := r.fieldOf(e)
		return f != nil && f.Type == syntax.KMoney
	case syntax.Call:
		return e.Key == syntax.KAmount || len(e.Args) > 0 && r.money(e.Args[0])
	}
	return len(e.Args) > 0 && r.money(e.Args[0])
}

func (r *run) call(e *syntax.Expr) any {
	day := func(m time.Month, d int) *big.Rat {
		return big.NewRat(syntax.Days(gov.Date{Year: r.year, Month: m, Day: d}), 1)
	}
	switch e.Key {
	case syntax.KYearStart:
		return day(time.January, 1)
	case syntax.KYearEnd:
		return day(time.December, 31)
	case syntax.KFullYears:
		until := day(time.December, 31)
		if len(e.Args) > 1 {
			until = r.number(e.Args[1])
		}
		a, b := syntax.DateOf(r.number(e.Args[0]).Num().Int64()), syntax.DateOf(until.Num().Int64())
		n := b.Year - a.Year
		if b.Month < a.Month || b.Month == a.Month && b.Day < a.Day {
			n--
		}
		return big.NewRat(int64(max(n, 0)), 1)
	case syntax.KLimited:
		return least(r.number(e.Args[0]), r.number(e.Args[1]))
	case syntax.KAmount:
		return r.net(r.set.find(e.Refs[0], r.benefit.doc)).amount
	case syntax.KGranted:
		return slices.ContainsFunc(e.Refs, func(x *syntax.Expr) bool { return r.net(r.set.find(x, r.benefit.doc)).any() })
	}
	total := zero
	for _, entry := range r.list(e.Name) {
		if e.Var != "" {
			r.vars[e.Var] = entry
		}
		if e.Where != nil && !r.truth(e.Where) {
			continue
		}
		if e.Key == syntax.KNumber {
			total = add(total, big.NewRat(1, 1))
		} else {
			total = add(total, r.number(e.Args[0]))
		}
	}
	delete(r.vars, e.Var)
	return total
}
