package columns

import (
	"slices"

	"quanxiang/rules/columns/bounds"
	"quanxiang/rules/columns/kernel"
)

// op is what a value of the graph is computed by. Conditions are masks, all bits
// or none, so that a choice is an "and" and never a branch.
type op uint8

const (
	opConst  op = iota // k
	opLoad             // slot k of the table
	opEntry            // column k2 of list k
	opExpand           // a, which is of fewer lists, for each element of the domain
	opAdd
	opSub
	opMul
	opMin
	opMax
	opScale   // a × k ÷ k2, rounded by mode c
	opWide    // a × b ÷ k rounded by mode k2, in 128 bits
	opDiv     // a ÷ b, towards zero; b is above zero
	opLess    // a < b
	opLeast   // a ≥ b
	opEqual   // a = b
	opUnequal // a ≠ b
	opTable   // args[a]
	opTier    // args: k cuts and what holds between them
	opSteep   // args: k cuts of a, and between them an amount that a comparison of a and b decides
	opBelow   // b where a < k, else 0
	opFrom    // b where a ≥ k, else 0
	opLinear  // k × a + k2 × b < 0, or its opposite if c is 1
	opExact   // sum of products args, compared with 0 by c, in 128 bits
	opMember  // bit a of k
	opAnd
	opOr
	opAndNot // a and not b
	opMask   // b if a, else 0
	opSel    // b if a, else c
	opUnits  // a × k, at most k2
	opYears  // full years from a to b
	opPaid   // paid for benefit k, for key a; k2 years back at most
	opYearsPaid
	opLen   // how many entries of domain k
	opSum   // of the entries of domain k
	opCount // of the entries of domain k for which a holds
	opBest  // greatest a for each key b, added up
	opCapPer
	opChoose // which of args are kept together, as bits; exclusions k
	opBit    // whether bit k of a is set
	opTotal  // sum of args
	opSkip   // no value: leaves out what is masked, if a holds nowhere
)

// none is an operand that is not there.
const none int32 = -1

// value is a value of the graph: for rows if its domain is 0, else for entries.
type value struct {
	op       op
	a, b, c  int32
	k, k2    int64
	dom      int32
	args     string // operands beyond three, packed
	min, max int64
}

// key is what makes two values the same.
type key struct {
	op      op
	a, b, c int32
	k, k2   int64
	dom     int32
	args    string
}

// graph is values, each after its operands; what is the same is there once.
type graph struct {
	values  []value
	known   map[key]int32
	domains []domain
	choices []*kernel.Choice
	stack   []int32 // lists whose entries are gone through, while a program is lowered
}

// domain is what values are computed for: rows, or entries of lists; with two
// lists every pair of entries of a row, the last list running fastest.
type domain struct {
	lists  []int32
	parent int32 // without the last list
}

func newGraph() *graph {
	return &graph{known: map[key]int32{}, domains: []domain{{parent: none}}}
}

// domainOf finds the domain of lists.
func (g *graph) domainOf(lists []int32) int32 {
	for i := range g.domains {
		if slices.Equal(g.domains[i].lists, lists) {
			return int32(i)
		}
	}
	parent := int32(0)
	if len(lists) > 1 {
		parent = g.domainOf(lists[:len(lists)-1])
	}
	g.domains = append(g.domains, domain{lists: append([]int32(nil), lists...), parent: parent})
	return int32(len(g.domains) - 1)
}

// add adds a value, or finds it.
func (g *graph) add(v value) int32 {
	k := key{v.op, v.a, v.b, v.c, v.k, v.k2, v.dom, v.args}
	if i, ok := g.known[k]; ok {
		g.tighten(i, v.min, v.max)
		return i
	}
	g.values = append(g.values, v)
	g.known[k] = int32(len(g.values) - 1)
	return int32(len(g.values) - 1)
}

// tighten notes that a value is within bounds.
func (g *graph) tighten(i int32, low, high int64) {
	v := &g.values[i]
	if v.op != opConst {
		v.min, v.max = max(v.min, low), min(v.max, high)
	}
}

func (g *graph) constant(k int64) int32 {
	return g.add(value{op: opConst, a: none, b: none, c: none, k: k, min: k, max: k})
}

// is reports the number a value always is.
func (g *graph) is(i int32) (int64, bool) {
	v := &g.values[i]
	return v.k, v.op == opConst
}

func (g *graph) isK(i int32, k int64) bool { return g.values[i].op == opConst && g.values[i].k == k }

func (v *value) operands() []int32 {
	var list []int32
	switch v.op {
	case opLinear, opScale, opExact: // c is no operand
		list = append(list, v.a, v.b)
	default:
		list = append(list, v.a, v.b, v.c)
	}
	for s := v.args; len(s) >= 4 && v.op != opTable && v.op != opTier && v.op != opSteep; s = s[4:] {
		list = append(list, int32(s[0])<<24|int32(s[1])<<16|int32(s[2])<<8|int32(s[3]))
	}
	kept := list[:0]
	for _, i := range list {
		if i >= 0 {
			kept = append(kept, i)
		}
	}
	return kept
}

// product bounds a × b; false if it may leave 62 bits.
func (g *graph) product(a, b int32) (low, high int64, ok bool) {
	x, y := &g.values[a], &g.values[b]
	ok = true
	for i, p := range [2]int64{x.min, x.max} {
		for j, q := range [2]int64{y.min, y.max} {
			r, fits := bounds.Times(p, q)
			ok = ok && fits
			if i == 0 && j == 0 {
				low, high = r, r
			}
			low, high = min(low, r), max(high, r)
		}
	}
	return low, high, ok
}

// binary is a value of two operands of one domain.
func (g *graph) binary(o op, a, b int32, low, high int64) int32 {
	a, b, dom := g.level(a, b)
	return g.add(value{op: o, a: a, b: b, c: none, dom: dom, min: low, max: high})
}

// level brings two values to one domain. A constant is of any.
func (g *graph) level(a, b int32) (int32, int32, int32) {
	da, db := g.values[a].dom, g.values[b].dom
	switch {
	case g.values[b].op == opConst:
		return a, b, da
	case g.values[a].op == opConst:
		return a, b, db
	case da == db:
		return a, b, da
	}
	dom := g.union(da, db)
	return g.expand(a, dom), g.expand(b, dom), dom
}

// union is the domain of two, its lists in the order in which loops nest.
func (g *graph) union(a, b int32) int32 {
	var lists []int32
	for _, l := range g.stack {
		if slices.Contains(g.domains[a].lists, l) || slices.Contains(g.domains[b].lists, l) {
			lists = append(lists, l)
		}
	}
	return g.domainOf(lists)
}

// expand gives each element of a larger domain the value it belongs to.
func (g *graph) expand(a, dom int32) int32 {
	v := g.values[a]
	if v.op == opConst || v.dom == dom {
		return a
	}
	return g.add(value{op: opExpand, a: a, b: none, c: none, dom: dom, min: v.min, max: v.max})
}
