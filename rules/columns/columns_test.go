package columns_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"quanxiang/rules/columns"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/madeup"
	"quanxiang/rules/ruletest"
)

func records(p *ir.Program, n int) (list []*eval.Facts) {
	m := madeup.New(p, 0, rand.New(rand.NewPCG(7, uint64(n))))
	for range n {
		list = append(list, m.Facts())
	}
	return list
}

func table(t *testing.T, p *ir.Program, list []*eval.Facts) *columns.Table {
	t.Helper()
	x, err := columns.Of(p, list)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// all is every amount of a table, by row and benefit, of one program of a
// machine.
func all(t *testing.T, m *columns.Machine, x *columns.Table, of int) (out []int64) {
	t.Helper()
	err := m.Each(x, 0, x.Rows, func(b *columns.Block) error {
		for row := range b.To - b.From {
			for _, column := range b.Of[of].Final {
				if column != nil {
					out = append(out, column[row])
				}
			}
			out = append(out, b.Of[of].Total[row])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// changed is a program with one number of it changed.
func changed(p *ir.Program, label string, value int64) *ir.Program {
	q := *p
	q.Consts = slices.Clone(p.Consts)
	for i := range q.Consts {
		if strings.Contains(q.Consts[i].Label, label) {
			q.Consts[i].Value = value
		}
	}
	return &q
}

func TestTwoProgramsInOneMachine(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	q := changed(p, "单项上限", 30_000_000)
	x := table(t, p, records(p, 3000))
	both, err := columns.New(columns.Want{}, p, q)
	if err != nil {
		t.Fatal(err)
	}
	if list := both.Changed(); len(list) < 1 || len(list) > 3 || !slices.Contains(list, p.Benefit("", "配套资金")) {
		t.Errorf("the change reaches benefits %v", list)
	}
	for k, program := range []*ir.Program{p, q} {
		one, err := columns.New(columns.Want{}, program)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(all(t, one, x, 0), all(t, both, x, k)) {
			t.Errorf("program %d comes to something else beside the other", k)
		}
	}
	if slices.Equal(all(t, both, x, 0), all(t, both, x, 1)) {
		t.Error("the change changes nothing")
	}
	b, err := both.Run(x, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for i := range p.Benefits {
		if &b.Of[0].Final[i][0] == &b.Of[1].Final[i][0] {
			same++
		}
	}
	if same < len(p.Benefits)-3 || same == len(p.Benefits) {
		t.Errorf("%d of %d benefits are computed once: those the change does not reach should be", same, len(p.Benefits))
	}
}

// One machine serves tables of different years and shapes, one after the other.
func TestTablesInTurn(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	list := records(p, 700)
	x := table(t, p, list)
	poor := table(t, p, list[:1]) // every column is one number
	m, err := columns.New(columns.Want{}, p)
	if err != nil {
		t.Fatal(err)
	}
	first := all(t, m, x, 0)
	single := all(t, m, poor, 0)
	if !slices.Equal(first, all(t, m, x, 0)) {
		t.Error("a table comes to something else after another")
	}
	if !slices.Equal(single, first[:len(single)]) {
		t.Error("a record alone comes to something else than among others")
	}
	for row := range 50 {
		f := x.Facts(p, row)
		again := table(t, p, []*eval.Facts{f})
		if !slices.Equal(all(t, m, again, 0), first[row*len(single):(row+1)*len(single)]) {
			t.Fatalf("row %d taken out of the table comes to something else", row)
		}
	}
}

// Each goroutine has a machine; they share the program and the table.
func TestSeveralAtOnce(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	x := table(t, p, records(p, 4000))
	out := make([][]int64, 4)
	var wait sync.WaitGroup
	for k := range out {
		wait.Go(func() {
			m, err := columns.New(columns.Want{}, p)
			if err != nil {
				t.Error(err)
				return
			}
			out[k] = all(t, m, x, 0)
		})
	}
	wait.Wait()
	for k := range out {
		if !slices.Equal(out[0], out[k]) {
			t.Errorf("machine %d comes to something else", k)
		}
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	good := records(p, 3)
	unknown := good[1].Clone()
	unknown.Set(p.FieldOf(0, "", "年收入"), 0, eval.Value{Low: 1, High: 2})
	later := good[1].Clone()
	later.Year++
	missing := good[1].Clone()
	missing.Lists[0].Known = false
	for name, list := range map[string][]*eval.Facts{
		"年收入 is not known":                                               {good[0], unknown},
		"another kind of applicant or year":                              {good[0], later},
		"record 2: " + p.Fields[p.Lists[0].Field].Name + " is not known": {good[0], good[1], missing},
	} {
		if _, err := columns.Of(p, list); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error that says %q, have %v", name, err)
		}
	}
	if _, err := columns.New(columns.Want{Input: 99}, p); err == nil {
		t.Error("a kind of applicant that is not there was taken")
	}
	if _, err := columns.New(columns.Want{Benefits: []int32{999}}, p); err == nil {
		t.Error("a benefit that is not there was taken")
	}
	m, err := columns.New(columns.Want{}, p)
	if err != nil {
		t.Fatal(err)
	}
	x := table(t, p, good)
	if _, err := m.Run(x, 0, 4); err == nil {
		t.Error("a block beyond the table was computed")
	}
	for name, spoil := range map[string]func(*columns.Table){
		"outside of": func(x *columns.Table) {
			x.Slots[p.Fields[p.FieldOf(0, "", "年收入")].Slot] = columns.Column{All: -1}
		},
		"one column": func(x *columns.Table) { x.Slots[0] = columns.Column{U8: make([]uint8, 2)} },
		"offsets":    func(x *columns.Table) { x.Lists[0].Offsets = []uint32{0} },
		"begin behind": func(x *columns.Table) {
			x.Lists[0].Offsets = []uint32{0, 3, 1, 1}
			for i := range x.Lists[0].Columns {
				x.Lists[0].Columns[i] = columns.Column{}
			}
		},
		"no benefit": func(x *columns.Table) {
			x.Paid = columns.Payments{Offsets: []uint32{0, 0, 0, 1}, Benefit: columns.Column{All: 999}}
		},
	} {
		x := table(t, p, good)
		spoil(x)
		if err := x.Check(p); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error that says %q, have %v", name, err)
		}
	}
}

// What a document is not for in a whole block is left out there and computed in
// the next one.
func TestBlocksWithoutAny(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	list := records(p, 4*columns.BlockRows)
	field := p.FieldOf(0, "", "认定")
	others := int64(len(p.Fields[field].Choices) - 1)
	for n, f := range list {
		if n/columns.BlockRows%2 == 0 {
			f.Set(field, 0, eval.Value{Low: others, High: others})
		}
	}
	x := table(t, p, list)
	m, err := columns.New(columns.Want{}, p)
	if err != nil {
		t.Fatal(err)
	}
	one := eval.New(p)
	var paid [2]int
	err = m.Each(x, 0, x.Rows, func(b *columns.Block) error {
		for row := b.From; row < b.To; row++ {
			for i, o := range one.Run(list[row], false).Outcomes {
				if got := b.Of[0].Final[i][row-b.From]; got != o.Final.Low {
					t.Fatalf("row %d: %s is %d in columns, %d by closures", row, p.Benefits[i].Key(), got, o.Final.Low)
				}
				if o.Final.Low > 0 && p.Benefits[i].Name == "配套资金" {
					paid[b.From/columns.BlockRows%2]++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if paid[0] != 0 || paid[1] < 100 {
		t.Errorf("%d amounts where the benefit is for nobody, %d elsewhere", paid[0], paid[1])
	}
}
