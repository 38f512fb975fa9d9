package columns

import (
	"fmt"
	"slices"

	"quanxiang/gov"
	"quanxiang/rules/columns/bounds"
	"quanxiang/rules/columns/kernel"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// lowering makes the graph of a program for one table.
type lowering struct {
	*graph
	p          *ir.Program
	t          *Table
	want       *Want
	start, end int64
	memo       []int32
	final      []int32 // by benefit
}

// lower adds a program to a graph and returns what its benefits come to.
func lower(g *graph, p *ir.Program, t *Table, w *Want) ([]int32, error) {
	l := &lowering{graph: g, p: p, t: t, want: w, memo: make([]int32, len(p.Nodes)), final: make([]int32, len(p.Benefits))}
	l.start, l.end = syntax.Days(gov.Date{Year: t.Year, Month: 1, Day: 1}), syntax.Days(gov.Date{Year: t.Year, Month: 12, Day: 31})
	for i := range l.memo {
		l.memo[i] = none
	}
	for i := range l.final {
		l.final[i] = none
	}
	for i := range p.Groups {
		if err := l.group(&p.Groups[i]); err != nil {
			return nil, err
		}
	}
	return l.final, nil
}

// group lowers benefits that are decided together.
func (l *lowering) group(group *ir.Group) error {
	if b := group.Benefits[0]; l.p.Benefits[b].Input != l.want.Input {
		for _, b := range group.Benefits {
			l.final[b] = l.constant(0)
		}
		return nil
	}
	for _, b := range group.Benefits {
		info := &l.p.Benefits[b]
		l.final[b] = l.constant(0)
		if info.Result == ir.None || l.want.Without != nil && l.want.Without[b] {
			continue
		}
		x, err := l.node(info.Result)
		if err != nil {
			return err
		}
		if info.Grant == "" {
			x = l.positive(x)
		}
		l.final[b] = x
	}
	limits := make([]int32, len(group.Caps))
	for i, c := range group.Caps {
		x, err := l.node(c.Limit)
		if err != nil {
			return err
		}
		limits[i] = l.positive(x)
	}
	if err := l.exclude(group, limits); err != nil {
		return err
	}
	for i, c := range group.Caps {
		before := l.constant(0)
		for _, b := range c.Members {
			r := l.least(l.final[b], l.positive(l.sub(limits[i], before)))
			l.final[b] = r
			before = l.sum(before, r)
		}
	}
	return nil
}

// node lowers a node of the program.
func (l *lowering) node(i int32) (int32, error) {
	if i == ir.None {
		return none, nil
	}
	if x := l.memo[i]; x != none {
		return x, nil
	}
	n := &l.p.Nodes[i]
	x, err := l.compute(n)
	if err != nil {
		return none, err
	}
	if n.Type != ir.Bool {
		l.tighten(x, n.Min, n.Max)
	}
	l.memo[i] = x
	return x, nil
}

func (l *lowering) compute(n *ir.Node) (int32, error) {
	switch n.Op {
	case ir.Linear:
		return l.linear(n)
	case ir.Sum, ir.Tally, ir.BestPer, ir.CapPer:
		return l.gather(n)
	case ir.Instalment:
		return l.instalment(n)
	case ir.Paid, ir.PaidYears:
		key, err := l.node(n.A)
		if err != nil {
			return none, err
		}
		return l.paid(n, key)
	}
	var x [3]int32
	for k, o := range [3]int32{n.A, n.B, n.C} {
		x[k] = none
		if uses(n.Op) > k {
			v, err := l.node(o)
			if err != nil {
				return none, err
			}
			x[k] = v
		}
	}
	return l.operation(n, x[0], x[1], x[2])
}

// uses is how many operands an operation has: B and K of some are numbers.
func uses(o ir.Op) int {
	switch o {
	case ir.Const, ir.Number, ir.Field, ir.Entry, ir.YearStart, ir.YearEnd, ir.Amount, ir.Granted:
		return 0
	case ir.Positive, ir.Member, ir.Not, ir.Pass:
		return 1
	case ir.If, ir.Cap, ir.Steps:
		return 3
	}
	return 2
}

func (l *lowering) operation(n *ir.Node, a, b, c int32) (int32, error) {
	switch n.Op {
	case ir.Const:
		return l.literal(n.Type, l.p.Consts[n.K].Value), nil
	case ir.Number:
		return l.literal(n.Type, n.K), nil
	case ir.Field:
		return l.field(n), nil
	case ir.Entry:
		return l.entry(n), nil
	case ir.YearStart:
		return l.constant(l.start), nil
	case ir.YearEnd:
		return l.constant(l.end), nil
	case ir.FullYears:
		x, known := l.is(a)
		if y, also := l.is(b); known && also {
			return l.constant(kernel.FullYears(x, y)), nil
		}
		return l.binary(opYears, a, b, 0, 400), nil
	case ir.Add:
		return l.sum(a, b), nil
	case ir.Sub:
		return l.sub(a, b), nil
	case ir.Mul:
		return l.divided(a, b, money.Power(int(n.K)), n.Rounding.Mode), nil
	case ir.Share:
		step := max(int64(n.Rounding.Step), 1)
		return l.mul(l.divided(a, b, int64(money.Whole)/money.Power(int(n.K))*step, n.Rounding.Mode), l.constant(step)), nil
	case ir.Min:
		return l.least(a, b), nil
	case ir.Positive:
		return l.positive(a), nil
	case ir.Compare:
		return l.compare(n.Cmp, a, b), nil
	case ir.Member:
		return l.member(a, n.K), nil
	case ir.And:
		return l.and(a, b), nil
	case ir.Or:
		return l.or(a, b), nil
	case ir.Not:
		return l.not(a), nil
	case ir.If:
		if c == none {
			c = l.constant(0)
		}
		return l.choose(a, b, c), nil
	case ir.Cap:
		if c == none {
			return l.least(a, b), nil
		}
		return l.choose(c, l.least(a, b), a), nil
	case ir.Highest:
		return l.greatest(a, b), nil
	case ir.Steps:
		a = l.positive(a)
		if by, ok := l.is(b); ok {
			return l.mul(l.divided(a, l.constant(1), by, money.Down), c), nil
		}
		return l.mul(l.binary(opDiv, a, b, 0, l.values[a].max), c), nil
	case ir.Floor:
		if n.Cmp == ir.More {
			return l.when(l.less(b, a), a), nil
		}
		return l.when(l.atLeast(a, b), a), nil
	case ir.Amount:
		return l.other(n, false)
	case ir.Granted:
		return l.other(n, true)
	case ir.Pass:
		return a, nil
	}
	return none, fmt.Errorf("columns: operation %d is not known", n.Op)
}

// literal is a number; yes is all bits.
func (l *lowering) literal(t ir.Type, k int64) int32 {
	if t == ir.Bool {
		return l.mask(k != 0)
	}
	return l.constant(k)
}

// of reads a column, or is the number that all its rows have.
func (l *lowering) of(c *Column, v value, f *ir.FieldInfo) int32 {
	if c.U8 == nil && c.I32 == nil && c.I64 == nil {
		return l.literal(f.Type, c.All)
	}
	v.a, v.b, v.c, v.min, v.max = none, none, none, f.Min, f.Max
	if f.Type == ir.Text {
		v.min, v.max = -bounds.Limit, bounds.Limit
	}
	x := l.add(v)
	if f.Type == ir.Bool {
		return l.atLeast(x, l.constant(1))
	}
	return x
}

func (l *lowering) field(n *ir.Node) int32 {
	f := &l.p.Fields[n.K]
	slot := f.Slot + n.B
	return l.of(&l.t.Slots[slot], value{op: opLoad, k: int64(slot)}, f)
}

func (l *lowering) entry(n *ir.Node) int32 {
	f := &l.p.Fields[n.K]
	return l.of(&l.t.Lists[f.List].Columns[f.Column], value{op: opEntry, k: int64(f.List), k2: int64(f.Column), dom: l.domainOf([]int32{f.List})}, f)
}

// other is what another benefit comes to, or whether it comes to something.
func (l *lowering) other(n *ir.Node, whether bool) (int32, error) {
	x := l.final[n.K]
	if x == none {
		return none, fmt.Errorf("columns: %s is asked for before it is decided", l.p.Benefits[n.K].Key())
	}
	if !whether || l.p.Benefits[n.K].Grant != "" {
		return x, nil
	}
	return l.less(l.constant(0), x), nil
}

func (l *lowering) compare(c ir.Cmp, a, b int32) int32 {
	switch c {
	case ir.Least:
		return l.atLeast(a, b)
	case ir.More:
		return l.less(b, a)
	case ir.Less:
		return l.less(a, b)
	case ir.Most:
		return l.atLeast(b, a)
	case ir.Equal:
		return l.same(a, b)
	}
	return l.not(l.same(a, b))
}

// gather lowers what is added up over the entries of a list.
func (l *lowering) gather(n *ir.Node) (int32, error) {
	list := l.p.Loops[n.Loop].List
	if l.t.Lists[list].Offsets == nil {
		return l.constant(0), nil
	}
	l.stack = append(l.stack, list)
	var x [3]int32
	dom := l.domainOf([]int32{list})
	for k, o := range [3]int32{n.A, n.B, n.C} {
		v, err := l.node(o)
		if err != nil {
			return none, err
		}
		if x[k] = v; v != none {
			dom = l.union(dom, l.values[v].dom)
		}
	}
	l.stack = l.stack[:len(l.stack)-1]
	switch n.Op {
	case ir.Sum:
		return l.over(opSum, dom, x[0]), nil
	case ir.Tally:
		return l.over(opCount, dom, x[0]), nil
	}
	o := opBest
	if n.Op == ir.CapPer {
		o = opCapPer
	}
	for k, v := range x {
		if v != none {
			x[k] = l.expand(v, dom)
		}
	}
	return l.add(value{op: o, a: x[0], b: x[1], c: x[2], k: int64(dom), dom: l.domains[dom].parent, min: -bounds.Limit, max: bounds.Limit}), nil
}

// paid lowers a look into the payments of earlier years.
func (l *lowering) paid(n *ir.Node, key int32) (int32, error) {
	if l.t.Paid.Offsets == nil {
		return l.constant(0), nil
	}
	v := value{op: opPaid, a: key, b: none, c: none, k: n.K, k2: int64(n.B), min: -bounds.Limit, max: bounds.Limit}
	if n.Op == ir.PaidYears {
		v.op, v.k2, v.min, v.max = opYearsPaid, 0, 0, 10_000
	}
	if key != none {
		v.dom = l.values[key].dom
		if k := &l.p.Nodes[n.A]; k.Type == ir.Choice {
			if k.Op != ir.Field && k.Op != ir.Entry {
				return none, fmt.Errorf("columns: payments of %s are by a choice that is no fact", l.p.Benefits[n.K].Key())
			}
			v.k |= (k.K + 1) << 32 // whose choices name the payments
		}
	}
	return l.add(v), nil
}

// instalment is one of equal parts, the last of which is what remains.
func (l *lowering) instalment(n *ir.Node) (int32, error) {
	x, err := l.node(n.A)
	if err != nil {
		return none, err
	}
	ledger := ir.Node{Op: ir.PaidYears, A: ir.None, K: int64(n.B)}
	had, err := l.paid(&ledger, none)
	if err != nil {
		return none, err
	}
	ledger.Op, ledger.B = ir.Paid, 0
	sum, err := l.paid(&ledger, none)
	if err != nil {
		return none, err
	}
	last := l.constant(n.K - 1)
	part := l.divided(x, l.constant(1), n.K, money.Down)
	return l.choose(l.same(had, last), l.positive(l.sub(x, sum)), l.when(l.less(had, last), part)), nil
}

// exclude lowers exclusions: those with a priority one after the other, the
// others as the best choice. Where a benefit meets several that do not meet each
// other, that is a comparison; other cases are left to a choice.
func (l *lowering) exclude(group *ir.Group, limits []int32) error {
	meets := map[int32][]int32{}
	capped := false
	for _, x := range group.Exclusions {
		if x.First {
			l.final[x.B] = l.when(l.less(l.final[x.A], l.constant(1)), l.final[x.B])
			continue
		}
		meets[x.A], meets[x.B] = append(meets[x.A], x.B), append(meets[x.B], x.A)
	}
	for _, c := range group.Caps {
		capped = capped || slices.ContainsFunc(c.Members, func(b int32) bool { return len(meets[b]) > 0 })
	}
	if len(meets) == 0 {
		return nil
	}
	if capped {
		// a limit on what is chosen among bears on the choice
		var part []int32
		for _, b := range group.Benefits {
			if len(meets[b]) > 0 || slices.ContainsFunc(group.Caps, func(c ir.JointCap) bool { return slices.Contains(c.Members, b) }) {
				part = append(part, b)
			}
		}
		return l.choice(part, meets, group.Caps, limits)
	}
	done := map[int32]bool{}
	for _, b := range group.Benefits {
		if done[b] || len(meets[b]) == 0 {
			continue
		}
		part := []int32{b}
		done[b] = true
		for k := 0; k < len(part); k++ {
			for _, o := range meets[part[k]] {
				if !done[o] {
					done[o] = true
					part = append(part, o)
				}
			}
		}
		slices.Sort(part)
		if l.star(part, meets) {
			continue
		}
		if err := l.choice(part, meets, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// star lowers one benefit against others that do not meet each other.
func (l *lowering) star(part []int32, meets map[int32][]int32) bool {
	edges, middle := 0, part[0]
	for _, b := range part {
		meets[b] = slices.Compact(slices.Sorted(slices.Values(meets[b])))
		edges += len(meets[b])
		if len(meets[b]) > len(meets[middle]) {
			middle = b
		}
	}
	if edges != 2*(len(part)-1) || len(meets[middle]) != len(part)-1 || middle != part[0] && middle != part[len(part)-1] {
		return false
	}
	others := l.constant(0)
	for _, b := range meets[middle] {
		others = l.sum(others, l.final[b])
	}
	keep := l.atLeast(l.final[middle], others) // of equals what stands earlier stays
	if middle != part[0] {
		keep = l.less(others, l.final[middle])
	}
	drop := l.not(keep)
	for _, b := range meets[middle] {
		l.final[b] = l.when(drop, l.final[b])
	}
	l.final[middle] = l.when(keep, l.final[middle])
	return true
}

// choice lowers a choice among benefits.
func (l *lowering) choice(part []int32, meets map[int32][]int32, caps []ir.JointCap, limits []int32) error {
	if len(part) > 63 {
		return fmt.Errorf("columns: %d benefits are tied together, more than 63", len(part))
	}
	c := &kernel.Choice{N: len(part)}
	var args []int32
	shape := ""
	for i, b := range part {
		args = append(args, l.final[b])
		for _, o := range meets[b] {
			if j := slices.Index(part, o); j > i {
				c.Edges = append(c.Edges, [2]int{i, j})
			}
		}
	}
	for i := range caps {
		var of []int
		for _, b := range caps[i].Members {
			of = append(of, slices.Index(part, b))
		}
		c.Caps = append(c.Caps, of)
		args = append(args, limits[i])
	}
	shape = fmt.Sprint(c.N, c.Edges, c.Caps)
	which := slices.IndexFunc(l.choices, func(o *kernel.Choice) bool { return o.Shape == shape })
	if which < 0 {
		which = len(l.choices)
		c.Shape = shape
		c.Prepare()
		l.choices = append(l.choices, c)
	}
	all := l.add(value{op: opChoose, a: none, b: none, c: none, k: int64(which), args: bounds.Pack(args), min: -bounds.Limit, max: bounds.Limit})
	for i, b := range part {
		if len(meets[b]) > 0 {
			kept := l.add(value{op: opBit, a: all, b: none, c: none, k: int64(i), min: -1})
			l.final[b] = l.when(kept, l.final[b])
		}
	}
	return nil
}
