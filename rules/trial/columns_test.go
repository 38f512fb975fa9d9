package trial

import (
	"math/rand/v2"
	"testing"

	"quanxiang/rules/columns"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/ruletest"
)

// agree holds that a machine for columns and the closures agree on records.
func agree(t *testing.T, p *ir.Program, w columns.Want, records []*eval.Facts) (paying int) {
	t.Helper()
	table, err := columns.Of(p, records)
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Check(p); err != nil {
		t.Fatal(err)
	}
	c, err := columns.New(w, p)
	if err != nil {
		t.Fatal(err)
	}
	m := eval.New(p)
	err = c.Each(table, 0, table.Rows, func(b *columns.Block) error {
		for row := b.From; row < b.To; row++ {
			f := records[row]
			f.Without = w.Without
			total := int64(0)
			for i, o := range m.Run(f, false).Outcomes {
				column := b.Of[0].Final[i]
				if column == nil {
					if o.Applies && w.Benefits == nil {
						t.Fatalf("%s was not computed", p.Benefits[i].Key())
					}
					continue
				}
				if p.Benefits[i].Grant == "" {
					total += o.Final.Low
				}
				if column[row-b.From] != o.Final.Low {
					t.Fatalf("record %d: %s is %d in columns, %d by closures", row, p.Benefits[i].Key(), column[row-b.From], o.Final.Low)
				}
				if o.Final.Low > 0 {
					paying++
				}
			}
			if b.Of[0].Total[row-b.From] != total {
				t.Fatalf("record %d: the total is %d in columns, %d by closures", row, b.Of[0].Total[row-b.From], total)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paying
}

// Columns and closures agree to the fen, for every kind of applicant and with
// payments of earlier years.
func TestColumnsAgree(t *testing.T) {
	t.Parallel()
	for name, files := range programmes(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := ruletest.Load(t, files...)
			g := &guess{p, rand.New(rand.NewPCG(5, 4))}
			for input := range p.Inputs {
				var records []*eval.Facts
				for range 1500 {
					records = append(records, g.facts(int32(input)))
				}
				if agree(t, p, columns.Want{Input: int32(input)}, records) == 0 {
					t.Errorf("nothing was ever paid to %s", p.Inputs[input])
				}
				without := make([]bool, len(p.Benefits))
				var some []int32
				for i := range p.Benefits {
					without[i] = g.rand.IntN(4) == 0
					if p.Benefits[i].Input == int32(input) && g.rand.IntN(3) == 0 {
						some = append(some, int32(i))
					}
				}
				agree(t, p, columns.Want{Input: int32(input), Without: without}, records[:300])
				agree(t, p, columns.Want{Input: int32(input), Benefits: some}, records[:300])
			}
		})
	}
}
