package trial

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quanxiang/gov/problems"
	"quanxiang/rules/eval"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/rules/madeup"
	"quanxiang/rules/money"
	"quanxiang/rules/plain"
	"quanxiang/rules/ruletest"
	"quanxiang/rules/syntax"
)

// programmes are the sample and the reference pack's documents.
func programmes(t *testing.T) map[string][]string {
	t.Helper()
	pack, err := filepath.Glob(ruletest.Pack)
	if err != nil || len(pack) == 0 {
		t.Fatalf("no programmes in the pack: %v", err)
	}
	return map[string][]string{"sample": {ruletest.Sample}, "pack": pack}
}

// guess makes facts up that lie around the numbers of the rules, where mistakes
// of evaluators are.
type guess struct {
	p    *ir.Program
	rand *rand.Rand
}

func (g *guess) value(f *ir.FieldInfo) int64 { return madeup.New(g.p, 0, g.rand).Value(f) }

// written is a value as a rule file has it.
func written(f *ir.FieldInfo, v int64) string {
	switch f.Type {
	case ir.Money:
		return fmt.Sprintf("%d分", v)
	case ir.Ratio:
		return money.Ratio(v).String()
	case ir.Count:
		return money.Number(v, f.Decimals) + f.Unit
	case ir.Date:
		return syntax.DateOf(v).String()
	case ir.Choice:
		return f.Choices[v]
	case ir.Bool:
		return []string{"否", "是"}[v]
	}
	return "“" + string(rune('甲'+v)) + "”"
}

// example writes an example with every fact of an applicant.
func (g *guess) example(name string, input int32) string {
	var b strings.Builder
	fmt.Fprintf(&b, "例 “%s” 年度 2018\n", name)
	for i := range g.p.Fields {
		f := &g.p.Fields[i]
		if f.Input != input || f.Column != ir.None {
			continue
		}
		if f.Type == ir.List {
			var rows []string
			for range g.rand.IntN(4) {
				var cells []string
				for _, c := range g.p.Lists[f.List].Fields {
					d := &g.p.Fields[c]
					cells = append(cells, d.Name+" 是 "+written(d, g.value(d)))
				}
				rows = append(rows, strings.Join(cells, "，"))
			}
			fmt.Fprintf(&b, "  已知 %s 是 （%s）\n", f.Name, strings.Join(rows, "；"))
			continue
		}
		fmt.Fprintf(&b, "  已知 %s 是 %s\n", f.Name, written(f, g.value(f)))
		if f.Yearly {
			fmt.Fprintf(&b, "  已知 上年 %[1]s 是 %[2]s，前年 %[1]s 是 %[3]s\n", f.Name, written(f, g.value(f)), written(f, g.value(f)))
		}
	}
	return b.String()
}

// The closures and the word-by-word interpreter of package plain, which share
// nothing but the parser, agree to the fen on facts that lie around the numbers
// of the rules.
func TestAgreesWithPlain(t *testing.T) {
	t.Parallel()
	for name, files := range programmes(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := ruletest.Load(t, files...)
			any := *p
			any.Checks = nil // what is made up may contradict itself, and is computed all the same
			g := &guess{p, rand.New(rand.NewPCG(16, 17))}
			doc := p.Docs[0].Short
			var text strings.Builder
			fmt.Fprintf(&text, "续 %s “随机”\n", doc)
			m := eval.New(p)
			for n := range 120 {
				input := int32(n % len(p.Inputs))
				src := g.example(fmt.Sprintf("随机 %d", n), input)
				var list problems.List
				e := syntax.Parse("random.rule", []byte("续 "+doc+"\n"+src), &list)
				if err := list.Err(); err != nil {
					t.Fatalf("%v\n%s", err, src)
				}
				e.Examples[0].Expect = []syntax.Expect{{Benefit: first(p, input)}}
				x := &facts.Examples{Program: &any, All: e.Examples}
				f, err := x.Facts(e.Examples[0])
				if err != nil {
					t.Fatalf("%v\n%s", err, src)
				}
				res := m.Run(f, n%2 == 0)
				text.WriteString(src)
				for i := range res.Outcomes {
					o := &res.Outcomes[i]
					if !o.Applies {
						continue
					}
					if !o.Final.Known() {
						t.Fatalf("%s is unknown though every fact is known\n%s", p.Benefits[i].Key(), src)
					}
					value := fmt.Sprintf("%d分", o.Final.Low)
					if p.Benefits[i].Grant != "" {
						value = []string{"无", "授予"}[o.Final.Low]
					}
					fmt.Fprintf(&text, "  应得 %s 是 %s\n", p.Benefits[i].Key(), value)
				}
			}
			var list problems.List
			var all []*syntax.File
			for _, name := range files {
				f := syntax.Parse(name, read(t, name), &list)
				f.Examples = nil
				all = append(all, f)
			}
			all = append(all, syntax.Parse("random.rule", []byte(text.String()), &list))
			if err := list.Err(); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range plain.New(all).Check() {
				t.Error(wrong)
			}
		})
	}
}

// What is known of some facts only is a range that holds whatever the others
// are; with all of them known it is the amount.
func TestRangesHold(t *testing.T) {
	t.Parallel()
	for name, files := range programmes(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := ruletest.Load(t, files...)
			g := &guess{p, rand.New(rand.NewPCG(18, 3))}
			m, k := eval.New(p), eval.New(p)
			wider := 0
			for n := range 200 {
				whole := g.facts(int32(n % len(p.Inputs)))
				part := whole.Clone()
				for i := range p.Fields {
					f := &p.Fields[i]
					if f.Input != whole.Input || g.rand.IntN(3) > 0 {
						continue
					}
					g.forget(part, f, int32(i))
				}
				exact := m.Run(whole, false)
				ranged := k.Run(part, n%2 == 0)
				for b := range exact.Outcomes {
					x, r := exact.Outcomes[b].Final, ranged.Outcomes[b].Final
					if x.Low < r.Low || x.Low > r.High {
						t.Errorf("%s is %d, outside of %d to %d", p.Benefits[b].Key(), x.Low, r.Low, r.High)
					}
					if !r.Known() {
						wider++
						if len(k.Needs(int32(b))) == 0 {
							t.Errorf("%s is open, but needs nothing", p.Benefits[b].Key())
						}
					}
				}
			}
			if wider < 100 {
				t.Errorf("only %d ranges: the test tests little", wider)
			}
		})
	}
}

// first is a benefit for a kind of applicant, which tells whom an example is
// about.
func first(p *ir.Program, input int32) *syntax.Expr {
	for i := range p.Benefits {
		if b := &p.Benefits[i]; b.Input == input {
			return &syntax.Expr{Kind: syntax.Path, Doc: b.Doc, Name: b.Name}
		}
	}
	return nil
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (g *guess) facts(input int32) *eval.Facts { return madeup.New(g.p, input, g.rand).Facts() }

// forget makes a fact unknown, or known as a range only.
func (g *guess) forget(f *eval.Facts, d *ir.FieldInfo, i int32) {
	v := eval.Value{Low: d.Min, High: d.Max}
	switch {
	case d.Type == ir.List:
		f.Lists[d.List] = eval.ListFacts{}
	case d.Column != ir.None:
		for row := range f.Lists[d.List].Len {
			f.Lists[d.List].Columns[d.Column][row] = v
		}
	default:
		if d.Type == ir.Money && g.rand.IntN(2) == 0 {
			at := f.Slots[d.Slot].Low
			v = eval.Value{Low: max(d.Min, at-1000), High: min(d.Max, at+1000)}
		}
		f.Set(i, 0, v)
	}
}
