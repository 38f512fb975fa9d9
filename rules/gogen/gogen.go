// Package gogen writes a program of rule files as Go source: one function for
// each benefit, facts in, fen out. It is the third evaluator, beside the
// closures of package eval and the columns of package columns: what three
// readings of the same nodes agree on is what the compiler meant. Tests and
// benchmarks compile and run it; the product does not.
package gogen

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"slices"
	"strings"

	"quanxiang/rules/ir"
	"quanxiang/rules/money"
)

//go:embed support.txt
var support string

// writer writes the body of a function.
type writer struct {
	p    *ir.Program
	out  bytes.Buffer
	has  map[int32]bool // nodes that have a variable here
	at   map[int32]int32
	loop int
}

// Source is the program as a Go program that reads records from its input, as
// Record writes them, and writes what each benefit comes to, eight bytes each,
// highest first. The same program gives the same source.
func Source(p *ir.Program) ([]byte, error) {
	w := &writer{p: p}
	w.line("// Code generated from rule files; DO NOT EDIT.")
	w.line("")
	w.line(support)
	for i := range p.Fields {
		if f := &p.Fields[i]; f.Type == ir.Choice {
			w.line("var names%d = []string{%s}", i, quoted(f.Choices))
		}
	}
	for i := range p.Benefits {
		if err := w.benefit(int32(i)); err != nil {
			return nil, err
		}
	}
	w.line("// Amounts is what each benefit comes to, after exclusions and joint limits.")
	w.line("func Amounts(f *Facts) []int64 {")
	w.line("final := make([]int64, %d)", len(p.Benefits))
	for i := range p.Groups {
		if err := w.group(&p.Groups[i]); err != nil {
			return nil, err
		}
	}
	w.line("return final")
	w.line("}")
	return format.Source(w.out.Bytes())
}

func quoted(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%q", s))
	}
	return strings.Join(out, ", ")
}

func (w *writer) line(s string, args ...any) {
	if len(args) > 0 {
		s = fmt.Sprintf(s, args...)
	}
	w.out.WriteString(s)
	w.out.WriteByte('\n')
}

func (w *writer) fresh() { w.has, w.at, w.loop = map[int32]bool{}, map[int32]int32{}, 0 }

// benefit writes the function of a benefit.
func (w *writer) benefit(i int32) error {
	b := &w.p.Benefits[i]
	w.fresh()
	w.line("// benefit%d is %s.", i, b.Key())
	w.line("func benefit%d(f *Facts, final []int64) int64 {", i)
	if b.Result == ir.None {
		w.line("return 0")
		w.line("}")
		return nil
	}
	x, err := w.node(b.Result)
	if err != nil {
		return err
	}
	if b.Grant != "" {
		w.line("return number(%s)", x)
	} else {
		w.line("return max(%s, 0)", x)
	}
	w.line("}")
	return nil
}

// group writes how benefits are decided together.
func (w *writer) group(g *ir.Group) error {
	w.fresh()
	w.line("if f.Input == %d {", w.p.Benefits[g.Benefits[0]].Input)
	for _, b := range g.Benefits {
		w.line("final[%d] = benefit%d(f, final)", b, b)
	}
	var limits []string
	for _, c := range g.Caps {
		x, err := w.node(c.Limit)
		if err != nil {
			return err
		}
		limits = append(limits, x)
	}
	var pairs []string
	for _, x := range g.Exclusions {
		if x.First {
			w.line("if final[%d] > 0 { final[%d] = 0 }", x.A, x.B)
		} else {
			pairs = append(pairs, fmt.Sprintf("{%d, %d}", x.A, x.B))
		}
	}
	var caps []string
	for i, c := range g.Caps {
		caps = append(caps, fmt.Sprintf("{max(%s, 0), []int{%s}}", limits[i], numbers(c.Members)))
	}
	list := "nil"
	if len(caps) > 0 {
		list = "[]Limit{" + strings.Join(caps, ", ") + "}"
	}
	if len(pairs) > 0 {
		w.line("exclude(final, []int{%s}, [][2]int{%s}, %s)", numbers(g.Benefits), strings.Join(pairs, ", "), list)
	}
	if len(caps) > 0 {
		w.line("joint(final, %s)", list)
	}
	w.line("}")
	return nil
}

func numbers(list []int32) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(list)), ", "), "[]")
}

// node writes a node and what it needs, and is what to call it.
func (w *writer) node(i int32) (string, error) {
	if i == ir.None {
		return "", nil
	}
	name := fmt.Sprintf("v%d", i)
	if w.has[i] {
		return name, nil
	}
	n := &w.p.Nodes[i]
	switch n.Op {
	case ir.Sum, ir.Tally, ir.BestPer, ir.CapPer:
		if err := w.gather(name, n); err != nil {
			return "", err
		}
	default:
		x, err := w.value(n)
		if err != nil {
			return "", err
		}
		w.line("%s := %s", name, x)
	}
	w.has[i] = true
	return name, nil
}

// gather writes a loop over a list.
func (w *writer) gather(name string, n *ir.Node) error {
	list := w.p.Loops[n.Loop].List
	outer := w.has
	w.has = map[int32]bool{}
	for k := range outer {
		w.has[k] = true
	}
	if n.Op == ir.Sum || n.Op == ir.Tally {
		w.line("%s := int64(0)", name)
	} else {
		w.line("var per%s groups", name)
	}
	index := fmt.Sprintf("i%d", w.loop)
	w.loop++
	before, nested := w.at[list]
	w.at[list] = int32(w.loop - 1)
	w.line("for %s := range f.Len[%d] {", index, list)
	w.line("_ = %s", index)
	var x [3]string
	for k, o := range [3]int32{n.A, n.B, n.C} {
		v, err := w.node(o)
		if err != nil {
			return err
		}
		x[k] = v
	}
	switch {
	case n.Op == ir.Sum:
		w.line("%s += %s", name, x[0])
	case n.Op == ir.Tally:
		w.line("if %s { %s++ }", x[0], name)
	case n.Op == ir.BestPer:
		w.line("per%s.add(%s, %s, 0)", name, x[1], x[0])
	default:
		w.line("per%s.add(%s, %s, %s)", name, x[1], x[0], x[2])
	}
	w.line("}")
	switch n.Op {
	case ir.BestPer:
		w.line("%s := per%s.best()", name, name)
	case ir.CapPer:
		w.line("%s := per%s.within()", name, name)
	}
	w.has = outer
	if nested {
		w.at[list] = before
	} else {
		delete(w.at, list)
	}
	return nil
}

var compares = []string{">=", ">", "<", "<=", "==", "!="}

// value is the expression of a node.
func (w *writer) value(n *ir.Node) (string, error) {
	switch n.Op {
	case ir.Linear:
		return w.linear(n)
	case ir.Paid, ir.PaidYears:
		return w.paid(n)
	}
	var x [3]string
	for k, o := range [3]int32{n.A, n.B, n.C} {
		if k < operands(n.Op) {
			v, err := w.node(o)
			if err != nil {
				return "", err
			}
			x[k] = v
		}
	}
	a, b, c := x[0], x[1], x[2]
	switch n.Op {
	case ir.Const:
		return literal(n.Type, w.p.Consts[n.K].Value), nil
	case ir.Number:
		return literal(n.Type, n.K), nil
	case ir.Field:
		return w.read(n, fmt.Sprintf("f.Slots[%d]", w.p.Fields[n.K].Slot+n.B)), nil
	case ir.Entry:
		f := &w.p.Fields[n.K]
		at, ok := w.at[f.List]
		if !ok {
			return "", fmt.Errorf("gogen: an entry of %s is read outside of its loop", f.Name)
		}
		return w.read(n, fmt.Sprintf("f.Lists[%d][%d][i%d]", f.List, f.Column, at)), nil
	case ir.YearStart:
		return "day(f.Year, 1, 1)", nil
	case ir.YearEnd:
		return "day(f.Year, 12, 31)", nil
	case ir.FullYears:
		return fmt.Sprintf("fullYears(%s, %s)", a, b), nil
	case ir.Add:
		return a + " + " + b, nil
	case ir.Sub:
		return a + " - " + b, nil
	case ir.Mul:
		return fmt.Sprintf("rounded(%s, %s, %d, %d)", a, b, money.Power(int(n.K)), n.Rounding.Mode), nil
	case ir.Share:
		step := max(int64(n.Rounding.Step), 1)
		return fmt.Sprintf("rounded(%s, %s, %d, %d) * %d", a, b, int64(money.Whole)/money.Power(int(n.K))*step, n.Rounding.Mode, step), nil
	case ir.Min:
		return fmt.Sprintf("min(%s, %s)", a, b), nil
	case ir.Highest:
		return fmt.Sprintf("max(%s, %s)", a, b), nil
	case ir.Positive:
		return fmt.Sprintf("max(%s, 0)", a), nil
	case ir.Compare:
		return fmt.Sprintf("%s %s %s", a, compares[n.Cmp], b), nil
	case ir.Member:
		return fmt.Sprintf("uint64(%#x)>>uint64(%s)&1 == 1", uint64(n.K), a), nil
	case ir.And:
		return a + " && " + b, nil
	case ir.Or:
		return a + " || " + b, nil
	case ir.Not:
		return "!" + a, nil
	case ir.If:
		if c == "" {
			c = literal(n.Type, 0)
		}
		return fmt.Sprintf("choose(%s, %s, %s)", a, b, c), nil
	case ir.Cap:
		if c == "" {
			return fmt.Sprintf("min(%s, %s)", a, b), nil
		}
		return fmt.Sprintf("choose(%s, min(%s, %s), %s)", c, a, b, a), nil
	case ir.Steps:
		return fmt.Sprintf("max(%s, 0) / %s * %s", a, b, c), nil
	case ir.Floor:
		cmp := ir.Least
		if n.Cmp == ir.More {
			cmp = ir.More
		}
		return fmt.Sprintf("choose(%s %s %s, %s, 0)", a, compares[cmp], b, a), nil
	case ir.Instalment:
		return fmt.Sprintf("f.instalment(%s, %d, %d)", a, n.B, n.K), nil
	case ir.Amount:
		return fmt.Sprintf("final[%d]", n.K), nil
	case ir.Granted:
		return fmt.Sprintf("final[%d] > 0", n.K), nil
	case ir.Pass:
		return a, nil
	}
	return "", fmt.Errorf("gogen: operation %d is not known", n.Op)
}

// operands is how many of A, B and C are nodes.
func operands(o ir.Op) int {
	switch {
	case slices.Contains([]ir.Op{ir.Const, ir.Number, ir.Field, ir.Entry, ir.YearStart, ir.YearEnd, ir.Amount, ir.Granted}, o):
		return 0
	case slices.Contains([]ir.Op{ir.Positive, ir.Member, ir.Not, ir.Pass, ir.Instalment}, o):
		return 1
	case slices.Contains([]ir.Op{ir.If, ir.Cap, ir.Steps}, o):
		return 3
	}
	return 2
}

func literal(t ir.Type, k int64) string {
	if t == ir.Bool {
		return fmt.Sprint(k != 0)
	}
	return fmt.Sprintf("int64(%d)", k)
}

func (w *writer) read(n *ir.Node, x string) string {
	if n.Type == ir.Bool {
		return x + " == 1"
	}
	return x
}

// linear is a sum of products compared with nothing.
func (w *writer) linear(n *ir.Node) (string, error) {
	var parts []string
	for _, t := range w.p.Terms[n.A:n.B] {
		x, err := w.node(t.X)
		if err != nil {
			return "", err
		}
		r := fmt.Sprint(int64(money.Whole))
		if t.Ratio != ir.None {
			if r, err = w.node(t.Ratio); err != nil {
				return "", err
			}
		}
		if t.Negative {
			r = "-" + r
		}
		parts = append(parts, x+", "+r)
	}
	return fmt.Sprintf("sign(%s) %s 0", strings.Join(parts, ", "), compares[n.Cmp]), nil
}

// paid is a look into the payments of earlier years.
func (w *writer) paid(n *ir.Node) (string, error) {
	by := "anyKey"
	if n.A != ir.None {
		key, err := w.node(n.A)
		if err != nil {
			return "", err
		}
		if k := &w.p.Nodes[n.A]; k.Type == ir.Choice {
			by = fmt.Sprintf("is(names%d[%s])", k.K, key)
		} else {
			by = fmt.Sprintf("is(f.Texts[%s])", key)
		}
	}
	if n.Op == ir.PaidYears {
		return fmt.Sprintf("f.paidYears(%d, %s)", n.K, by), nil
	}
	return fmt.Sprintf("f.paid(%d, %d, %s)", n.K, n.B, by), nil
}
