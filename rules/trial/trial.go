// Package trial runs the examples of rule files, and tries the rules with them:
// each number of a rule and each edge is changed by one step, and an example
// must notice.
package trial

import (
	"fmt"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/check"
	"quanxiang/rules/eval"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// prepared is an example with its facts, read once.
type prepared struct {
	example *syntax.Example
	facts   *eval.Facts
}

// Run runs all examples and returns what did not come out; n is how many
// expectations there were.
func Run(p *ir.Program, examples []*syntax.Example) (n int, failures problems.List) {
	list, failures := prepare(p, examples)
	r := &runner{p: p, m: eval.New(p), failures: &failures}
	for _, x := range list {
		n += r.run(x)
	}
	failures.Sort()
	return n, failures
}

// Facts tells what is wrong with the facts of examples and with the benefits they
// name, without running them.
func Facts(p *ir.Program, examples []*syntax.Example) problems.List {
	_, failures := prepare(p, examples)
	r := &runner{p: p, failures: &failures}
	for _, e := range examples {
		for i := range e.Expect {
			if w := &e.Expect[i]; w.Benefit != nil {
				r.named(e, w)
			}
		}
	}
	failures.Sort()
	return failures
}

func prepare(p *ir.Program, examples []*syntax.Example) (list []prepared, failures problems.List) {
	reader := &facts.Examples{Program: p, All: examples}
	seen := map[string]bool{}
	for _, e := range examples {
		if seen[e.Name] {
			failures.Add(e.Pos, "有两个名为“%s”的例", "there are two examples called %q", e.Name)
		}
		seen[e.Name] = true
		f, err := reader.Facts(e)
		if err != nil {
			if more, ok := err.(problems.List); ok {
				failures = append(failures, more...)
			}
			continue
		}
		list = append(list, prepared{e, f})
	}
	return list, failures
}

// runner runs examples on one program.
type runner struct {
	p        *ir.Program
	m        *eval.Machine
	failures *problems.List
}

func (r *runner) bad(at gov.Pos, zh, en string, args ...any) {
	*r.failures = append(*r.failures, gov.Errorf(gov.Invalid, zh, en, args...).At(at))
}

// span is a value in words.
func span(v eval.Value) string {
	if v.Known() {
		return money.Fen(v.Low).Short()
	}
	return money.Fen(v.Low).Short() + " – " + money.Fen(v.High).Short()
}

// named is the benefit an expectation is about, None with a report if there is none.
func (r *runner) named(e *syntax.Example, w *syntax.Expect) int32 {
	b := r.p.Named(e.Doc, w.Benefit.Doc, w.Benefit.Name)
	if b == ir.None {
		r.bad(w.Pos, "没有名为“%s”的支持", "there is no benefit %q", w.Benefit.Name)
	}
	return b
}

// run runs one example.
func (r *runner) run(x prepared) int {
	res := r.m.Run(x.facts, true)
	n := len(x.example.Refuse) // as prepare has seen
	for i := range x.example.Expect {
		w := &x.example.Expect[i]
		n++
		if w.Benefit == nil {
			r.amount(w, "", res.Total)
			continue
		}
		b := r.named(x.example, w)
		if b == ir.None {
			continue
		}
		o := &res.Outcomes[b]
		switch {
		case w.Granted != syntax.NoKey:
			want := eval.Value{}
			if w.Granted == syntax.KGrant {
				want = eval.Value{Low: 1, High: 1}
			}
			if o.Final != want || r.p.Benefits[b].Grant == "" && w.Granted == syntax.KGrant {
				r.bad(w.Pos, "“%s”的授予与预期不同", "%q is granted or not, other than expected", w.Benefit.Name)
			}
		case r.p.Benefits[b].Grant != "":
			r.bad(w.Pos, "“%s”不是金额，应写“是 授予”或“是 无”", "%q is no amount: expect grant or none", w.Benefit.Name)
		default:
			r.amount(w, w.Benefit.Name, o.Final)
		}
		if len(w.Needs) > 0 {
			r.needs(w, b)
		}
		for _, cite := range w.Because {
			if !r.because(b, o, cite) {
				r.bad(w.Pos, "“%[1]s”不是由 @%[2]s 决定的", "%[1]q was not decided by @%[2]s", w.Benefit.Name, cite)
			}
		}
	}
	for i := range x.example.Edges {
		n += r.edge(x, &x.example.Edges[i])
	}
	return n
}

func (r *runner) amount(w *syntax.Expect, name string, got eval.Value) {
	want := eval.Value{Low: w.Low.Value, High: w.Low.Value}
	if w.High != nil {
		want.High = w.High.Value
	}
	if got == want {
		return
	}
	if name == "" {
		r.bad(w.Pos, "合计得 %s，预期 %s", "the total is %s, expected %s", span(got), span(want))
		return
	}
	r.bad(w.Pos, "“%[1]s”得 %[2]s，预期 %[3]s", "%[1]s comes to %[2]s, expected %[3]s", name, span(got), span(want))
}

func (r *runner) needs(w *syntax.Expect, b int32) {
	var got, want []string
	for _, f := range r.m.Needs(b) {
		got = append(got, r.p.Fields[f].Name)
	}
	for _, n := range w.Needs {
		want = append(want, n.Text)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.bad(w.Pos, "“%[1]s”还需要 %[2]s，预期 %[3]s", "%[1]s needs %[2]s, expected %[3]s", w.Benefit.Name, strings.Join(got, "、"), strings.Join(want, "、"))
	}
}

// because reports whether a step of that clause decided something.
func (r *runner) because(b int32, o *eval.Outcome, cite syntax.Clause) bool {
	if cite.Doc == "" {
		cite.Doc = r.p.Benefits[b].Doc
	}
	for _, rec := range o.Records {
		if !rec.Binds {
			continue
		}
		for _, c := range r.p.Steps[rec.Step].Clauses {
			if (syntax.Clause{Doc: c.Doc, Path: c.Path}).Within(cite) {
				return true
			}
		}
	}
	return false
}

// edge runs an example three times around an edge.
func (r *runner) edge(x prepared, e *syntax.EdgeCase) int {
	list, name := "", e.Field.Name
	if e.Field.Field != "" {
		list, name = e.Field.Name, e.Field.Field
	}
	i := r.p.FieldOf(x.facts.Input, list, name)
	b := r.p.Named(x.example.Doc, e.Benefit.Doc, e.Benefit.Name)
	if i == ir.None || b == ir.None {
		r.bad(e.Pos, "边界里的事实或支持不存在", "there is no such fact or benefit")
		return 1
	}
	f := &r.p.Fields[i]
	at, ok := check.ValueAs(e.At, f)
	if !ok {
		r.bad(e.Pos, "“%[1]s”不是“%[2]s”的值", "%[1]q is no value of %[2]q", e.At.Text, f.Name)
		return 1
	}
	g := x.facts.Clone()
	if list != "" && (!g.Lists[f.List].Known || g.Lists[f.List].Len == 0) {
		r.bad(e.Pos, "例里的清单没有项", "the list has no entry in this example")
		return 1
	}
	for k := range e.Want {
		v := eval.Value{Low: at + int64(k) - 1, High: at + int64(k) - 1}
		if list != "" {
			g.Lists[f.List].Columns[f.Column][0] = v
		} else {
			g.Set(i, 0, v)
		}
		got := r.m.Run(g, false).Outcomes[b].Final
		if want := e.Want[k].Value; got != (eval.Value{Low: want, High: want}) {
			side := []gov.Text{{ZH: "差一步时", EN: "one step below"}, {ZH: "正好时", EN: "exactly there"}, {ZH: "多一步时", EN: "one step above"}}[k]
			t := gov.Textf("%[1]s“%[2]s”得 %[3]s，预期 %[4]s", "%[5]s %[2]s comes to %[3]s, expected %[4]s", side.ZH, e.Benefit.Name, span(got), e.Want[k].Text, side.EN)
			*r.failures = append(*r.failures, (&gov.Error{Code: gov.Invalid, Text: gov.Text{ZH: t.ZH, EN: t.EN}}).At(e.Pos))
		}
	}
	return 3
}

// Untested is a number or an edge of a rule that no example tests (check 7).
type Untested struct {
	Pos  gov.Pos
	Text gov.Text
}

// Mutate changes each number of the rules by one step of its last digit, up and
// down, and each edge from within to without, and lists those changes that no
// example notices. The examples must hold to begin with.
func Mutate(p *ir.Program, examples []*syntax.Example) []Untested {
	list, failures := prepare(p, examples)
	if len(failures) > 0 {
		return nil
	}
	notices := func(q *ir.Program) (noticed bool) {
		var f problems.List
		r := &runner{p: q, m: eval.New(q), failures: &f}
		for _, x := range list {
			if r.run(x); len(f) > 0 {
				return true
			}
		}
		return false
	}
	var out []Untested
	for i := range p.Consts {
		k := &p.Consts[i]
		if k.Value == 0 {
			continue
		}
		noticed := false
		for _, step := range []int64{k.Digit, -k.Digit} {
			q := *p
			q.Consts = slices.Clone(p.Consts)
			q.Consts[i].Value += step
			if q.Consts[i].Value > 0 && notices(&q) {
				noticed = true
				break
			}
		}
		if !noticed {
			out = append(out, Untested{k.Pos, gov.Textf("没有例检验“%s”：把它改动一步，所有的例照样成立", "no example tests %q: changed by a step, all examples still hold", k.Text)})
		}
	}
	for _, e := range p.Edges {
		n := p.Nodes[e]
		to, ok := others[n.Cmp]
		if n.Op == ir.Floor {
			to, ok = ir.More, true
		}
		if !ok {
			continue
		}
		q := *p
		q.Nodes = slices.Clone(p.Nodes)
		q.Nodes[e].Cmp = to
		if !notices(&q) {
			at, text := edgePlace(p, e)
			if text == "" {
				continue // with nothing: whether there is any at all
			}
			out = append(out, Untested{at, gov.Textf("没有例检验界点“%s”算在内还是不算在内", "no example tests whether the edge %q is within or without", text)})
		}
	}
	out = append(out, unverified(p, examples)...)
	slices.SortStableFunc(out, func(a, b Untested) int {
		return strings.Compare(fmt.Sprintf("%s:%06d:%06d", a.Pos.File, a.Pos.Line, a.Pos.Column), fmt.Sprintf("%s:%06d:%06d", b.Pos.File, b.Pos.Line, b.Pos.Column))
	})
	return slices.Compact(out)
}

// edgePlace finds a number the comparison is with, for its place.
func edgePlace(p *ir.Program, n int32) (gov.Pos, string) {
	x := &p.Nodes[n]
	operands := []int32{x.B, x.A}
	if x.Op == ir.Linear {
		operands = nil
		for _, t := range p.Terms[x.A:x.B] {
			operands = append(operands, t.Ratio, t.X)
		}
	}
	for _, o := range operands {
		for o != ir.None && (p.Nodes[o].Op == ir.Mul || p.Nodes[o].Op == ir.Pass) {
			o = p.Nodes[o].A
		}
		if o != ir.None && p.Nodes[o].Op == ir.Const {
			if k := &p.Consts[p.Nodes[o].K]; k.Value != 0 {
				return k.Pos, k.Text
			}
		}
	}
	return gov.Pos{}, ""
}
